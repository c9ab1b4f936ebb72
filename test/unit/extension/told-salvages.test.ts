import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ToldSalvages } from '../../../src/extension/told-salvages.ts';
import { QUARANTINE, quarantineFolderName, type Salvage } from '../../../src/model/salvage.ts';
import { makeTempDir, removeTempDir } from '../../harness/paths.ts';

/** What an editor remembers, for one window or for several. */
class Memory {
  readonly #values = new Map<string, unknown>();
  get = (key: string): unknown => this.#values.get(key);
  update(key: string, value: unknown): Promise<void> {
    this.#values.set(key, value);
    return Promise.resolve();
  }
}

describe('damages that people are told of', () => {
  let directory: string;
  beforeEach(() => (directory = makeTempDir()));
  afterEach(() => removeTempDir(directory));

  function salvage(epoch: number): Salvage {
    const timestamp = '2026-11-24T09:30:00.000Z';
    return { version: 1, timestamp, epoch, outcome: 'repaired', files: [], lost: [] };
  }

  function keep(epoch: number): Salvage {
    const found = salvage(epoch);
    mkdirSync(folderOf(found), { recursive: true });
    return found;
  }

  const folderOf = ({ epoch, timestamp }: Salvage): string =>
    path.join(directory, QUARANTINE, quarantineFolderName(epoch, timestamp));

  it('are for one window of all the editors that share a directory, and for that one once', () => {
    const [code, cursor] = [new ToldSalvages(new Memory()), new ToldSalvages(new Memory())];
    const [first, second] = [keep(3), keep(4)];
    assert.deepEqual(code.take(directory, [first]), [first]);
    assert.deepEqual(code.take(directory, [first]), []);
    assert.deepEqual(cursor.take(directory, [first, second]), [second]);
    assert.deepEqual(code.take(directory, [first, second]), []);
  });

  it('are nobody’s once their copies were removed', () => {
    const found = keep(3);
    rmSync(folderOf(found), { recursive: true });
    assert.deepEqual(new ToldSalvages(new Memory()).take(directory, [found]), []);
  });

  it('are remembered by the editor where no file can be made', () => {
    const memory = new Memory();
    const found = keep(3);
    // Root may write anywhere; a file in the place of the folder stops everybody.
    rmSync(folderOf(found), { recursive: true });
    writeFileSync(folderOf(found), '');
    assert.deepEqual(new ToldSalvages(memory).take(directory, [found]), [found]);
    assert.deepEqual(new ToldSalvages(memory).take(directory, [found]), []);
  });
});
