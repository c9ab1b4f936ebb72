import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { HubEnd } from '../../../src/hub/hub-options.ts';
import type { Hub } from '../../../src/hub/hub.ts';
import { newId } from '../../../src/model/ids.ts';
import { highestEpoch } from '../../../src/rendezvous/claim.ts';
import { until, within } from '../../integration/support/until.ts';
import { type TestClient, TestHubs } from './support.ts';

/** The first of the processes that are not the one of the hub. */
const OTHER = process.pid + 1;

describe('the hand-over of a hub', () => {
  let hubs: TestHubs;
  let hub: Hub;
  let end: Promise<HubEnd>;
  let over: HubEnd | null;

  beforeEach(async () => {
    hubs = new TestHubs();
    over = null;
    ({ hub, end } = await hubs.start());
    void end.then((value) => (over = value));
  });
  afterEach(() => hubs.dispose());

  const named = (client: TestClient): string[] => client.all('handOver').map(({ sessionId }) => sessionId);
  /** A session of another process. */
  const join = (name: string, surface: 'window' | 'terminal', pid: number, version?: string) =>
    hubs.join(name, { surface, pid, version });

  it('names a window before a terminal, who is here longer before others, and never its own process', async () => {
    await hubs.join('Own');
    const terminal = await join('Tim', 'terminal', OTHER, '1.0.0');
    await join('Old', 'window', OTHER + 1);
    const window = await join('Wim', 'window', OTHER + 2, '1.0.0');
    const second = await join('Zoe', 'window', OTHER + 3, '1.0.0');
    const left = hub.leave();
    await until('the word', () => named(second).length > 0);
    assert.deepEqual(second.all('handOver'), [{ epoch: 1, sessionId: window.sessionId }]);
    // Each that goes before it has claimed leaves it to the next.
    window.close();
    await until('the next word', () => named(second).length > 1);
    second.close();
    await until('the last word', () => named(terminal).length > 2);
    assert.deepEqual(named(terminal), [window.sessionId, second.sessionId, terminal.sessionId]);
    terminal.close();
    await within('the end', left, 1_000);
    assert.deepEqual(await end, { reason: 'stopped' });
  });

  it('takes no time when nobody else is connected, or nobody who knows what to do', async () => {
    await hubs.join('Own');
    const old = await join('Old', 'window', OTHER);
    const started = performance.now();
    await hub.leave();
    assert.ok(performance.now() - started < 50);
    assert.deepEqual(await end, { reason: 'stopped' });
    assert.deepEqual(named(old), []);
  });

  it('goes on serving until the successor has claimed, and then lets all go', async () => {
    const ada = await join('Ada', 'window', OTHER, '1.0.0');
    const grace = await join('Grace', 'terminal', OTHER + 1, '1.0.0');
    const general = ada.room('general');
    const left = hub.leave();
    await until('the word', () => named(grace).length > 0);
    const before = await ada.send(general, 'before');
    await grace.upTo(before.seq);
    await delay(100);
    assert.equal(over, null);

    const next = await hubs.start({ handedOver: true });
    await within('the end', left, 1_000);
    assert.deepEqual(await end, { reason: 'fenced' });
    await until('all to be let go', () => ada.isClosed && grace.isClosed, 1_000);
    assert.equal(next.hub.epoch, 2);
    const back = await hubs.connect();
    await back.open({ by: 'id', id: ada.profileId });
    const { messages } = await back.request('history.page', { roomId: general, limit: 10 });
    assert.deepEqual(
      messages.map(({ content }) => content),
      ['before'],
    );
  });

  it('answers what counted, and nothing that did not', async () => {
    const ada = await join('Ada', 'window', OTHER, '1.0.0');
    const general = ada.room('general');
    const left = hub.leave();
    const acked = new Map<string, number>();
    const fault = new AbortController();
    const sender = (async () => {
      while (!fault.signal.aborted) {
        const ids = Array.from({ length: 20 }, newId);
        await Promise.all(
          ids.map(async (id) => {
            try {
              acked.set(id, (await ada.send(general, id, id)).seq);
            } catch {
              fault.abort();
            }
          }),
        );
      }
    })();
    await until('some messages', () => acked.size > 50);
    await hubs.start({ handedOver: true });
    await within('the end', Promise.all([left, sender]), 2_000);
    const back = await hubs.connect();
    await back.open({ by: 'id', id: ada.profileId });
    for (const [id, seq] of acked) {
      const { message } = await back.request('message.get', { id });
      assert.equal(message?.seq, seq);
    }
  });

  it('ends by itself when the successor does not come', async () => {
    const ada = await join('Ada', 'window', OTHER, '1.0.0');
    const started = performance.now();
    await hub.leave();
    const took = performance.now() - started;
    assert.ok(took > 1_300 && took < 2_500, `${took} ms`);
    assert.deepEqual(await end, { reason: 'stopped' });
    await until('the client to be let go', () => ada.isClosed);
  });

  describe('that a window asks for', () => {
    const ask = async (client: TestClient): Promise<boolean> =>
      (await client.request('hub.handOver', {})).agreed;

    it('comes to just that window, if it is newer', async () => {
      await join('First', 'window', OTHER, '0.0.0-test');
      const newer = await join('Newer', 'window', OTHER + 1, '0.0.0');
      assert.equal(await ask(newer), true);
      assert.deepEqual(named(newer), [newer.sessionId]);
      // Under way: nobody else is named, and a hub that ends meanwhile waits for it.
      const newest = await join('Newest', 'window', OTHER + 2, '2.0.0');
      assert.equal(await ask(newest), false);
      const left = hub.leave();
      await hubs.start({ handedOver: true, version: '0.0.0' });
      await within('the end', left, 1_000);
      assert.deepEqual(await end, { reason: 'fenced' });
      assert.deepEqual(named(newest), []);
    });

    it('is refused to terminals, to the same and to older versions', async () => {
      for (const [surface, version] of [
        ['terminal', '9.0.0'],
        ['window', '0.0.0-test'],
        ['window', '0.0.0-alpha'],
        ['window', undefined],
      ] as const) {
        const client = await join(`${surface} ${version ?? ''}`, surface, OTHER, version);
        assert.equal(await ask(client), false, `${surface} ${version ?? ''}`);
        client.close();
      }
      assert.equal(highestEpoch(hubs.directory), 1);
    });

    it('is forgotten when the window does not come; the hub stays', async () => {
      const newer = await join('Newer', 'window', OTHER, '1.0.0');
      assert.equal(await ask(newer), true);
      await delay(1_700);
      assert.equal(over, null);
      assert.equal(hub.handOver.isUnderWay, false);
      assert.ok((await newer.send(newer.room('general'), 'still here')).seq > 0);
    });
  });
});
