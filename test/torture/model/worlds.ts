import type { Bounds } from './rules.ts';

/** A world in which the rules of the product are tried, and how many states it has at least. */
export interface TriedWorld {
  readonly title: string;
  readonly bounds: Bounds;
  readonly states: number;
}

/** Whatever can happen, can happen. */
const everything = {
  messages: 2,
  faults: true,
  powerCuts: true,
  reads: true,
  unclaimed: false,
  compaction: true,
  lateReads: true,
  stretch: 65,
};

export const shortWorld: TriedWorld = {
  title: '2 processes, 3 epochs, 2 messages, all faults',
  bounds: { ...everything, processes: 2, epochs: 3 },
  states: 600_000,
};

export const longWorlds: readonly TriedWorld[] = [
  {
    title: '3 processes, 3 epochs, 2 messages, all faults',
    bounds: { ...everything, processes: 3, epochs: 3 },
    states: 6_000_000,
  },
  {
    title: '2 processes, 4 epochs, 2 messages, all faults',
    bounds: { ...everything, processes: 2, epochs: 4 },
    states: 14_000_000,
  },
  {
    title: '2 processes, 3 epochs, 2 messages, all faults, and hubs without a claim',
    bounds: { ...everything, unclaimed: true, processes: 2, epochs: 3 },
    states: 4_400_000,
  },
  {
    title: '3 processes, 4 epochs, 1 message, of the faults only kills, one more claim kept',
    bounds: {
      ...everything,
      processes: 3,
      epochs: 4,
      messages: 1,
      faults: false,
      powerCuts: false,
      reads: false,
      compaction: false,
      lateReads: false,
      stretch: 64,
    },
    states: 3_800_000,
  },
];
