import type { HubCheckpoint } from '../../../../src/hub/leadership.ts';
import type { Random } from '../../../integration/support/random.ts';

/**
 * What makes a hub pass a point. `traffic`: every commit group. `export`: a compaction, which comes by itself as the log grows.
 * `epoch`: whatever begins an epoch, be it the successor of a hub that died or a compaction. `start`: only a successor.
 */
type Provocation = 'start' | 'epoch' | 'export' | 'traffic';

/** Every point before and after a step of a hub, in their order. Of two that follow each other, one is after and the other before. */
export const POINTS = {
  listening: 'start',
  listened: 'start',
  claiming: 'epoch',
  claimed: 'epoch',
  loading: 'epoch',
  'previous loaded': 'epoch',
  exporting: 'export',
  exported: 'export',
  'base published': 'epoch',
  'log written': 'epoch',
  'log verified': 'epoch',
  'log linked': 'epoch',
  'log published': 'epoch',
  'commit staged': 'traffic',
  'commit written': 'traffic',
  'commit synced': 'traffic',
  'commit fenced': 'traffic',
  acknowledged: 'traffic',
  'cleaning up': 'epoch',
  'cleaned up': 'epoch',
} as const satisfies Record<HubCheckpoint, Provocation>;

const POINT_NAMES = Object.keys(POINTS) as HubCheckpoint[];

/**
 * `kill`: the process dies right there. `nap`: it stops for one or two seconds, and nobody minds. `sleep`: it stops until another
 * has taken over, and wakes up as the hub that was.
 */
export type Blow = 'kill' | 'nap' | 'sleep';

export interface Hit {
  readonly point: HubCheckpoint;
  readonly blow: Blow;
}

/** Each point once with a kill and once with a stop, which is a sleep for every second point. */
export function fullRound(round: number, random: Random): Hit[] {
  return random.shuffle(
    POINT_NAMES.flatMap((point, index): Hit[] => [
      { point, blow: 'kill' },
      { point, blow: (round + index) % 2 === 0 ? 'nap' : 'sleep' },
    ]),
  );
}

/** Each point once, by turns with a kill and a stop, cut into so many rounds of one sleep each. */
export function shortRounds(count: number, random: Random): Hit[][] {
  const turn = random.next() < 0.5 ? 0 : 1;
  const rounds: Hit[][] = Array.from({ length: count }, () => []);
  for (const [index, point] of random.shuffle(POINT_NAMES).entries()) {
    const round = rounds[index % count] ?? [];
    const isStop = (index + Math.floor(index / count) + turn) % 2 === 0;
    const blow = !isStop ? 'kill' : round.some((hit) => hit.blow === 'sleep') ? 'nap' : 'sleep';
    round.push({ point, blow });
  }
  return rounds;
}
