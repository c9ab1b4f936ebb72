import createParser, { type MarkdownIt, type Token } from 'markdown-it';
import { directionOf, markDirections } from './direction.ts';
import { safeLink } from './links.ts';

/** Characters of markup a message may become. A few bytes of Markdown can ask for megabytes: references, table cells, nesting. */
export const OUTPUT_LIMIT = 512 * 1024;
/** Elements a message may become, line breaks included: each costs time when it is made, cleaned and laid out. */
const ELEMENT_LIMIT = 2_000;
/** Elements that a card of code counts for: it has a head, buttons and icons. */
const CARD_ELEMENTS = 20;
/** Unbroken text longer than this is not searched for links: the search is not linear in it. Characters. */
const LINK_TOKEN_LIMIT = 4096;
/** Quotes in lists in quotes… beyond this depth are text. */
const NESTING_LIMIT = 16;

const LONG_TOKEN = new RegExp(`[^\\s]{${LINK_TOKEN_LIMIT}}`, 'u');

/** The element that shows a block of code; it takes its text and language from the markup. */
export const CODE_ELEMENT = 'lc-code-block';

function makeParser(): MarkdownIt {
  const parser = createParser({ html: false, linkify: true, breaks: true, maxNesting: NESTING_LIMIT });
  const escape = parser.utils.escapeHtml;

  // Only what starts with a scheme is a link: `main.rs`, `lexer.py` and `run.sh` would be, as names of hosts.
  parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
  const test = parser.linkify.test.bind(parser.linkify);
  parser.linkify.test = (text) => !LONG_TOKEN.test(text) && test(text);
  parser.validateLink = (href) => safeLink(href) !== null;
  // An address is shown as it was written. Decoded, it could show letters that look like others, or turn its own direction round.
  parser.normalizeLinkText = (address) => address;

  // A picture from elsewhere is never fetched; its address is offered as a link.
  parser.renderer.rules.image = (tokens, index) => {
    const token = tokens[index];
    const href = attribute(token, 'src');
    const text = token?.content === '' ? href : (token?.content ?? href);
    return `<a href="${escape(href)}" tabindex="-1">${escape(text)}</a>`;
  };
  parser.renderer.rules.link_open = (tokens, index) => {
    const href = attribute(tokens[index], 'href');
    // The list moves the focus between messages; a message that has it lets its links be reached.
    return `<a href="${escape(href)}" title="${escape(href)}" tabindex="-1">`;
  };

  const block = (code: string, language: string): string =>
    `<${CODE_ELEMENT} data-language="${escape(language)}">${escape(code.replace(/\n$/, ''))}</${CODE_ELEMENT}>`;
  parser.renderer.rules.fence = (tokens, index) => {
    const token = tokens[index];
    return block(token?.content ?? '', token?.info.trim().split(/\s+/, 1)[0] ?? '');
  };
  parser.renderer.rules.code_block = (tokens, index) => block(tokens[index]?.content ?? '', '');
  parser.renderer.rules.table_open = () => '<div class="table"><table>';
  parser.renderer.rules.table_close = () => '</table></div>';
  // Before anything is looked for in the lines.
  parser.core.ruler.after('block', 'few_blocks', (state) => {
    if (elementsOf(state.tokens) > ELEMENT_LIMIT) state.tokens = [new state.Token('too_much', '', 0)];
  });
  // Columns are aligned by attributes: a style attribute would break the page's policy.
  parser.core.ruler.push('plain_attributes', (state) => {
    for (const token of state.tokens) plainAttributes(token);
    markDirections(state.tokens);
  });
  parser.core.ruler.push('task_items', (state) => {
    for (const [index, token] of state.tokens.entries()) {
      if (token.type === 'list_item_open') markTask(state.tokens, index);
    }
  });
  return parser;
}

function attribute(token: Token | undefined, name: string): string {
  return String(token?.attrGet(name) ?? '');
}

/** Alignment of table cells moves from style to a class. */
function plainAttributes(token: Token): void {
  const style = attribute(token, 'style');
  if (style !== '') {
    token.attrs = token.attrs?.filter(([name]) => name !== 'style') ?? null;
    const align = /^text-align:(center|right)$/.exec(style)?.[1];
    if (align !== undefined) token.attrSet('class', `align-${align}`);
  }
}

/** `- [x] done` is shown with a sign in place of the brackets; it cannot be clicked. */
function markTask(tokens: readonly Token[], index: number): void {
  const inline = tokens[index + 2];
  const first = inline?.type === 'inline' ? inline.children?.[0] : undefined;
  const match = first?.type === 'text' ? /^\[([ xX])\] /.exec(first.content) : null;
  if (match === null || first === undefined) return;
  first.content = `${match[1] === ' ' ? '☐' : '☑'} ${first.content.slice(match[0].length)}`;
  tokens[index]?.attrSet('class', 'task');
}

const parser = makeParser();

/** The parts of a message, for who wants its words only. */
export function parseMarkdown(content: string): readonly Token[] {
  return parser.parse(content, {});
}

/** Elements that the tokens will be, those inside of lines included. */
function elementsOf(tokens: readonly Token[]): number {
  let elements = 0;
  for (const { type, nesting, tag, children } of tokens) {
    if (type === 'fence' || type === 'code_block') elements += CARD_ELEMENTS;
    else if (nesting === 1 || (nesting === 0 && tag !== '') || type === 'softbreak') elements += 1;
    if (children !== null) elements += elementsOf(children);
  }
  return elements;
}

/** A line below the heads of a table, in a quote or a list perhaps; or one that only looks a little like it. */
const TABLE_LINE = /^[\s|:>*+\d.)-]*$/;

/**
 * The most cells a table in this text may have. The parser gives each row as many as the heads are, written or not: 65,000
 * of them for a few lines.
 */
function cellsIn(content: string): number {
  let most = 0;
  let columns = 0;
  let rows = 0;
  for (const line of content.split('\n')) {
    rows += 1;
    if (line.trim() === '') columns = 0;
    else if (columns === 0 && line.includes('|') && TABLE_LINE.test(line)) {
      columns = line.split('|').length;
      rows = 0;
    }
    most = Math.max(most, columns * rows);
  }
  return most;
}

function plainText(content: string): string {
  return `<p dir="${directionOf(content) ?? 'ltr'}" class="plain">${parser.utils.escapeHtml(content)}</p>`;
}

/** Markdown as markup, not yet sanitised. Content whose markup would be too much is shown as the text it is. */
export function renderMarkdown(content: string): string {
  if (cellsIn(content) > ELEMENT_LIMIT) return plainText(content);
  const env = {};
  const tokens = parser.parse(content, env);
  if (tokens[0]?.type === 'too_much' || elementsOf(tokens) > ELEMENT_LIMIT) return plainText(content);
  const markup = parser.renderer.render(tokens, parser.options, env);
  return markup.length <= OUTPUT_LIMIT ? markup : plainText(content);
}
