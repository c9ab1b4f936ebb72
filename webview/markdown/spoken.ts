import type { Token } from 'markdown-it';
import { parseMarkdown } from './render.ts';

/** Signs of Markdown that are read for one that is spoken, as most are links and code. */
const SOURCE_PER_SPOKEN = 3;

/**
 * The words of a message without the signs of Markdown, at most `length` characters, for a screen reader's name of it. Only
 * as much of the message is read as that needs.
 */
export function spokenText(content: string, length: number): string {
  const source = content.slice(0, length * SOURCE_PER_SPOKEN);
  const text = wordsOf(parseMarkdown(source)).replace(/\s+/gu, ' ').trim();
  const cut = text.length > length || source.length < content.length;
  return cut ? `${text.slice(0, length).trimEnd()}…` : text;
}

function wordsOf(tokens: readonly Token[]): string {
  return tokens
    .map((token) => (token.children === null ? ownWords(token) : wordsOf(token.children)))
    .join('');
}

function ownWords(token: Token): string {
  // What begins or ends a block, or breaks a line, keeps words apart; marks inside a line stand between letters.
  return token.content === '' ? (token.block || token.type.endsWith('break') ? ' ' : '') : token.content;
}
