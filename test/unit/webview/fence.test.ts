import assert from 'node:assert/strict';
import { endsInCode } from '../../../webview/markdown/fence.ts';

describe('a caret in a code block', () => {
  for (const [text, expected] of [
    ['', false],
    ['text', false],
    ['```', true],
    ['```ts\nconst a = 1;', true],
    ['before\n~~~\ncode', true],
    ['```\ncode\n```', false],
    ['```\ncode\n```\nafter', false],
    ['```\ncode\n```\n```', true],
    ['````\n```\ncode', true],
    ['```\n~~~\ncode', true],
    ['```\n``` not closed by this', true],
    ['```in one line```', false],
    ['a ``` in a line', false],
    ['    ```', false],
  ] as const) {
    it(`${JSON.stringify(text)}: ${expected ? 'yes' : 'no'}`, () => assert.equal(endsInCode(text), expected));
  }
});
