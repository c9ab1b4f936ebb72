import assert from 'node:assert/strict';
import { mergeIntoDraft } from '../../../../src/extension/unsent/draft-merge.ts';

describe('a text that was not stored goes back into the draft', () => {
  it('takes the place of an empty draft', () => {
    assert.equal(mergeIntoDraft('', 'hello', ''), 'hello');
    assert.equal(mergeIntoDraft(' \n', 'hello', ''), 'hello');
  });

  it('takes the place of its own older state', () => {
    assert.equal(mergeIntoDraft('hel', 'hello', 'hel'), 'hello');
  });

  it('is appended to what was written since', () => {
    assert.equal(mergeIntoDraft('next', 'hello', 'hel'), 'next\nhello');
  });

  it('is not put there twice', () => {
    assert.equal(mergeIntoDraft('hello', 'hello', 'hel'), 'hello');
    const once = mergeIntoDraft('next', 'hello', '');
    assert.equal(mergeIntoDraft(once, 'hello', ''), once);
  });
});
