import assert from 'node:assert/strict';
import { isNewerVersion } from '../../../src/model/version.ts';

describe('versions', () => {
  /** The example of Semantic Versioning, and some around it. */
  const ascending = [
    '0.9.10',
    '0.10.0',
    '1.0.0-1',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.1',
    '1.9.9',
    '1.10.0',
    '10.0.0-0',
  ];

  it('stand in the order of Semantic Versioning, each after all before it', () => {
    for (const [index, version] of ascending.entries()) {
      for (const [place, other] of ascending.entries()) {
        assert.equal(isNewerVersion(version, other), index > place, `${version} after ${other}`);
      }
    }
  });

  it('are the same whatever they were built from', () => {
    assert.equal(isNewerVersion('1.0.0+2', '1.0.0+1'), false);
    assert.equal(isNewerVersion('1.0.0+1', '1.0.0'), false);
  });

  it('are no newer than what is no version, nor the other way round', () => {
    for (const [a, b] of [
      ['1.0.0', ''],
      ['', '1.0.0'],
      ['1.0', '0.9.0'],
      ['v2.0.0', '1.0.0'],
      ['1.0.0-', '0.1.0'],
    ] as const) {
      assert.equal(isNewerVersion(a, b), false, `${a} after ${b}`);
    }
  });
});
