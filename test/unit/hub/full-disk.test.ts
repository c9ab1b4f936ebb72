import assert from 'node:assert/strict';
import { appendFileSync, cpSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { epochFileName } from '../../../src/model/epoch-files.ts';
import { type ErrorCode, ChatError } from '../../../src/model/errors.ts';
import { highestEpoch } from '../../../src/rendezvous/claim.ts';
import type { DiskRoom } from '../../../src/store/disk-room.ts';
import { makeTempDir, removeTempDir } from '../../harness/paths.ts';
import { until, within } from '../../integration/support/until.ts';
import { FaultyFiles, systemError } from '../store/faulty-files.ts';
import { type TestClient, TestHubs } from './support.ts';

const hasCode = (code: ErrorCode) => (error: unknown) => error instanceof ChatError && error.code === code;
const MIB = 1024 * 1024;
/** Attempts only when there is room. */
const patient = { watchMs: 20, retryMs: 60_000, longestRetryMs: 60_000, compactionPauseMs: 50 };

/** A disk that takes no byte more as long as the ballast is there. */
class FullFiles extends FaultyFiles {
  isFull: () => boolean = () => false;

  override write(...call: Parameters<FaultyFiles['write']>): number {
    if (this.isFull()) throw systemError('ENOSPC');
    return super.write(...call);
  }
}

describe('a hub on a full disk', () => {
  let hubs: TestHubs;
  let files: FullFiles;
  let room: DiskRoom;
  let looks = 0;
  let general: string;
  let adaId: string;
  const ballast = (): string[] => hubs.files.filter((name) => name.startsWith('ballast'));

  beforeEach(async () => {
    hubs = new TestHubs();
    files = new FullFiles();
    room = { totalBytes: 1024 * MIB, freeBytes: 0, freeFiles: 1_000 };
    const { hub, end } = await hubs.start();
    const ada = await hubs.join('Ada');
    general = ada.room('general');
    adaId = ada.profileId;
    await ada.send(general, 'before');
    hub.stop();
    await end;
  });
  afterEach(() => hubs.dispose());

  const look = (): DiskRoom => {
    looks += 1;
    // As a real disk: what the ballast takes is not free.
    return { ...room, freeBytes: room.freeBytes - ballast().length * MIB };
  };
  const makePiece = (): void => writeFileSync(path.join(hubs.directory, 'ballast.0'), Buffer.alloc(MIB));
  const history = async (client: TestClient): Promise<string[]> => {
    const page = await client.request('history.page', { roomId: general, limit: 10 });
    return page.messages.map(({ content }) => content);
  };
  const connect = async (): Promise<TestClient> => {
    const ada = await hubs.connect();
    await ada.open({ by: 'id', id: adaId });
    return ada;
  };
  const told = (client: TestClient, state: string): Promise<unknown> =>
    until('it is told', () => client.all('hubState').at(-1)?.state === state);

  it('begins with the room of the ballast, serves all, and takes nothing until it could be made again', async () => {
    makePiece();
    room = { ...room, freeBytes: MIB };
    files.isFull = () => ballast().length > 0;
    const { hub } = await hubs.start({ files, times: patient, room: look });
    assert.equal(hub.state, 'readonly');
    // The second attempt: the first one had claimed its epoch before the log did not fit.
    assert.equal(highestEpoch(hubs.directory), 3);
    assert.ok(hubs.files.includes(epochFileName(3, 'log')));
    assert.deepEqual(ballast(), []);
    const ada = await connect();
    assert.deepEqual(await history(ada), ['before']);
    await assert.rejects(ada.send(general, 'refused'), hasCode('STORAGE_FULL'));

    room = { ...room, freeBytes: 8 * MIB };
    await until('it sets aside what there is', () => ballast().length === 7);
    await assert.rejects(ada.send(general, 'refused'), hasCode('STORAGE_FULL'));
    files.isFull = () => false;
    room = { ...room, freeBytes: 9 * MIB };
    await told(ada, 'ready');
    assert.equal(ballast().length, 8);
    await ada.send(general, 'after');
    assert.deepEqual(await history(ada), ['before', 'after']);
    assert.equal(ada.isClosed, false);
  });

  it('keeps the ballast for whoever has to begin, while it is there itself', async () => {
    room = { ...room, freeBytes: 100 * MIB };
    await hubs.start({ files, times: patient, room: look });
    const ada = await connect();
    makePiece();
    files.isFull = () => true;
    room = { ...room, freeBytes: 0 };
    await assert.rejects(ada.send(general, 'refused'), hasCode('STORAGE_FULL'));
    await told(ada, 'readonly');
    const before = looks;
    await until('it has seen that there is no room', () => looks > before + 2);
    assert.deepEqual(ballast(), ['ballast.0']);
    files.isFull = () => false;
    room = { ...room, freeBytes: 100 * MIB };
    await told(ada, 'ready');
    await ada.send(general, 'after');
  });

  it('keeps the ballast when its log is so long that it would not help', async () => {
    makePiece();
    const log = path.join(hubs.directory, epochFileName(1, 'log'));
    // A torn tail.
    appendFileSync(log, Buffer.alloc(2 * MIB));
    files.isFull = () => true;
    const { hub } = await hubs.start({ files, times: patient, room: look });
    assert.equal(hub.state, 'readonly');
    assert.deepEqual(ballast(), ['ballast.0']);
    assert.deepEqual(await history(await connect()), ['before']);
  });

  it('leaves the ballast to the one that was faster', async () => {
    makePiece();
    files.isFull = () => true;
    const deadEpoch = highestEpoch(hubs.directory);
    await hubs.start();
    const { end } = await hubs.start({ files, times: patient, deadEpoch });
    assert.deepEqual(await end, { reason: 'lost' });
    assert.deepEqual(ballast(), ['ballast.0']);
  });

  it('that is broken rather than full is read all the same', async () => {
    files.fail('sync', 'EIO');
    const { hub } = await hubs.start({ files, times: { ...patient, retryMs: 50, longestRetryMs: 50 } });
    assert.equal(hub.state, 'readonly');
    const ada = await connect();
    assert.deepEqual(await history(ada), ['before']);
    await assert.rejects(ada.send(general, 'refused'), hasCode('STORAGE_ERROR'));
    files.heal();
    await told(ada, 'ready');
    await ada.send(general, 'after');
  });
});

describe('a directory that is another one all at once', () => {
  let hubs: TestHubs;
  let copy: string;
  beforeEach(() => {
    hubs = new TestHubs();
    copy = path.join(makeTempDir(), 'copy');
  });
  afterEach(async () => {
    await hubs.dispose();
    removeTempDir(path.dirname(copy));
  });

  const takeCopy = (): void =>
    cpSync(hubs.directory, copy, { recursive: true, filter: (file) => !file.endsWith('.sock') });

  for (const how of ['in its place', 'over it'] as const) {
    it(`is noticed before anything is acknowledged: an older copy ${how}`, async () => {
      const { hub, end } = await hubs.start({ times: { ...patient, watchMs: 60_000 } });
      const ada = await hubs.join('Ada');
      const general = ada.room('general');
      await ada.send(general, 'in the copy');
      takeCopy();
      await ada.send(general, 'gone with the directory');
      if (how === 'in its place') {
        renameSync(hubs.directory, `${copy}.before`);
        renameSync(copy, hubs.directory);
      } else {
        cpSync(copy, hubs.directory, { recursive: true, force: true });
      }
      await assert.rejects(ada.send(general, 'never acknowledged'), hasCode('CONNECTION_CLOSED'));
      assert.deepEqual(await within('the end', end), { reason: 'fenced' });
      assert.equal(hub.fence(), false);

      await hubs.start();
      const back = await hubs.join('Ada');
      const page = await back.request('history.page', { roomId: general, limit: 10 });
      assert.deepEqual(
        page.messages.map(({ content }) => content),
        ['in the copy'],
      );
    });
  }

  it('is noticed when nobody writes', async () => {
    const { end } = await hubs.start({ times: patient });
    await hubs.join('Ada');
    takeCopy();
    renameSync(hubs.directory, `${copy}.before`);
    renameSync(copy, hubs.directory);
    assert.deepEqual(await within('the end', end), { reason: 'fenced' });
  });

  it('ends its hub when it is removed', async () => {
    const { end } = await hubs.start({ times: patient });
    const ada = await hubs.join('Ada');
    rmSync(hubs.directory, { recursive: true });
    await assert.rejects(ada.send(ada.room('general'), 'nowhere'), hasCode('CONNECTION_CLOSED'));
    assert.deepEqual(await within('the end', end), { reason: 'fenced' });
  });
});
