/**
 * What may not reach a terminal out of a message: C0 and C1 controls (escape sequences can move the cursor, set the title,
 * type into the shell), DEL, line and paragraph separators, and the characters that turn the direction of text round and so
 * make a line read as something else than it says.
 */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
const UNSAFE_EXCEPT_LAYOUT = /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Unicode has a picture for each C0 control: ESC becomes ␛. The others are written out: ⟨U+202E⟩. */
function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/** For text of several lines: only line feeds and tabs are left as they are. CR LF becomes a line feed. */
export function sanitiseText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(UNSAFE_EXCEPT_LAYOUT, picture);
}

/** For names and sentences: one line, whatever was in it. */
export function sanitiseLine(text: string): string {
  return text.replace(UNSAFE, picture);
}

const escaped = (character: string): string =>
  `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

/**
 * One JSON object as one line. JSON escapes C0 only; the other characters above are escaped too, which changes nothing for
 * whoever parses the line and lets it be looked at on a terminal.
 */
export function jsonLine(value: object): string {
  return `${JSON.stringify(value).replace(UNSAFE, escaped)}\n`;
}
