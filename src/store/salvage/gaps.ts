import { REPORTED_GAPS } from '../../model/salvage.ts';

/** First and last seq, both in it. */
export type Gap = readonly [number, number];

/** Ascending and without overlaps; where there are too many for a report, those with the least between them become one. */
export function reportedGaps(gaps: readonly Gap[]): [number, number][] {
  const joined: [number, number][] = [];
  for (const [first, last] of [...gaps].sort(([a], [b]) => a - b)) {
    const before = joined.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  while (joined.length > REPORTED_GAPS) {
    const distances = joined.slice(1).map(([first], index) => first - (joined[index]?.[1] ?? 0));
    const nearest = distances.indexOf(Math.min(...distances));
    const [, last] = joined[nearest + 1] ?? [0, 0];
    joined.splice(nearest, 2, [joined[nearest]?.[0] ?? 0, last]);
  }
  return joined;
}
