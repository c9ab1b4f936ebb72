import type { Random } from '../../../integration/support/random.ts';

/** `twice`: the next hub is killed, too, as soon as it has claimed, while it still takes over. */
export type Fault =
  { readonly kind: 'kill'; readonly twice: boolean } | { readonly kind: 'stop'; readonly ms: number };

/** After which others give up a hub that is silent. Milliseconds. */
export const SUSPICION = 5_000;

/** How many faults of each kind. */
export interface StormSize {
  readonly hub: {
    readonly kills: number;
    /** As many more, each of which kills the hub and its successor. */
    readonly doubleKills: number;
    readonly shortStops: number;
    readonly longStops: number;
  };
  readonly elsewhere: {
    readonly kills: number;
    readonly stops: number;
    /** So many at once, at most. */
    readonly atOnce: number;
    /** From the end of one to the next, milliseconds: in step with the faults at the hub. */
    readonly pause: readonly [low: number, high: number];
  };
  /** Milliseconds between two messages of one writer. */
  readonly everyMs: number;
}

/** Half of each are kills, and three of five are at the hub. A long stop at the hub takes a writer with it. */
export const STORMS = {
  short: {
    hub: { kills: 8, doubleKills: 1, shortStops: 2, longStops: 2 },
    elsewhere: { kills: 2, stops: 5, atOnce: 1, pause: [300, 2_000] },
    everyMs: 12,
  },
  long: {
    hub: { kills: 180, doubleKills: 14, shortStops: 84, longStops: 14 },
    elsewhere: { kills: 42, stops: 146, atOnce: 2, pause: [1_500, 5_000] },
    everyMs: 12,
  },
  /** Nothing but hubs that are taken over from in their sleep, and wake up. */
  sleepers: {
    hub: { kills: 0, doubleKills: 0, shortStops: 0, longStops: 6 },
    elsewhere: { kills: 0, stops: 0, atOnce: 1, pause: [300, 2_000] },
    everyMs: 6,
  },
} as const satisfies Record<string, StormSize>;

const stop = (random: Random, low: number, high: number): Fault => ({
  kind: 'stop',
  ms: Math.round(random.between(low, high)),
});

const several = <T>(length: number, make: () => T): T[] => Array.from({ length }, make);

export function faultsAtHub({ hub }: StormSize, random: Random): Fault[] {
  return random.shuffle([
    ...several(hub.kills, (): Fault => ({ kind: 'kill', twice: false })),
    ...several(hub.doubleKills, (): Fault => ({ kind: 'kill', twice: true })),
    ...several(hub.shortStops, () => stop(random, 500, 3_000)),
    // Longer than others take to suspect a hub, with a probe: they take over from it, and then it wakes up.
    ...several(hub.longStops, () => stop(random, 7_000, 8_000)),
  ]);
}

export function faultsElsewhere({ elsewhere }: StormSize, random: Random): Fault[] {
  return random.shuffle([
    ...several(elsewhere.kills, (): Fault => ({ kind: 'kill', twice: false })),
    ...several(elsewhere.stops, () => stop(random, 500, 3_000)),
  ]);
}
