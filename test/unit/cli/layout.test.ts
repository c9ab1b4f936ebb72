import assert from 'node:assert/strict';
import { displayWidth, table, truncate, wrap } from '../../../src/cli/layout.ts';
import { shellWord } from '../../../src/cli/shell.ts';

describe('terminal layout', () => {
  it('counts columns, not characters', () => {
    assert.equal(displayWidth('Ada'), 3);
    assert.equal(displayWidth('日本'), 4);
    assert.equal(displayWidth('e\u0301'), 1);
    assert.equal(displayWidth('👍'), 2);
  });

  it('wraps at spaces, keeps indentation, and breaks what has none', () => {
    assert.deepEqual(wrap('one two three', 8), ['one two', 'three']);
    assert.deepEqual(wrap('    abcdefgh', 8), ['    abcd', 'efgh']);
    assert.deepEqual(wrap('abcdefghij', 4), ['abcd', 'efgh', 'ij']);
    assert.deepEqual(wrap('日本語日本語', 4), ['日本', '語日', '本語']);
    assert.deepEqual(wrap('', 4), ['']);
  });

  it('loses no letter, whatever the width', () => {
    const text = 'The quick  brown 狐 jumps over theverylongwordthatdoesnotfit the lazy dog';
    for (let width = 1; width < 40; width += 1) {
      const lines = wrap(text, width);
      assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''), `width ${width}`);
      if (width > 1)
        for (const line of lines) assert.ok(displayWidth(line) <= width, `"${line}" at ${width}`);
    }
  });

  it('lines up columns and ends no line in spaces', () => {
    assert.deepEqual(
      table(
        ['A', 'B'],
        [
          ['日本', 'x'],
          ['c', ''],
        ],
      ),
      ['A     B', '日本  x', 'c'],
    );
    assert.equal(truncate('abcdef', 4), 'abc…');
  });

  it('quotes words for a shell', () => {
    assert.equal(shellWord('Ada'), 'Ada');
    assert.equal(shellWord("O'Hara x"), String.raw`'O'\''Hara x'`);
  });
});
