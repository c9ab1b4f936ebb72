import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  QUARANTINE,
  quarantineFolderName,
  type Salvage,
  SALVAGE_REPORT,
} from '../../../src/model/salvage.ts';
import { readSalvages } from '../../../src/store/quarantine.ts';
import { makeTempDir, removeTempDir } from '../../harness/paths.ts';

describe('store: the quarantine', () => {
  let directory: string;
  beforeEach(() => (directory = makeTempDir()));
  afterEach(() => removeTempDir(directory));

  function report(epoch: number): Salvage {
    const timestamp = '2026-11-24T09:30:00.000Z';
    const files = [{ name: '000000000001.log', bytes: 100, at: 7, detail: 'damaged line' }];
    return { version: 1, timestamp, epoch, outcome: 'salvaged', files, lost: [[3, 4]] };
  }

  function put(name: string, text: string | null): void {
    const folder = path.join(directory, QUARANTINE, name);
    mkdirSync(folder, { recursive: true });
    if (text !== null) writeFileSync(path.join(folder, SALVAGE_REPORT), text);
  }

  it('has no reports where nothing was ever damaged', () => {
    assert.deepEqual(readSalvages(directory), []);
    assert.deepEqual(readSalvages(path.join(directory, 'gone')), []);
  });

  it('has the last reports, newest last', () => {
    for (let epoch = 30; epoch >= 2; epoch -= 1) {
      put(quarantineFolderName(epoch, report(epoch).timestamp), JSON.stringify(report(epoch)));
    }
    const found = readSalvages(directory);
    assert.deepEqual(
      found.map(({ epoch }) => epoch),
      Array.from({ length: 20 }, (_, n) => n + 11),
    );
    assert.deepEqual(found[0], report(11));
  });

  it('passes over what it does not understand', () => {
    put('000000000002-20261124T093000Z', JSON.stringify({ ...report(2), version: 2 }));
    put('000000000003-20261124T093000Z', 'no JSON');
    put('000000000004-20261124T093000Z', null);
    put('000000000005-20261124T093000Z', JSON.stringify(report(5)));
    assert.deepEqual(readSalvages(directory), [report(5)]);
  });
});
