import assert from 'node:assert/strict';
import { jsonLine, sanitiseLine, sanitiseText } from '../../../src/cli/sanitise.ts';

const hex = (code: number): string => code.toString(16).padStart(4, '0');

describe('what reaches a terminal', () => {
  const dangerous = [
    ...Array.from({ length: 0x20 }, (_, code) => code),
    ...Array.from({ length: 0x21 }, (_, index) => 0x7f + index),
    0x061c,
    0x200e,
    0x200f,
    0x2028,
    0x2029,
    0x202a,
    0x202b,
    0x202c,
    0x202d,
    0x202e,
    0x2066,
    0x2067,
    0x2068,
    0x2069,
  ];

  it('has no control and no bidi character in a line, and shows each one', () => {
    for (const code of dangerous) {
      const shown = sanitiseLine(`a${String.fromCodePoint(code)}b`);
      assert.ok(!shown.includes(String.fromCodePoint(code)), hex(code));
      assert.ok(shown.length > 2, `U+${hex(code)} is not visible`);
    }
  });

  it('keeps line feeds and tabs of a text, and only those', () => {
    for (const code of dangerous) {
      const kept = code === 0x0a || code === 0x09;
      const text = `a${String.fromCodePoint(code)}b`;
      assert.equal(sanitiseText(text) === text, kept, hex(code));
    }
    assert.equal(sanitiseText('one\r\ntwo\rthree'), 'one\ntwo␍three');
  });

  it('shows an escape sequence as what it is', () => {
    assert.equal(sanitiseLine('\u001b[31mred\u0007'), '␛[31mred␇');
    assert.equal(sanitiseLine('user\u202etxt.exe'), 'user⟨U+202E⟩txt.exe');
  });

  it('leaves every script and joined emoji alone', () => {
    const text = 'añb 日本語 שלום مرحبا 👩‍👩‍👧 ﬁ ß — “x”';
    assert.equal(sanitiseText(text), text);
  });

  it('writes JSON that means the same and holds no control or bidi character', () => {
    const value = { text: dangerous.map((code) => String.fromCodePoint(code)).join('') };
    const line = jsonLine(value);
    assert.equal(line.indexOf('\n'), line.length - 1);
    assert.deepEqual(JSON.parse(line), value);
    const bare = line.slice(0, -1);
    assert.equal(sanitiseLine(bare), bare);
  });
});
