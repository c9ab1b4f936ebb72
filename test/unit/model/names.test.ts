import assert from 'node:assert/strict';
import { limits } from '../../../src/model/limits.ts';
import { checkProfileName, checkRoomName, nameKey } from '../../../src/model/names.ts';

/** Marks that stand in the wrong order over and over: to put them right takes time by the square of their number. */
const marks = `a${'\u0315\u0316'.repeat(limits.frameBytes / 4)}`;

describe('a name', () => {
  it('is refused in no time when it is as long as a frame, whatever it holds', () => {
    const started = performance.now();
    for (const check of [checkRoomName, checkProfileName]) {
      assert.equal(check(marks).ok, false);
      assert.equal(check(`${' '.repeat(100_000)}${marks}`).ok, false);
    }
    assert.notEqual(nameKey(marks), nameKey('a'));
    const ms = performance.now() - started;
    assert.ok(ms < 500, `${Math.round(ms)} ms`);
  });

  it('may have any amount of white space around it', () => {
    const space = ' '.repeat(100_000);
    assert.deepEqual(checkRoomName(`${space}general${space}`), { ok: true, name: 'general' });
  });

  it('is the same in any form and case', () => {
    assert.equal(nameKey('ＧＥＮＥＲＡＬ'), nameKey('general'));
    assert.equal(nameKey('STRASSE'), nameKey('straße'));
    const longest = '\uFDFA'.repeat(limits.roomNameLength);
    assert.equal(nameKey(nameKey(longest)), nameKey(longest));
  });
});
