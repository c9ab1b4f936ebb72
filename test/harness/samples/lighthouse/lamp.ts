/** Seconds of light and of darkness, as the chart prints them: Fl(2) 10s. */
const pattern = [0.5, 1.5, 0.5, 7.5];

export function isLit(second: number): boolean {
  let rest = second % pattern.reduce((sum, part) => sum + part, 0);
  for (const [index, part] of pattern.entries()) {
    if (rest < part) return index % 2 === 0;
    rest -= part;
  }
  return false;
}
