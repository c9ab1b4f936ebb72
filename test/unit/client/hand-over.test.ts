import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ClientOptions, StateChange } from '../../../src/client/api.ts';
import { createClient } from '../../../src/client/client.ts';
import { silentLogger } from '../../../src/common/logger.ts';
import { newId } from '../../../src/model/ids.ts';
import { highestEpoch } from '../../../src/rendezvous/claim.ts';
import { until, within } from '../../integration/support/until.ts';
import { TestHubs } from '../hub/support.ts';

describe('a client of a hub that hands over', () => {
  let hubs: TestHubs;
  const clients: Client[] = [];
  beforeEach(() => {
    hubs = new TestHubs();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.dispose();
    await hubs.dispose();
  });

  const open = (options: Partial<ClientOptions> = {}): Client => {
    const client = createClient({
      directory: hubs.directory,
      bundleFolder: '/nowhere',
      version: '0.0.0-test',
      identity: { kind: 'person', surface: 'window', folder: '', product: 'test' },
      profile: { by: 'default', firstName: 'Ada' },
      log: silentLogger,
      ...options,
    });
    clients.push(client);
    return client;
  };

  it('says nothing of it, and gets all its answers', async () => {
    const { hub } = await hubs.start();
    const client = open();
    await client.whenReady();
    const successor = await hubs.join('Grace', { pid: process.pid + 1 });
    const roomId = successor.room('general');
    const states: string[] = [];
    const changes: StateChange['resumed'][] = [];
    client.onDidChangeConnection(({ state }) => states.push(state));
    client.onDidChangeState(({ resumed }) => changes.push(resumed));

    const left = hub.leave();
    await until('the word', () => successor.all('handOver').length > 0);
    const answers: Promise<{ seq: number }>[] = [];
    const sending = setInterval(() => {
      answers.push(client.request('message.send', { id: newId(), roomId, content: 'on and on' }));
    }, 2);
    await delay(50);
    await hubs.start({ handedOver: true });
    await within('the end', left, 1_000);
    await until('the client to be back', () => changes.includes('continued'));
    await delay(50);
    clearInterval(sending);
    const seqs = (await Promise.all(answers)).map(({ seq }) => seq);
    assert.equal(new Set(seqs).size, answers.length);
    assert.deepEqual(states, []);
    assert.equal(changes.includes('fresh'), false);
    assert.equal(highestEpoch(hubs.directory), 2);
  });

  it('says so when nobody comes after all', async () => {
    const { hub } = await hubs.start();
    const client = open({ bundleFolder: '/nowhere' });
    await client.whenReady();
    const successor = await hubs.join('Grace', { pid: process.pid + 1 });
    const told = new Promise<number>((resolve) => {
      client.onDidChangeConnection(({ state }) => state !== 'ready' && resolve(performance.now()));
    });
    const left = hub.leave();
    await until('the word', () => successor.all('handOver').length > 0);
    hub.stop();
    await left;
    const gone = performance.now();
    const quiet = (await within('a word', told, 5_000)) - gone;
    // It could not begin a hub itself either, and that is said at once.
    assert.ok(quiet < 2_500, `${quiet} ms`);
  });

  it('is named when it is a window of a newer version, and only then asks', async () => {
    const { hub } = await hubs.start();
    const witness = await hubs.join('Grace');
    const named = (): number => witness.all('handOver').length;
    const same = open();
    const terminal = open({
      version: '2.0.0',
      identity: { kind: 'person', surface: 'terminal', folder: '', product: 'test' },
    });
    await Promise.all([same.whenReady(), terminal.whenReady()]);
    await delay(100);
    assert.equal(named(), 0);
    const newer = open({ version: '0.0.0' });
    await newer.whenReady();
    await until('the word', () => named() === 1);
    // This one has no bundle to begin a hub with: all stays as it was, and nobody asks again.
    await until('the old hub to go on', () => !hub.handOver.isUnderWay, 5_000);
    await delay(200);
    assert.equal(named(), 1);
    assert.equal(newer.connection.state, 'ready');
    assert.equal(highestEpoch(hubs.directory), 1);
  });
});
