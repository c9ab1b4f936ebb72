import type { Token } from 'markdown-it';

const LETTER = /\p{L}/u;
const RIGHT_TO_LEFT =
  /[\p{sc=Hebr}\p{sc=Arab}\p{sc=Syrc}\p{sc=Thaa}\p{sc=Nkoo}\p{sc=Samr}\p{sc=Mand}\p{sc=Rohg}\p{sc=Adlm}]/u;

/** The reading direction of a text by its first letter, or null for text without letters. */
export function directionOf(text: string): 'ltr' | 'rtl' | null {
  const [letter] = LETTER.exec(text) ?? [];
  return letter === undefined ? null : RIGHT_TO_LEFT.test(letter) ? 'rtl' : 'ltr';
}

/** Blocks that are read in the direction of their first letter, wherever in them it stands. */
const DIRECTED = /^(paragraph|heading|blockquote|list_item|td|th)_(open|close)$/;

/**
 * Says the direction of each block. `dir="auto"` would say the same, but Chromium looks for the first letter anew with each child
 * it puts into such an element: a paragraph of a few thousand lines then takes seconds.
 */
export function markDirections(tokens: readonly Token[]): void {
  const open: Token[] = [];
  for (const token of tokens) {
    const [, , edge] = DIRECTED.exec(token.type) ?? [];
    if (edge === 'open') {
      open.push(token);
    } else if (edge === 'close') {
      const closed = open.pop();
      if (closed?.attrGet('dir') === null) closed.attrSet('dir', 'ltr');
    } else if (token.type === 'inline') {
      const direction = directionOf(token.content);
      if (direction === null) continue;
      for (const block of open) if (block.attrGet('dir') === null) block.attrSet('dir', direction);
    }
  }
}
