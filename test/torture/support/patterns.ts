import { limits } from '../../../src/model/limits.ts';

/** Text that is made to cost more than its length. */
export interface Pattern {
  readonly name: string;
  /** At most {@link limits.contentBytes} bytes, and nearly as many. */
  readonly content: string;
}

/** As often as it fits, between what is before and behind it. */
function filled(unit: string, before = '', behind = ''): string {
  const room = limits.contentBytes - Buffer.byteLength(before + behind);
  return before + unit.repeat(Math.floor(room / Buffer.byteLength(unit))) + behind;
}

const inCode = (language: string, unit: string, before = ''): string =>
  filled(unit, `\`\`\`${language}\n${before}`, '\n```');

const half = limits.contentBytes / 2;
const emphases = ['*a ', '**a ', '***a', '_a_', '*_a', '~~a', 'a**b'];
const nothingButMarks = ['*', '_', '`', '[', '(', '<', '|', '~', '\\', '#', '&', '!['];

/** What parsers of Markdown, searches for links, sanitisers and layouts are known to be slow with. */
export const markdownPatterns: readonly Pattern[] = [
  ...nothingButMarks.map((mark) => ({ name: `nothing but ${mark}`, content: filled(mark) })),
  ...emphases.map((mark) => ({ name: `emphasis never closed: ${mark}`, content: filled(mark) })),
  { name: 'quotes in quotes', content: filled('> ', '', 'x') },
  { name: 'lists in lists, in a line', content: filled('- ', '', 'x') },
  { name: 'lists in quotes in lists', content: filled('- > 1. ', '', 'x') },
  { name: 'lists in lists, line by line', content: deeper((depth) => `${' '.repeat(depth * 2)}- a\n`) },
  { name: 'quotes in quotes, line by line', content: deeper((depth) => `${'>'.repeat(depth)} a\n`) },
  { name: 'brackets that open and never close', content: filled('[a](', '') },
  { name: 'brackets in brackets', content: '['.repeat(half - 8) + 'a' + ']'.repeat(half - 8) + '(b)' },
  { name: 'links in links', content: filled('[a', '', '](b)') },
  { name: 'a link target without an end', content: filled('(', '[a](http://a/') },
  { name: 'a title without an end', content: filled('a "', '[a](http://a "') },
  {
    name: 'one reference, used over and over',
    content: filled('[a] ', `[a]: http://x/${'y'.repeat(4000)}\n\n`),
  },
  { name: 'references that refer to nothing', content: filled('[a][b]') },
  { name: 'definitions of references', content: filled('[a]: b\n') },
  { name: 'code spans of growing fences', content: growing((length) => `a${'`'.repeat(length)}`) },
  { name: 'fences that are never closed', content: filled('```\na\n~~~\n') },
  { name: 'blocks of code by the hundred', content: filled('```\n\n```\n') },
  { name: 'tables of empty columns', content: `${'|'.repeat(half)}\n${'|-'.repeat(half / 2 - 1)}` },
  { name: 'tables of many rows', content: filled('|\n', `${'|a'.repeat(120)}\n${'|-'.repeat(120)}\n`) },
  { name: 'tables of one row', content: filled('a|b\n-|-\n\n') },
  { name: 'entities', content: filled('&amp;&#x41;') },
  { name: 'entities never ended', content: filled('&#x') },
  { name: 'addresses without an end', content: filled('a.', 'http://') },
  { name: 'addresses with brackets', content: filled('http://a/(') },
  { name: 'addresses of mail', content: filled('mailto:a@b.c ') },
  { name: 'addresses of hosts', content: filled('http://a.b ') },
  { name: 'schemes with nothing behind', content: filled('http://') },
  { name: 'addresses in angles', content: filled('<http://a') },
  { name: 'many short lines', content: filled('a\n') },
  { name: 'many paragraphs', content: filled('a\n\n') },
  { name: 'many items', content: filled('- a\n') },
  { name: 'many loose items', content: filled('- a\n\n') },
  { name: 'many headings', content: filled('# a\n') },
  { name: 'many rules', content: filled('***\n') },
  { name: 'nothing but line breaks', content: filled('\n', 'a', 'a') },
  { name: 'lines of two spaces', content: filled('a  \n') },
  { name: 'one very long word', content: filled('a') },
  { name: 'words of combining marks', content: filled('a\u0301\u0489\u035c\u0334 ') },
  { name: 'one letter under all marks', content: filled('\u0301', 'a') },
  { name: 'directions in directions', content: filled('\u202ea\u202db\u2067c') },
  { name: 'Arabic and Latin by turns', content: filled('نور a ') },
  { name: 'emoji of many persons', content: filled('👩‍👩‍👧‍👦') },
  { name: 'tags in angles', content: filled('<a b="', '') },
  { name: 'tasks', content: filled('- [ ] a\n') },
];

function deeper(line: (depth: number) => string): string {
  let text = '';
  for (let depth = 0; text.length + line(depth).length <= limits.contentBytes; depth += 1)
    text += line(depth);
  return text;
}

function growing(part: (length: number) => string): string {
  let text = '';
  for (let length = 1; text.length + part(length).length <= limits.contentBytes; length += 1)
    text += part(length);
  return text;
}

/** Each with what its grammar is slowest with, as a search among thousands of repeated pieces found it. */
const slowest: Readonly<Record<string, readonly [unit: string, before?: string]>> = {
  bash: [' \n"""%', 'a'],
  c: ['A', 'a.'],
  cpp: ['a(', 'let '],
  csharp: ['a b ', '@'],
  css: ['\na|'],
  diff: ['a:\n'],
  go: [':--\n\n', '$a'],
  java: ['$'],
  javascript: ['(a(a,if '],
  json: ['{{a\n'],
  kotlin: ['"', 'a  '],
  markdown: ['[a]('],
  php: ['A'],
  python: ['\n\n'],
  ruby: ['<<A\na=>', '=begin\n'],
  rust: ["'''\n", '\t'],
  sql: ['\n\n'],
  typescript: ['a'],
  xml: ['<<A\na?'],
  yaml: ['a:\n{% '],
};

export const codePatterns: readonly Pattern[] = Object.entries(slowest).flatMap(
  ([language, [unit, before]]) => [
    { name: `${language}: ${JSON.stringify(unit)} without end`, content: inCode(language, unit, before) },
    // In lines that are short enough to be coloured.
    { name: `${language}: ${JSON.stringify(unit)} in lines`, content: inLines(language, unit, before) },
    { name: `${language}: a sign a line`, content: inCode(language, '"\n') },
  ],
);

function inLines(language: string, unit: string, before = ''): string {
  const line = `${unit.repeat(Math.ceil(400 / unit.length)).slice(0, 400)}\n`;
  return inCode(language, line, before);
}

/** What everything is compared with. */
export const floor: Pattern = {
  name: 'plain text',
  content: filled('The lighthouse keeper writes down when the tide turns. '),
};
