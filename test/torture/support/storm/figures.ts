import { percentile } from '../percentile.ts';
import type { StormResult } from './storm.ts';

/** Milliseconds, for 95 of 100. */
const AFTER_KILL = 1_000;
const AFTER_STOP = 8_000;
const FAULTS = 500;
const ACKS = 50_000;

/** The figures of a storm, for people. */
export function describeStorm({ observation, faults, epochs, seconds, times }: StormResult): string[] {
  const { kills, shortStops, longStops, atHub } = faults;
  const count = kills + shortStops + longStops;
  const share = Math.round((100 * atHub) / count);
  const line = (what: string, values: readonly number[]): string =>
    `${what}: p50 ${percentile(values, 0.5).toFixed(0)} ms, p95 ${percentile(values, 0.95).toFixed(0)} ms (${values.length})`;
  return [
    `${count} faults: ${kills} kills, ${shortStops} stops of 0.5–3 s, ${longStops} of 7–8 s; ${atHub} (${share} %) at the hub; ${epochs} epochs in ${seconds.toFixed(0)} s`,
    `${observation.sent.length} messages sent, ${observation.acked.length} acknowledgements, ${observation.history.length} in the history`,
    line('served again after a kill of the hub', times.afterKill),
    line('served again after a stop of 0.5–3 s', times.afterShortStop),
    line('served again after a stop of 7–8 s', times.afterLongStop),
  ];
}

/** What a storm in full has to reach besides a history without violations. */
export function shortcomings({ observation, faults, times }: StormResult): string[] {
  const count = faults.kills + faults.shortStops + faults.longStops;
  const stops = percentile([...times.afterShortStop, ...times.afterLongStop], 0.95);
  const kills = percentile(times.afterKill, 0.95);
  return [
    ...(count < FAULTS ? [`only ${count} faults`] : []),
    ...(faults.atHub < 0.6 * count ? [`only ${faults.atHub} of ${count} faults at the hub`] : []),
    ...(observation.acked.length < ACKS ? [`only ${observation.acked.length} acknowledgements`] : []),
    ...(kills <= AFTER_KILL ? [] : [`served again after a kill: p95 ${kills.toFixed(0)} ms`]),
    ...(stops <= AFTER_STOP ? [] : [`served again after a stop: p95 ${stops.toFixed(0)} ms`]),
  ];
}
