import assert from 'node:assert/strict';
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readFence } from '../../../src/hub/fence.ts';
import { epochFileName } from '../../../src/model/epoch-files.ts';
import { makeClaim, newClaim } from '../../../src/rendezvous/claim.ts';
import { makeTempDir, removeTempDir } from '../../harness/paths.ts';

describe('the fence', () => {
  let directory: string;
  const own = newClaim('/run/hub.sock', 1);
  const file = (epoch: number, kind: 'claim' | 'log' = 'claim'): string =>
    path.join(directory, epochFileName(epoch, kind));
  const read = () => readFence(directory, 7, own.nonce);

  beforeEach(() => {
    directory = makeTempDir();
    makeClaim(directory, 7, own);
    assert.equal(read(), 'ours');
  });
  afterEach(() => removeTempDir(directory));

  it('lets pass what only looks like a successor', () => {
    writeFileSync(file(8, 'log'), '');
    writeFileSync(`${file(8)}.abc.tmp`, '');
    makeClaim(directory, 6, newClaim('/older', 1));
    assert.equal(read(), 'ours');
  });

  it('holds back once the next epoch is claimed, be the claim whole or not', () => {
    for (const claim of [
      () => makeClaim(directory, 8, newClaim('/next', 1)),
      () => writeFileSync(file(8), ''),
      () => mkdirSync(file(8)),
      // Also by oneself: the epoch before is over then, too.
      () => linkSync(file(7), file(8)),
    ]) {
      claim();
      assert.equal(read(), 'superseded');
      rmSync(file(8), { recursive: true });
    }
  });

  it('holds back when the own claim is gone, or somebody else’s', () => {
    rmSync(file(7));
    assert.equal(read(), 'lost');
    makeClaim(directory, 7, newClaim('/run/hub.sock', 1));
    assert.equal(read(), 'lost');
  });

  it('holds back when the own claim can not be read', () => {
    for (const damage of [() => writeFileSync(file(7), '{'), () => mkdirSync(file(7))]) {
      rmSync(file(7), { recursive: true });
      damage();
      assert.equal(read(), 'unclear');
    }
  });

  it('takes nothing but "no such file" for an answer', () => {
    // A loop of links: ELOOP in place of ENOENT.
    symlinkSync(path.basename(file(8)), file(8));
    assert.equal(read(), 'unclear');
    rmSync(file(8));
    // A file where the directory was: ENOTDIR.
    const moved = `${directory}-moved`;
    renameSync(directory, moved);
    writeFileSync(directory, '');
    assert.equal(read(), 'unclear');
    rmSync(directory);
    // No directory at all: ENOENT, but the own claim is gone with it.
    assert.equal(read(), 'lost');
    renameSync(moved, directory);
    assert.equal(read(), 'ours');
  });
});
