import assert from 'node:assert/strict';
import { salvageSentence, sentenceOf } from '../../src/extension/sentences.ts';
import { ChatError, ERROR_CODES } from '../../src/model/errors.ts';
import type { Salvage } from '../../src/model/salvage.ts';

const salvage = (over: Partial<Salvage>): Salvage => ({
  version: 1,
  timestamp: '2026-11-24T09:30:00.000Z',
  epoch: 3,
  outcome: 'salvaged',
  files: [{ name: '000000000002.log', bytes: 100, at: 7, detail: 'damaged line' }],
  lost: [],
  ...over,
});

describe('sentences', () => {
  it('has one for every error', () => {
    for (const code of ERROR_CODES) {
      const text = sentenceOf(new ChatError(code));
      assert.match(text, /^[A-Z“].*[.)]$/, code);
      assert.doesNotMatch(text, /undefined|\{\d\}/, code);
    }
  });

  it('says what is safe and what to do when files, disk or versions are in the way', () => {
    for (const code of [
      'STORAGE_FULL',
      'STORAGE_READONLY',
      'STORAGE_ERROR',
      'FORMAT_NEWER',
      'PROTOCOL_MISMATCH',
    ] as const)
      assert.match(
        sentenceOf(new ChatError(code)),
        /(is|are) safe\b|what was stored before can be read/,
        code,
      );
  });

  it('says of a damaged store what is missing and what is not', () => {
    assert.match(salvageSentence(salvage({ outcome: 'repaired' })), /Nothing is missing/);
    assert.match(salvageSentence(salvage({ lost: [[4, 4]] })), /one entry, number 4, /);
    const gaps = salvageSentence(
      salvage({
        lost: [
          [4, 5],
          [1_200, 1_200],
        ],
      }),
    );
    assert.match(gaps, /3 entries, between the numbers 4 and 1.?200,/);
    assert.match(salvageSentence(salvage({ lost: [[4, 5]], lostAfter: 9 })), /after number 9/);
    assert.match(salvageSentence(salvage({})), /Everything that could be read is there/);
    assert.match(salvageSentence(salvage({ outcome: 'begun anew' })), /an empty one was begun/);
  });
});
