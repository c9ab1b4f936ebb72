/** Bytes that `text` takes as UTF-8. A surrogate without its partner counts as the three bytes of U+FFFD it will become. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }
  return bytes;
}

const NOT_TEXT = /[\p{Surrogate}\0]/gu;

/**
 * The text as it can be kept: what UTF-8 cannot say (a surrogate without its partner) and NUL, which ends a string in the
 * database and which Markdown replaces as well, become U+FFFD.
 */
export function wellFormed(text: string): string {
  return text.replace(NOT_TEXT, '\uFFFD');
}
