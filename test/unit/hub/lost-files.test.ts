import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { STORE_FORMAT } from '../../../src/model/epoch-files.ts';
import { highestEpoch, makeClaim, newClaim, readClaim } from '../../../src/rendezvous/claim.ts';
import { SECRET_FILE } from '../../../src/rendezvous/secret.ts';
import { until, within } from '../../integration/support/until.ts';
import { hubsOfEachTest, quick } from './support.ts';

describe('a hub whose files are not what they were', () => {
  const hubs = hubsOfEachTest();

  it('listens anew when its socket file is gone, and keeps its sessions', async () => {
    await hubs.start({ times: quick });
    const ada = await hubs.join('Ada');
    const [socket = ''] = hubs.sockets;
    rmSync(path.join(hubs.directory, socket));
    await until('the socket', () => hubs.sockets.includes(socket));
    await ada.send(ada.room('general'), 'same connection');
    const grace = await hubs.join('Grace');
    await grace.send(grace.room('general'), 'new connection');
    assert.equal(readClaim(hubs.directory, highestEpoch(hubs.directory)).kind, 'claim');
    assert.equal(highestEpoch(hubs.directory), 1);
  });

  it('goes by the secret that is there now', async () => {
    await hubs.start({ times: quick });
    const ada = await hubs.join('Ada');
    const secret = path.join(hubs.directory, SECRET_FILE);
    for (const replace of [() => writeFileSync(secret, 'x'.repeat(32)), () => rmSync(secret)]) {
      const before = hubs.logged.length;
      replace();
      await until('it is seen', () =>
        hubs.logged.slice(before).some(({ message }) => message === 'the secret was replaced'),
      );
      await hubs.join('Ada');
    }
    await ada.send(ada.room('general'), 'who was here stays');
    assert.equal(ada.isClosed, false);
  });

  it('lets go when it can not listen anew', async () => {
    const { end } = await hubs.start({ times: quick });
    const [socket = ''] = hubs.sockets;
    rmSync(path.join(hubs.directory, socket));
    // A directory of that name can not be listened on.
    mkdirSync(path.join(hubs.directory, socket));
    const result = await within('the end', end);
    assert.equal(result.reason, 'failed');
  });

  it('does not touch a directory of a newer format, nor one of another host', async () => {
    for (const [claim, code] of [
      [{ format: STORE_FORMAT + 1, socket: '' }, 'FORMAT_NEWER'],
      [{ hostId: 'another machine' }, 'OTHER_HOST'],
    ] as const) {
      makeClaim(hubs.directory, 3, { ...newClaim('/elsewhere', 1), ...claim });
      const { end } = await hubs.start();
      const result = await end;
      assert.ok(result.reason === 'failed' && result.error.code === code, code);
      assert.equal(highestEpoch(hubs.directory), 3);
      assert.deepEqual(hubs.sockets, []);
      rmSync(hubs.pathOf(3, 'claim'));
    }
  });

  it('does not touch a store of a newer format that came without its claims, however often it is asked', async () => {
    const { hub } = await hubs.start();
    hub.stop();
    const log = hubs.pathOf(1, 'log');
    const newer = readFileSync(log, 'utf8').replace(
      `"format":${STORE_FORMAT}`,
      `"format":${STORE_FORMAT + 1}`,
    );
    writeFileSync(log, newer);
    rmSync(hubs.pathOf(1, 'claim'));
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const { end } = await hubs.start();
      const result = await end;
      assert.ok(result.reason === 'failed' && result.error.code === 'FORMAT_NEWER');
      assert.equal(highestEpoch(hubs.directory), 1);
    }
  });

  it('says so when its directory is gone', async () => {
    const { end } = await hubs.start({
      deadEpoch: 0,
      directory: path.join(hubs.directory, 'gone'),
    });
    const result = await end;
    assert.ok(result.reason === 'failed' && result.error.code === 'DIRECTORY_UNUSABLE');
    // Also when it goes at the worst moment.
    const hub = hubs.make();
    const over = hub.run();
    rmSync(hubs.directory, { recursive: true });
    const late = await within('the end', over);
    assert.ok(late.reason === 'failed' && late.error.code === 'DIRECTORY_UNUSABLE');
  });

  it('brings back what can be of a store that is damaged, tells it in its status, and goes on', async () => {
    const { hub } = await hubs.start();
    const ada = await hubs.join('Ada');
    await ada.send(ada.room('general'), 'one');
    const { seq } = await ada.send(ada.room('general'), 'two');
    await ada.send(ada.room('general'), 'three');
    hub.stop();
    const log = hubs.pathOf(1, 'log');
    const bytes = readFileSync(log);
    bytes.fill('x', bytes.indexOf('"two"') - 100, bytes.indexOf('"two"'));
    writeFileSync(log, bytes);
    await hubs.start();
    const grace = await hubs.join('Grace');
    const page = await grace.request('history.page', { roomId: null, limit: 10 });
    assert.deepEqual(
      page.messages.map(({ content }) => content),
      ['one', 'three'],
    );
    const { salvages } = await grace.request('status', {});
    assert.deepEqual(
      salvages.map(({ outcome, epoch, lost }) => [outcome, epoch, lost]),
      [['salvaged', 2, [[seq, seq]]]],
    );
    await grace.send(grace.room('general'), 'four');
    assert.ok(hubs.logged.some(({ message }) => message === 'the store was damaged'));
    assert.doesNotMatch(JSON.stringify(hubs.logged), /three/);
  });

  it('gives a store of which nothing is left a room to talk in', async () => {
    const { hub } = await hubs.start();
    hub.stop();
    for (const kind of ['base', 'log'] as const) {
      writeFileSync(hubs.pathOf(1, kind), 'damaged');
    }
    await hubs.start();
    const ada = await hubs.join('Ada');
    await ada.send(ada.room('general'), 'anew');
    const { salvages } = await ada.request('status', {});
    assert.deepEqual(
      salvages.map(({ outcome }) => outcome),
      ['begun anew'],
    );
  });
});
