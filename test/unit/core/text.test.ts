import assert from 'node:assert/strict';
import { utf8Length, wellFormed } from '../../../src/model/text.ts';

describe('model: text', () => {
  it('is measured as it will be encoded', () => {
    for (const text of ['', 'abc', 'é\u07ff\u0800\uffff', '日本', '👩‍🚀', 'half \ud83d', '\ude80 half']) {
      assert.equal(utf8Length(text), Buffer.byteLength(text), JSON.stringify(text));
    }
  });

  it('is made well-formed without touching what is', () => {
    assert.equal(wellFormed('👩‍🚀 ok\n'), '👩‍🚀 ok\n');
    assert.equal(wellFormed('\ude80\ud83d\ud83d\ude80\0'), '\ufffd\ufffd🚀\ufffd');
  });
});
