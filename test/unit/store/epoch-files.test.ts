import assert from 'node:assert/strict';
import {
  epochFileName,
  parseEpochFileName,
  parseTemporaryFileName,
  temporaryFileName,
} from '../../../src/model/epoch-files.ts';

describe('model: names of epoch files', () => {
  it('sort as their numbers do and are read back', () => {
    const epochs = [1, 2, 10, 999, 123_456_789_012];
    const names = epochs.map((epoch) => epochFileName(epoch, 'log'));
    assert.deepEqual([...names].sort(), names);
    assert.deepEqual(
      names.map(parseEpochFileName),
      epochs.map((epoch) => ({ epoch, kind: 'log' })),
    );
    assert.equal(names[0], '000000000001.log');
  });

  it('are refused for what is no epoch', () => {
    for (const epoch of [0, -1, 1.5, NaN, 1e12])
      assert.throws(() => epochFileName(epoch, 'base'), RangeError);
  });

  it('are told from everything else in the directory', () => {
    const temporary = temporaryFileName(7, 'claim', 'a1b2');
    const others = [
      temporary,
      'secret',
      '1.log',
      '0000000000001.log',
      '000000000000.log',
      '000000000001.txt',
    ];
    for (const name of others) assert.equal(parseEpochFileName(name), null, name);
    assert.deepEqual(parseTemporaryFileName(temporary), { epoch: 7, kind: 'claim' });
    assert.equal(parseTemporaryFileName('000000000007.claim'), null);
  });
});
