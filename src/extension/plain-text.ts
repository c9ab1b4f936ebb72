/**
 * Characters that no label may carry: controls, line and paragraph separators, and those that turn the direction of text
 * round and so make a label read as something else than it says.
 */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;
const ZERO_WIDTH_SPACE = '\u200B';

/**
 * Text of somebody else (a topic, the name of a folder) as one line for a label, tooltip, pick list or notification. These
 * turn `$(name)` into icons, and notifications turn `[text](target)` into links that can run commands: an invisible space
 * inside breaks both.
 *
 * @param limit characters (code points) to keep
 */
export function plainText(text: string, limit = 200): string {
  const line = text.replace(UNSAFE, ' ').replace(/ {2,}/g, ' ').trim();
  const characters = [...line];
  const cut = characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : line;
  return cut.replaceAll('$(', `$${ZERO_WIDTH_SPACE}(`).replaceAll('](', `]${ZERO_WIDTH_SPACE}(`);
}
