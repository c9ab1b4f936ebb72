import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import path from 'node:path';
import type { HubCheckpoint } from '../../../src/hub/leadership.ts';
import { until, within } from '../../integration/support/until.ts';
import { hubsOfEachTest, type TestClient } from './support.ts';

describe('leadership', () => {
  const hubs = hubsOfEachTest();

  it('begins in an empty directory, with a room to talk in', async () => {
    await hubs.start();
    const ada = await hubs.join('Ada');
    assert.deepEqual(
      ada.rooms.map(({ name }) => name),
      ['general'],
    );
    const own = ['000000000001.base', '000000000001.claim', '000000000001.log', 'secret'];
    assert.deepEqual(hubs.files, [...own.slice(0, 3), ...hubs.sockets, 'secret']);
    for (const name of hubs.files) {
      assert.equal(statSync(path.join(hubs.directory, name)).mode & 0o777, 0o600, name);
    }
  });

  it('goes on where the hub before was, and leaves two generations', async () => {
    for (let round = 1; round <= 4; round += 1) {
      const { hub, end } = await hubs.start();
      const ada = await hubs.join('Ada');
      await ada.send(ada.room('general'), `round ${round}`);
      const page = await ada.request('history.page', { roomId: ada.room('general'), limit: 10 });
      assert.deepEqual(
        page.messages.map(({ content }) => content),
        [...Array(round).keys()].map((n) => `round ${n + 1}`),
      );
      hub.stop();
      assert.deepEqual(await end, { reason: 'stopped' });
    }
    assert.deepEqual(
      hubs.files.filter((name) => !name.endsWith('.claim')),
      ['000000000003.base', '000000000003.log', '000000000004.base', '000000000004.log', 'secret'],
    );
  });

  it('listens before it claims, so a refused connection always means a dead hub', async () => {
    let seen: string[] = [];
    await hubs.start({
      checkpoint: (name: HubCheckpoint) => {
        if (name === 'claimed') seen = hubs.files;
      },
    });
    assert.ok(seen.some((name) => name.endsWith('.sock')));
    assert.ok(!seen.some((name) => name.endsWith('.log')));
  });

  it('passes its checkpoints in order', async () => {
    const passed: HubCheckpoint[] = [];
    await hubs.start({ checkpoint: (name: HubCheckpoint) => passed.push(name) });
    const claiming: HubCheckpoint[] = ['listening', 'listened', 'claiming', 'claimed'];
    const loading: HubCheckpoint[] = [
      'loading',
      'previous loaded',
      'exporting',
      'exported',
      'base published',
    ];
    const publishing: HubCheckpoint[] = ['log written', 'log verified', 'log linked', 'log published'];
    // The first room.
    const group: HubCheckpoint[] = ['commit staged', 'commit written', 'commit synced', 'commit fenced'];
    assert.deepEqual(passed, [
      ...claiming,
      ...loading,
      ...publishing,
      ...group,
      'acknowledged',
      'cleaning up',
      'cleaned up',
    ]);
  });

  it('lets clients in while it reads the store, and tells them when it is ready', async () => {
    const early: Promise<TestClient>[] = [];
    await hubs.start({
      checkpoint: (name: HubCheckpoint) => {
        if (name === 'claimed') early.push(hubs.connect());
      },
    });
    const ada = await within('the connection', early[0] ?? assert.fail('it never claimed'));
    await until('it is told', () => ada.all('hubState').at(-1)?.state === 'ready');
    await ada.open({ by: 'default', firstName: 'Ada' });
    assert.deepEqual(ada.rooms.length, 1);
  });

  it('lets one that was told of an older state lose, with nothing of it left', async () => {
    await hubs.start();
    const before = hubs.files;
    const late = await hubs.start({ deadEpoch: 0 });
    assert.deepEqual(await late.end, { reason: 'lost' });
    assert.deepEqual(hubs.files, before);
    const ada = await hubs.join('Ada');
    await ada.send(ada.room('general'), 'still here');
  });

  it('leaves nothing behind when it is stopped while it starts', async () => {
    for (const step of ['at once', 'claimed', 'log published'] as const) {
      const hub = hubs.make({
        checkpoint: (name: HubCheckpoint) => (name === step ? hub.stop() : undefined),
      });
      const end = hub.run();
      if (step === 'at once') hub.stop();
      assert.deepEqual(await within(step, end), { reason: 'stopped' });
      await until('no socket', () => hubs.sockets.length === 0);
    }
    await hubs.start();
    await hubs.join('Ada');
  });

  it('goes to one of several that start at once', async () => {
    const started = await Promise.all([...Array(6).keys()].map(() => hubs.start()));
    const ready = started.filter(({ hub }) => hub.state === 'ready');
    assert.equal(ready.length, 1);
    for (const { hub, end } of started) {
      if (hub.state !== 'ready') assert.deepEqual(await end, { reason: 'lost' });
    }
    assert.equal(hubs.sockets.length, 1);
    const ada = await hubs.join('Ada');
    await ada.send(ada.room('general'), 'one of six');
  });
});
