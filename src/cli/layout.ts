const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}])$/u;

/** Columns a character takes on a terminal: 0 for marks, 2 for East Asian wide ones and emoji, 1 for the rest. */
function characterWidth(character: string): number {
  if (character < '\u0300') return 1;
  if (ZERO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Columns a text takes; an estimate, as terminals differ about composed emoji. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** Cuts a text to `width` columns; a cut one ends in "…". */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Breaks one line into lines of at most `width` columns, at spaces where there are some. At least one line. */
export function wrap(line: string, width: number): string[] {
  const lines: string[] = [];
  let start = 0;
  let at = 0;
  let breakAt = 0;
  let used = 0;
  for (const character of line) {
    const own = characterWidth(character);
    while (used + own > width && at > start) {
      // A space that only ends the indentation is no place to break: the line would stay as long as it was.
      const end = line.slice(start, breakAt).trim() === '' ? at : breakAt;
      lines.push(line.slice(start, end).trimEnd());
      used = displayWidth(line.slice(end, at));
      start = end;
      breakAt = end;
    }
    used += own;
    at += character.length;
    if (character === ' ') breakAt = at;
  }
  return [...lines, line.slice(start)];
}

/** Rows under a heading, each column as wide as its widest cell; the last one as it is. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => displayWidth(row[column] ?? ''))));
  return all.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : padEnd(cell, widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
