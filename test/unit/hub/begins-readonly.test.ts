import assert from 'node:assert/strict';
import fs, { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { epochFileName } from '../../../src/model/epoch-files.ts';
import { highestEpoch, readClaim } from '../../../src/rendezvous/claim.ts';
import { until, within } from '../../integration/support/until.ts';
import { FaultyFiles, systemError } from '../store/faulty-files.ts';
import { hasCode, hubsOfEachTest, quick, type TestClient } from './support.ts';

describe('a hub that begins on a disk that can not be written', () => {
  const hubs = hubsOfEachTest();
  const { openSync } = fs;
  let general: string;
  let adaId: string;

  beforeEach(async () => {
    const { hub, end } = await hubs.start();
    const ada = await hubs.join('Ada');
    general = ada.room('general');
    adaId = ada.profileId;
    await ada.send(general, 'before');
    hub.stop();
    await end;
  });
  afterEach(() => writable());

  /** From now on no claim can be written. */
  const readonly = (code: string): void => {
    fs.openSync = (file, ...rest) => {
      if (String(file).includes('.claim.')) throw systemError(code);
      return openSync(file, ...rest);
    };
    syncBuiltinESMExports();
  };
  const writable = (): void => {
    fs.openSync = openSync;
    syncBuiltinESMExports();
  };
  const history = async (client: TestClient): Promise<string[]> => {
    const page = await client.request('history.page', { roomId: general, limit: 10 });
    return page.messages.map(({ content }) => content);
  };

  it('serves what is stored and refuses at once, until it can write', async () => {
    const files = new FaultyFiles();
    files.fail('write', 'ENOSPC');
    const { hub } = await hubs.start({ files, times: quick });
    assert.equal(hub.state, 'readonly');
    const ada = await hubs.connect();
    await ada.open({ by: 'id', id: adaId });
    assert.deepEqual(await history(ada), ['before']);
    await assert.rejects(ada.send(general, 'refused'), hasCode('STORAGE_FULL'));
    await assert.rejects(ada.send(general, 'refused'), hasCode('STORAGE_FULL'));
    const { state, messages, files: own } = await ada.request('status', {});
    assert.deepEqual([state, messages], ['readonly', 1]);
    assert.ok(own.some(({ name }) => name === epochFileName(1, 'log')));
    files.heal();
    await until('ada is told', () => ada.all('hubState').at(-1)?.state === 'ready');
    await ada.send(general, 'after');
    assert.deepEqual(await history(ada), ['before', 'after']);
    assert.equal(ada.isClosed, false);
  });

  it('serves what can be read of a damaged store, and salvages it once there is room for the copies', async () => {
    const log = hubs.pathOf(1, 'log');
    const damaged = readFileSync(log);
    damaged.writeUInt8(damaged.readUInt8(damaged.length - 40) ^ 1, damaged.length - 40);
    writeFileSync(log, damaged);
    const files = new FaultyFiles();
    files.fail('write', 'ENOSPC');
    const { hub } = await hubs.start({ files, times: quick });
    assert.equal(hub.state, 'readonly');
    const ada = await hubs.connect();
    await ada.open({ by: 'id', id: adaId });
    assert.deepEqual(await history(ada), ['before']);
    assert.deepEqual((await ada.request('status', {})).salvages, []);
    assert.deepEqual(readFileSync(log), damaged);
    files.heal();
    await until('it can write', () => hub.state === 'ready');
    const grace = await hubs.connect();
    await grace.open({ by: 'id', id: adaId });
    await grace.send(general, 'after');
    assert.deepEqual(await history(grace), ['before', 'after']);
    const { salvages } = await grace.request('status', {});
    assert.deepEqual(
      salvages.map(({ outcome }) => outcome),
      ['repaired'],
    );
  });

  it('serves its own process when it can not even claim, and claims as soon as it can', async () => {
    readonly('EROFS');
    const hub = hubs.make({ times: quick });
    const sockets: (string | null)[] = [];
    hub.onDidBecomeReady(({ epoch, socket }) => {
      assert.equal(epoch, 1);
      sockets.push(socket);
    });
    void hub.run();
    await until('it serves', () => sockets.length > 0);
    const [socket] = sockets;
    assert.ok(typeof socket === 'string');
    assert.equal(hub.state, 'readonly');
    const ada = await hubs.connectTo(socket);
    await ada.open({ by: 'id', id: adaId });
    assert.deepEqual(await history(ada), ['before']);
    await assert.rejects(ada.send(general, 'refused'), hasCode('STORAGE_READONLY'));
    assert.equal(highestEpoch(hubs.directory), 1);
    writable();
    await until('ada is told', () => ada.all('hubState').at(-1)?.state === 'ready');
    await ada.send(general, 'after');
    const reading = readClaim(hubs.directory, highestEpoch(hubs.directory));
    assert.ok(reading.kind === 'claim' && reading.claim.socket === socket);
    assert.equal(ada.isClosed, false);
  });

  it('is over when another claims first', async () => {
    readonly('EROFS');
    const { hub, end } = await hubs.start({ times: { ...quick, retryMs: 60_000 } });
    assert.equal(hub.state, 'readonly');
    writable();
    const other = await hubs.start();
    assert.equal(other.hub.state, 'ready');
    assert.deepEqual(await within('the end', end), { reason: 'fenced' });
  });

  it('is over when the one that was taken for dead writes on', async () => {
    const former = await hubs.start();
    const grace = await hubs.join('Grace');
    readonly('ENOSPC');
    const hub = hubs.make({ times: { ...quick, retryMs: 60_000 } });
    const sockets: (string | null)[] = [];
    hub.onDidBecomeReady(({ socket }) => sockets.push(socket));
    const end = hub.run();
    await until('it serves', () => typeof sockets[0] === 'string');
    const ada = await hubs.connectTo(sockets[0] ?? '');
    await ada.open({ by: 'id', id: adaId });
    assert.deepEqual(await history(ada), ['before']);
    await grace.send(general, 'acknowledged by the other');
    await assert.rejects(history(ada), hasCode('CONNECTION_CLOSED'));
    assert.deepEqual(await within('the end', end), { reason: 'fenced' });
    assert.equal(former.hub.state, 'ready');
  });

  it('is no hub when there is nothing to read', async () => {
    for (const kind of ['base', 'log'] as const) rmSync(hubs.pathOf(1, kind));
    readonly('ENOSPC');
    const { end } = await hubs.start();
    const result = await end;
    assert.ok(result.reason === 'failed' && result.error.code === 'STORAGE_FULL');
  });
});
