import assert from 'node:assert/strict';
import { HUB_TIMES } from '../../../src/hub/hub-options.ts';
import type { HubCheckpoint } from '../../../src/hub/leadership.ts';
import { highestEpoch } from '../../../src/rendezvous/claim.ts';
import { FaultyFiles } from '../store/faulty-files.ts';
import { hubsOfEachTest } from './support.ts';

describe('compaction', () => {
  const hubs = hubsOfEachTest();

  it('shortens the log under load, and no client notices anything', async function () {
    this.timeout(30_000);
    await hubs.start();
    const ada = await hubs.join('Ada');
    const grace = await hubs.join('Grace');
    const general = ada.room('general');
    const content = 'x'.repeat(8_000);
    let sent = 0;
    let last = 0;
    let slowest = 0;
    const talk = async (client: typeof ada): Promise<void> => {
      while (sent < 500) {
        sent += 1;
        const started = performance.now();
        last = Math.max(last, (await client.send(general, `${sent} ${content}`)).seq);
        slowest = Math.max(slowest, performance.now() - started);
      }
    };
    await Promise.all([ada, grace].flatMap((client) => [...Array(4).keys()].map(() => talk(client))));
    await Promise.all([ada.upTo(last), grace.upTo(last)]);

    const { epoch, files } = await ada.request('status', {});
    assert.ok(epoch > 1, 'it was due');
    assert.ok((files.find(({ name }) => name.endsWith('.log'))?.bytes ?? Infinity) < 1.5 * 1024 * 1024);
    assert.deepEqual([ada.isClosed, grace.isClosed], [false, false]);
    assert.equal(ada.messages.length, 500);
    assert.deepEqual(ada.messages, grace.messages);
    assert.ok(slowest < 2_000, `the longest pause was ${Math.round(slowest)} ms`);
    assert.equal(hubs.sockets.length, 1);
    assert.ok(!hubs.logged.some(({ message }) => /socket/.test(message)), 'the socket stayed where it was');
    assert.equal(hubs.files.filter((name) => name.endsWith('.log')).length, 2);

    // Who stood somewhere in the middle of an older epoch still resumes from there.
    const position = ada.all('events').findLast(({ seq }) => seq < last - 200) ?? assert.fail('too few');
    const back = await hubs.connect();
    const point = { seq: position.seq, chain: position.chain, profileId: ada.profileId };
    const { full } = await back.open({ by: 'id', id: ada.profileId }, point);
    assert.equal(full, false);

    const next = await hubs.start();
    assert.equal(next.hub.store.seq, last);
  });

  it('that fails is followed by an epoch without an export', async function () {
    this.timeout(30_000);
    let exports = 0;
    const files = new FaultyFiles();
    await hubs.start({
      files,
      times: { ...HUB_TIMES, compactionPauseMs: 60_000 },
      checkpoint: (name: HubCheckpoint) => {
        if (name !== 'claimed') return;
        files.heal();
        if (highestEpoch(hubs.directory) === 2) {
          exports += 1;
          files.fail('sync', 'ENOSPC');
        }
      },
    });
    const ada = await hubs.join('Ada');
    const general = ada.room('general');
    const content = 'x'.repeat(16_000);
    for (let n = 0; n < 90; n += 1) await ada.send(general, content);
    assert.equal(exports, 1);
    const { epoch, state, faults } = await ada.request('status', {});
    assert.deepEqual([epoch, state, faults.map(({ code }) => code)], [3, 'ready', ['STORAGE_FULL']]);
    assert.equal(ada.isClosed, false);
    await ada.upTo((await ada.send(general, 'end')).seq);
    assert.equal(ada.messages.length, 91);
  });
});
