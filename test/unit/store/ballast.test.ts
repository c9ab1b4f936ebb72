import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Ballast } from '../../../src/store/ballast.ts';
import { type DiskRoom, diskRoom } from '../../../src/store/disk-room.ts';
import { makeTempDir, removeTempDir } from '../../harness/paths.ts';

const MIB = 1024 * 1024;
const always = (): boolean => true;

describe('the ballast', () => {
  let directory: string;
  let room: DiskRoom | null;
  let ballast: Ballast;

  beforeEach(() => {
    directory = makeTempDir();
    room = { totalBytes: 1024 * MIB, freeBytes: 512 * MIB, freeFiles: 1_000 };
    ballast = new Ballast(directory, () => room);
  });
  afterEach(() => removeTempDir(directory));

  const pieces = (): string[] => readdirSync(directory).sort();
  const set = (change: Partial<DiskRoom>): void => {
    room = { totalBytes: 1024 * MIB, freeBytes: 512 * MIB, freeFiles: 1_000, ...change };
  };
  /** As a real disk does: what is written is not free any more. */
  const shrinking = (freeBytes: number): void => {
    const before = pieces().length;
    ballast = new Ballast(directory, () => ({
      totalBytes: 1024 * MIB,
      freeBytes: freeBytes - (pieces().length - before) * MIB,
      freeFiles: 1_000,
    }));
  };

  it('is eight files of 1 MiB, closed to others, whose room is really taken', async () => {
    await ballast.fill(true, always);
    assert.equal(pieces().length, 8);
    for (const name of pieces()) {
      const { size, blocks, mode } = statSync(path.join(directory, name));
      assert.equal(size, MIB);
      assert.ok(blocks * 512 >= MIB, `${name} has ${blocks} blocks`);
      assert.equal(mode & 0o777, 0o600);
    }
    set({ freeBytes: 5 });
    assert.equal(ballast.room, 8 * MIB + 5);
    assert.equal(ballast.giveUp('one piece'), true);
    assert.equal(pieces().length, 7);
    assert.equal(ballast.giveUp('whole'), true);
    assert.deepEqual(pieces(), []);
    assert.equal(ballast.giveUp('whole'), false);
  });

  it('is made only where as much stays free besides', async () => {
    shrinking(16 * MIB - 1);
    await ballast.fill(true, always);
    assert.deepEqual(pieces(), []);
    shrinking(16 * MIB);
    await ballast.fill(true, always);
    assert.equal(pieces().length, 8);
  });

  it('takes an eighth of a small disk, and nothing of a very small one', async () => {
    set({ totalBytes: 24 * MIB, freeBytes: 20 * MIB });
    await ballast.fill(true, always);
    assert.equal(pieces().length, 3);
    ballast.giveUp('whole');
    set({ totalBytes: 1.5 * MIB, freeBytes: MIB });
    await ballast.fill(true, always);
    assert.deepEqual(pieces(), []);
    assert.equal(ballast.hasRoom, true);
    set({ totalBytes: 1.5 * MIB, freeBytes: 50_000 });
    assert.equal(ballast.hasRoom, false);
  });

  it('says there is room once all of it could be made again, with a little left', async () => {
    for (const [freeBytes, expected] of [
      [9 * MIB - 1, false],
      [9 * MIB, true],
    ] as const) {
      set({ freeBytes });
      assert.equal(ballast.hasRoom, expected);
    }
    set({ freeFiles: 10 });
    assert.equal(ballast.hasRoom, false);
    set({});
    await ballast.fill(false, always);
    set({ freeBytes: MIB });
    assert.equal(ballast.hasRoom, true);
    room = null;
    assert.equal(ballast.hasRoom, true);
  });

  it('is made again as far as there is room, which it leaves a little of', async () => {
    shrinking(5.5 * MIB);
    await ballast.fill(false, always);
    assert.deepEqual(pieces(), ['ballast.0', 'ballast.1', 'ballast.2', 'ballast.3']);
    assert.equal(ballast.hasRoom, false);
  });

  it('is made anew where its making was broken off', async () => {
    writeFileSync(path.join(directory, 'ballast.2'), 'a part');
    await ballast.fill(true, always);
    assert.equal(statSync(path.join(directory, 'ballast.2')).size, MIB);
  });

  it('is left to whoever leads', async () => {
    let asked = 0;
    await ballast.fill(true, () => (asked += 1) <= 2);
    assert.equal(pieces().length, 2);
  });

  it('is no reason for anybody to fail', async () => {
    const nowhere = new Ballast(path.join(directory, 'gone'), () => room);
    await nowhere.fill(true, always);
    assert.equal(nowhere.giveUp('whole'), false);
    assert.equal(diskRoom(path.join(directory, 'gone')), null);
    assert.ok((diskRoom(directory)?.totalBytes ?? 0) > 0);
  });
});
