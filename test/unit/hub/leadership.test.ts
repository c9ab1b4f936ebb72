import assert from 'node:assert/strict';
import fs, { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { Server } from 'node:net';
import path from 'node:path';
import { decide } from '../../../src/core/decide.ts';
import { HUB_TIMES } from '../../../src/hub/hub-options.ts';
import type { HubCheckpoint } from '../../../src/hub/leadership.ts';
import type { Acknowledgement, Command } from '../../../src/model/commands.ts';
import { epochFileName, STORE_FORMAT, temporaryFileName } from '../../../src/model/epoch-files.ts';
import { type ErrorCode, ChatError } from '../../../src/model/errors.ts';
import { newId } from '../../../src/model/ids.ts';
import {
  claimedEpochs,
  highestEpoch,
  makeClaim,
  newClaim,
  readClaim,
} from '../../../src/rendezvous/claim.ts';
import { SECRET_FILE } from '../../../src/rendezvous/secret.ts';
import { until, within } from '../../integration/support/until.ts';
import { FaultyFiles, systemError } from '../store/faulty-files.ts';
import { type TestClient, TestHubs } from './support.ts';

const hasCode = (code: ErrorCode) => (error: unknown) => error instanceof ChatError && error.code === code;
/** As in real life, only faster. */
const quick = { watchMs: 20, retryMs: 50, longestRetryMs: 100, compactionPauseMs: 50 };

describe('leadership', () => {
  let hubs: TestHubs;
  beforeEach(() => {
    hubs = new TestHubs();
  });
  afterEach(() => hubs.dispose());

  const sockets = (): string[] => hubs.files.filter((name) => name.endsWith('.sock'));
  const claimFile = (epoch: number): string => path.join(hubs.directory, epochFileName(epoch, 'claim'));

  it('begins in an empty directory, with a room to talk in', async () => {
    await hubs.start();
    const ada = await hubs.join('Ada');
    assert.deepEqual(
      ada.rooms.map(({ name }) => name),
      ['general'],
    );
    const own = ['000000000001.base', '000000000001.claim', '000000000001.log', 'secret'];
    assert.deepEqual(hubs.files, [...own.slice(0, 3), ...sockets(), 'secret']);
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
      await until('no socket', () => sockets().length === 0);
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
    assert.equal(sockets().length, 1);
    const ada = await hubs.join('Ada');
    await ada.send(ada.room('general'), 'one of six');
  });

  it('steps down when a higher number appears while it claims', async () => {
    const { end } = await hubs.start({
      checkpoint: (name: HubCheckpoint) => {
        if (name === 'claimed') makeClaim(hubs.directory, 5, newClaim('/elsewhere', 1));
      },
    });
    assert.deepEqual(await end, { reason: 'lost' });
    assert.equal(existsSync(path.join(hubs.directory, epochFileName(1, 'log'))), false);
    assert.deepEqual(sockets(), []);
  });

  it('steps down when it is overtaken while it reads the store', async () => {
    for (const step of ['previous loaded', 'base published', 'log written', 'log published'] as const) {
      const after = highestEpoch(hubs.directory);
      const { end } = await hubs.start({
        checkpoint: (name: HubCheckpoint) => {
          if (name === step) makeClaim(hubs.directory, after + 2, newClaim('/elsewhere', 1));
        },
      });
      assert.deepEqual(await end, { reason: 'lost' }, step);
      assert.deepEqual(sockets(), []);
    }
  });

  it('never acknowledges once another hub leads, though it may have written', async () => {
    const first = await hubs.start();
    const ada = await hubs.join('Ada');
    const general = ada.room('general');
    await ada.send(general, 'stored by the first');

    const second = await hubs.start();
    assert.equal(second.hub.state, 'ready');
    const late = ada.send(general, 'too late');
    await assert.rejects(within('the answer', late), hasCode('CONNECTION_CLOSED'));
    assert.deepEqual(await first.end, { reason: 'fenced' });
    assert.deepEqual(ada.messages, ['stored by the first'], 'nothing was sent out either');

    const grace = await hubs.join('Ada');
    const page = await grace.request('history.page', { roomId: general, limit: 10 });
    assert.deepEqual(
      page.messages.map(({ content }) => content),
      ['stored by the first'],
    );
    assert.equal(sockets().length, 1);
  });

  it('never acknowledges a group that was synced while another claimed', async () => {
    let claim = false;
    const { end } = await hubs.start({
      checkpoint: (name: HubCheckpoint) => {
        if (claim && name === 'commit synced') makeClaim(hubs.directory, 2, newClaim('/elsewhere', 1));
      },
    });
    const ada = await hubs.join('Ada');
    claim = true;
    await assert.rejects(ada.send(ada.room('general'), 'synced'), hasCode('CONNECTION_CLOSED'));
    assert.deepEqual(await end, { reason: 'fenced' });
    assert.deepEqual(ada.messages, []);
  });

  it('answers no question from a state that is over', async () => {
    const first = await hubs.start();
    const ada = await hubs.join('Ada');
    await hubs.start();
    await assert.rejects(
      ada.request('history.page', { roomId: null, limit: 10 }),
      hasCode('CONNECTION_CLOSED'),
    );
    assert.deepEqual(await first.end, { reason: 'fenced' });
  });

  it('ends by itself when it is idle and overtaken, or its claim is gone', async () => {
    const first = await hubs.start({ times: quick });
    const second = await hubs.start({ times: quick });
    assert.deepEqual(await within('the first', first.end), { reason: 'fenced' });
    rmSync(claimFile(2));
    assert.deepEqual(await within('the second', second.end), { reason: 'fenced' });
  });

  it('listens anew when its socket file is gone, and keeps its sessions', async () => {
    await hubs.start({ times: quick });
    const ada = await hubs.join('Ada');
    const [socket = ''] = sockets();
    rmSync(path.join(hubs.directory, socket));
    await until('the socket', () => sockets().includes(socket));
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
    const [socket = ''] = sockets();
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
      assert.deepEqual(sockets(), []);
      rmSync(claimFile(3));
    }
  });

  it('does not touch a store of a newer format that came without its claims, however often it is asked', async () => {
    const { hub } = await hubs.start();
    hub.stop();
    const log = path.join(hubs.directory, epochFileName(1, 'log'));
    const newer = readFileSync(log, 'utf8').replace(
      `"format":${STORE_FORMAT}`,
      `"format":${STORE_FORMAT + 1}`,
    );
    writeFileSync(log, newer);
    rmSync(claimFile(1));
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

  it('says what is wrong with a store that is damaged, and ends', async () => {
    const { hub } = await hubs.start();
    hub.stop();
    writeFileSync(path.join(hubs.directory, epochFileName(1, 'base')), 'damaged');
    const { end } = await hubs.start();
    const result = await end;
    assert.ok(result.reason === 'failed' && result.error.code === 'STORE_CORRUPT');
  });
});

describe('a data directory without room for a socket', () => {
  const listen = Server.prototype.listen;
  let hubs: TestHubs;
  beforeEach(() => {
    hubs = new TestHubs();
  });
  afterEach(async () => {
    Server.prototype.listen = listen;
    await hubs.dispose();
  });

  /** From now on nobody can listen at such a path. */
  const failListening = (refused: (socket: string) => boolean, code: string): void => {
    Server.prototype.listen = function (this: Server, ...args: unknown[]): Server {
      if (!refused(String(args[0]))) return Reflect.apply(listen, this, args) as Server;
      process.nextTick(() => this.emit('error', systemError(code)));
      return this;
    } as typeof listen;
  };

  it('gets one elsewhere', async () => {
    failListening((socket) => path.dirname(socket) === hubs.directory, 'EROFS');
    const { hub } = await hubs.start();
    const ada = await hubs.join('Ada');
    await ada.send(ada.room('general'), 'all is well');
    const reading = readClaim(hubs.directory, 1);
    assert.ok(reading.kind === 'claim');
    const folder = path.dirname(reading.claim.socket);
    assert.notEqual(folder, hubs.directory);
    hub.stop();
    assert.equal(existsSync(folder), false);
  });

  it('is a typed fault where there is no place at all', async () => {
    for (const [code, expected] of [
      ['EROFS', 'STORAGE_READONLY'],
      ['ENOSPC', 'STORAGE_FULL'],
    ] as const) {
      failListening(() => true, code);
      const { end } = await hubs.start();
      const result = await end;
      assert.ok(result.reason === 'failed' && result.error.code === expected, code);
    }
    assert.deepEqual(hubs.files, ['secret']);
  });
});

describe('a hub that can not write', () => {
  let hubs: TestHubs;
  let files: FaultyFiles;
  beforeEach(() => {
    hubs = new TestHubs();
    files = new FaultyFiles();
  });
  afterEach(() => hubs.dispose());

  it('takes over from itself and knows what it had written, though it was not synced', async () => {
    let failing = false;
    await hubs.start({
      times: quick,
      files,
      checkpoint: (name: HubCheckpoint) => {
        if (failing && name === 'commit written') files.fail('syncData', 'EIO');
        if (failing && name === 'claimed') {
          files.heal();
          failing = false;
        }
      },
    });
    const ada = await hubs.join('Ada');
    const general = ada.room('general');
    failing = true;
    const ids = [newId(), newId()];
    const acks = await Promise.all(ids.map((id) => ada.send(general, id, id)));
    assert.equal(highestEpoch(hubs.directory), 2);

    // No session was told of the line that is there after all, so each has to come back for it.
    await until('the connection is closed', () => ada.isClosed);
    assert.deepEqual(ada.messages, []);
    const back = await hubs.join('Ada');
    assert.deepEqual(await Promise.all(ids.map((id) => back.send(general, id, id))), acks);
    assert.equal(new Set(acks.map(({ seq }) => seq)).size, 2);
    const page = await back.request('history.page', { roomId: general, limit: 10 });
    assert.deepEqual(
      page.messages.map(({ content }) => content),
      ids,
    );
    const { faults, state, epoch } = await back.request('status', {});
    assert.deepEqual([faults.map(({ code }) => code), state, epoch], [['STORAGE_ERROR'], 'ready', 2]);
  });

  it('tells those who were not told of that line nothing that comes after it', async () => {
    const next: Promise<Acknowledgement>[] = [];
    let failing = false;
    const { hub } = await hubs.start({
      times: quick,
      files,
      checkpoint: (name: HubCheckpoint) => {
        if (failing && name === 'commit written') files.fail('syncData', 'EIO');
        if (failing && name === 'claimed') {
          files.heal();
          failing = false;
          next.push(
            hub.loop.propose({
              origin: actor,
              decide: (ledger) => decide(ledger, hub.tools, actor, after),
            }),
          );
        }
      },
    });
    const ada = await hubs.join('Ada');
    const roomId = ada.room('general');
    const actor = { sessionId: newId(), profileId: ada.profileId, kind: 'person' } as const;
    const after: Command = { type: 'message.send', params: { id: newId(), roomId, content: 'after it' } };
    failing = true;
    const { seq } = await ada.send(roomId, 'not synced');
    const answers = await Promise.all(next);
    assert.deepEqual(
      answers.map((answer) => answer.seq),
      [seq + 1],
    );
    await until('the connection is closed', () => ada.isClosed);
    assert.deepEqual(ada.messages, []);
    const back = await hubs.join('Ada');
    const page = await back.request('history.page', { roomId, limit: 10 });
    assert.deepEqual(
      page.messages.map(({ content }) => content),
      ['not synced', 'after it'],
    );
  });

  it('writes the group again when nothing of it was written, and keeps its sessions', async () => {
    let failing = false;
    await hubs.start({
      times: quick,
      files,
      checkpoint: (name: HubCheckpoint) => {
        if (failing && name === 'commit staged') files.fail('write', 'ENOSPC');
        if (failing && name === 'claimed') {
          files.heal();
          failing = false;
        }
      },
    });
    const ada = await hubs.join('Ada');
    const general = ada.room('general');
    failing = true;
    const [sent, refused] = await Promise.allSettled([ada.send(general, 'kept'), ada.send(newId(), 'x')]);
    assert.equal(sent.status, 'fulfilled');
    assert.ok(refused.status === 'rejected' && hasCode('NO_SUCH_ROOM')(refused.reason));
    await ada.upTo((await ada.send(general, 'next')).seq);
    assert.equal(ada.isClosed, false);
    assert.deepEqual(ada.messages, ['kept', 'next']);
    assert.deepEqual(hubs.files.includes('000000000002.log'), true);
  });

  it('tries once more, and then says why', async () => {
    let failing = false;
    await hubs.start({
      times: quick,
      files,
      checkpoint: (name: HubCheckpoint) => {
        if (failing && name === 'commit staged') files.fail('write', 'ENOSPC');
        if (failing && name === 'claimed') files.heal();
      },
    });
    const ada = await hubs.join('Ada');
    const general = ada.room('general');
    failing = true;
    await assert.rejects(ada.send(general, 'lost'), hasCode('STORAGE_FULL'));
    failing = false;
    await ada.upTo((await ada.send(general, 'kept')).seq);
    assert.equal(ada.isClosed, false);
    assert.deepEqual(ada.messages, ['kept']);
    assert.equal(highestEpoch(hubs.directory), 3);
  });

  it('serves history, refuses at once, and writes again when it can', async () => {
    await hubs.start({ times: quick, files });
    const ada = await hubs.join('Ada');
    const general = ada.room('general');
    await ada.send(general, 'before');
    files.fail('write', 'ENOSPC');
    await assert.rejects(ada.send(general, 'refused'), hasCode('STORAGE_FULL'));
    await until('ada is told', () => ada.all('hubState').at(-1)?.state === 'readonly');

    await assert.rejects(ada.send(general, 'refused at once'), hasCode('STORAGE_FULL'));
    await assert.rejects(ada.request('read.mark', { roomId: general, upTo: 9 }), hasCode('STORAGE_FULL'));
    const page = await ada.request('history.page', { roomId: general, limit: 10 });
    assert.deepEqual(
      page.messages.map(({ content }) => content),
      ['before'],
    );
    const status = await ada.request('status', {});
    assert.equal(status.state, 'readonly');
    assert.ok(status.faults.length >= 2 && status.faults.every(({ code }) => code === 'STORAGE_FULL'));
    const late = await hubs.connect();
    await late.open({ by: 'id', id: ada.profileId });
    assert.equal(late.rooms.length, 1);

    files.heal();
    await until('ada is told', () => ada.all('hubState').at(-1)?.state === 'ready');
    await ada.send(general, 'after');
    assert.equal(ada.isClosed, false);
    assert.deepEqual(ada.messages, ['before', 'after']);
  });

  it('leaves no more than its claim behind, and only so many of these', async () => {
    const { hub } = await hubs.start();
    hub.stop();
    for (let epoch = 2; epoch < 70; epoch += 1) makeClaim(hubs.directory, epoch, newClaim('/elsewhere', 1));
    writeFileSync(path.join(hubs.directory, temporaryFileName(69, 'log', 'abc')), '');
    files.fail('write', 'ENOSPC');
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const { hub } = await hubs.start({ files });
      assert.equal(hub.state, 'readonly');
      hub.stop();
    }
    const stored = hubs.files.filter((name) => !name.endsWith('.claim'));
    assert.deepEqual(stored, ['000000000001.base', '000000000001.log', 'secret']);
    assert.deepEqual(
      claimedEpochs(hubs.directory),
      [...Array(65).keys()].map((n) => n + 7),
    );
  });

  it('is fenced while it can not write, like any other', async () => {
    const { end } = await hubs.start({ times: { ...quick, retryMs: 60_000 }, files });
    const ada = await hubs.join('Ada');
    files.fail('write', 'EROFS');
    await assert.rejects(ada.send(ada.room('general'), 'x'), hasCode('STORAGE_READONLY'));
    await hubs.start();
    assert.deepEqual(await within('the end', end), { reason: 'fenced' });
    await until('ada hears of it', () => ada.isClosed);
  });
});

describe('a hub that begins on a disk that can not be written', () => {
  const { openSync } = fs;
  let hubs: TestHubs;
  let general: string;
  let adaId: string;

  beforeEach(async () => {
    hubs = new TestHubs();
    const { hub, end } = await hubs.start();
    const ada = await hubs.join('Ada');
    general = ada.room('general');
    adaId = ada.profileId;
    await ada.send(general, 'before');
    hub.stop();
    await end;
  });
  afterEach(async () => {
    writable();
    await hubs.dispose();
  });

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

  it('is no hub when there is nothing to read', async () => {
    for (const kind of ['base', 'log'] as const) rmSync(path.join(hubs.directory, epochFileName(1, kind)));
    readonly('ENOSPC');
    const { end } = await hubs.start();
    const result = await end;
    assert.ok(result.reason === 'failed' && result.error.code === 'STORAGE_FULL');
  });
});

describe('compaction', () => {
  let hubs: TestHubs;
  beforeEach(() => {
    hubs = new TestHubs();
  });
  afterEach(() => hubs.dispose());

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
    assert.equal(hubs.files.filter((name) => name.endsWith('.sock')).length, 1);
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
