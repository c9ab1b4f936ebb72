import type { Message } from '../../src/model/entities.ts';
import { message, people, type Written } from './builders.ts';

const { ada, grace, make, fixer, linus, noor } = people;
const script: Written = { by: make, kind: 'script' };
const agent: Written = { by: fixer, kind: 'agent' };

const lexer = `export function readString(src: Uint8Array, at: number): string {
  const end = src.indexOf(0x22, at);
  if (end < 0) throw new LexError('unterminated string', at);
  return utf8.decode(src.subarray(at, end));
}`;

const longCode = `import { describe, it } from 'mocha';
import assert from 'node:assert/strict';

/** Every multi-byte character, before each kind of end. */
const samples = ['é', '日本', '🧭', 'e\\u0301'];

describe('readString', () => {
  for (const sample of samples) {
    it(\`reads \${sample} before the quote\`, () => {
      const source = encode(\`"\${sample}"\`);
      const { value, next } = readString(source, 1);
      assert.equal(value, sample);
      assert.equal(next, source.length);
    });

    it(\`reads \${sample} before the end of the input\`, () => {
      const source = encode(\`"\${sample}\`);
      assert.throws(() => readString(source, 1), LexError);
    });
  }
});`;

const forty = Array.from({ length: 40 }, (_, index) => {
  const ms = ((index * 37) % 90) + 3;
  return `${String(index + 1).padStart(2, '0')}  ${index % 13 === 7 ? 'slow ' : 'ok   '} lexer › case ${index + 1} (${ms} ms)`;
}).join('\n');

/** A talk as it happens: days, groups, code, links, lists, tables, long words, several scripts. */
export function talk(): readonly Message[] {
  const lines: [string, Written][] = [
    ['Morning! The parser branch is up: https://example.org/local-chat/pull/214', { by: ada, minute: -920 }],
    ['I will look after the stand-up.', { by: grace, minute: -914 }],
    [
      'The lexer drops the last byte of a string when the input ends in a multi-byte character. Found it in the `window api` tests.\n\nRepro: `echo -n \'"é"\' | node dist/cli.js`',
      { by: ada, minute: -908 },
    ],
    ['This is the place, I think. The subarray ends one short:', { by: grace, minute: 4 }],
    [`\`\`\`ts\n${lexer}\n\`\`\``, { by: grace, minute: 4.2 }],
    ['Yes.', { by: ada, minute: 5 }],
    ['Same in `readTemplate`.', { by: ada, minute: 5.2 }],
    ['And in the comment reader.', { by: ada, minute: 5.5 }],
    ['One fix, three places?', { by: ada, minute: 5.7 }],
    ['Three. I tried to share it and it got *worse*.', { by: grace, minute: 6.5 }],
    [
      '`api`: **1 of 214 failed**, exit 1, 38 s\n\n| suite | passed | failed |\n|:--|--:|--:|\n| lexer | 88 | 1 |\n| parser | 120 | 0 |\n| cli | 5 | 0 |',
      { ...script, minute: 8 },
    ],
    [`\`\`\`typescript\n${longCode}\n\`\`\``, { ...agent, minute: 9 }],
    [
      'I hold `src/parser/**` for the next 10 minutes. The failing case is fixed in a patch; Ada, shall I hand it over?\n\n1. Decode first, then search.\n2. Keep the offset in *bytes*.\n   - [x] strings\n   - [ ] templates\n   - [ ] comments',
      { ...agent, minute: 9.4 },
    ],
    [
      '昨日の修正で日本語の文字列も正しく読めるようになりました。長い文章が折り返されても、行の左端は揃っているはずです。',
      { by: linus, minute: 11 },
    ],
    ['هل يمكن لأحد أن يجرب النص من اليمين إلى اليسار مع `code` في الوسط؟', { by: noor, minute: 12 }],
    [
      'Hash of the build: sha512-9f31c2e7d1f4b6a8c0e2d4f6a8b0c2d4e6f8a0b2c4d6e8f0a1b3c5d7e9f1a3b5c7d9e1f3a5b7c9d1e3f5a7b9c1d3e5f7a9b1c3d5e7f9',
      { by: grace, minute: 13 },
    ],
    [
      '> The subarray ends one short\n\nRight, and the [spec](https://example.org/spec) says so. 🎉',
      { by: ada, minute: 14 },
    ],
  ];
  return lines.map(([content, written], index) => message(index + 1, content, written));
}

/** What comes after {@link talk}: the long ones. */
export function longTalk(): readonly Message[] {
  const start = talk().length;
  return [
    message(start + 1, `\`\`\`\n${forty}\n\`\`\``, { ...script, minute: 15 }),
    message(
      start + 2,
      Array.from({ length: 40 }, (_, index) => `Line ${index + 1} of a message that is simply long.`).join(
        '\n',
      ),
      { by: grace, minute: 16 },
    ),
  ];
}

/** Many short messages, as people write them. */
export function wall(count: number): readonly Message[] {
  const says = [
    'ok',
    'yes',
    'hm',
    'wait',
    'look at the second one',
    'done',
    'pushed',
    'thanks!',
    'again?',
    'green now',
  ];
  const who = [ada, grace, grace, grace, ada, ada, linus, grace];
  return Array.from({ length: count }, (_, index) =>
    message(index + 1, says[(index * 7) % says.length] ?? '', {
      by: who[Math.floor(index / 3) % who.length] ?? ada,
      minute: index / 4 - count / 4,
    }),
  );
}
