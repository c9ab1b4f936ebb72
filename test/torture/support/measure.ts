import { percentile } from './percentile.ts';

/** A line of figures: how many, the median, the 95th percentile and the largest, in milliseconds. */
export function spread(what: string, values: readonly number[]): string {
  if (values.length === 0) return `${what}: none`;
  const ms = (share: number): string => percentile(values, share).toFixed(0);
  return `${what}: p50 ${ms(0.5)} ms, p95 ${ms(0.95)} ms, at most ${ms(1)} ms (${values.length})`;
}
