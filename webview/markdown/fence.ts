const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;

/**
 * Whether Markdown that is typed on from here would be code of a fenced block (CommonMark 4.5): one was opened and not closed by a
 * fence of the same sign that is at least as long and has nothing behind it.
 */
export function endsInCode(text: string): boolean {
  let open: string | null = null;
  for (const line of text.split('\n')) {
    const [, fence = '', rest = ''] = FENCE.exec(line) ?? [];
    if (fence === '') continue;
    if (open === null) {
      // A line like ```code``` is code within a line.
      if (!(fence.startsWith('`') && rest.includes('`'))) open = fence;
    } else if (fence[0] === open[0] && fence.length >= open.length && rest.trim() === '') {
      open = null;
    }
  }
  return open !== null;
}
