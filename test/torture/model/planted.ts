import { type Bounds, type Rules, theRules, withFence } from './rules.ts';

/** A protocol with one fault, which the explorer has to refute, and a world that is large enough for it. */
export interface Planted {
  readonly fault: string;
  readonly rules: Rules;
  readonly bounds: Bounds;
}

/** Without what the fault has nothing to do with, so that its trace is short and clear. */
const small: Bounds = {
  processes: 2,
  epochs: 2,
  messages: 1,
  faults: false,
  powerCuts: false,
  reads: false,
  unclaimed: false,
  compaction: false,
  lateReads: false,
  stretch: 65,
};

/** With the clean-up of claims: an epoch of which both claims are gone that its fence looks for. */
const cleaned: Bounds = { ...small, epochs: 3 };

function variant(fault: string, bounds: Partial<Bounds>, change: Partial<Rules>): Planted {
  return { fault, rules: { ...theRules, ...change }, bounds: { ...small, ...bounds } };
}

/**
 * Two of them need a word. A fence between the write and the sync is refuted only where others may not see yet what is not synced; where
 * all see each write at once, the write is what has to come first. And a duplicate is acknowledged here as soon as it is written:
 * to leave out the fence for a group that holds only duplicates of earlier groups loses nothing, whatever else happens (seen with 3
 * processes, 3 epochs, 2 messages and all faults), since those groups were fenced; what needs it there are the answers that say
 * how things are now, as reads do.
 */
export const planted: readonly Planted[] = [
  variant('no fence', {}, withFence([])),
  variant('the fence before the write and the sync', {}, { group: ['next', 'own', 'write', 'sync'] }),
  variant(
    'the fence after the write and before the sync',
    { lateReads: true },
    { group: ['write', 'next', 'own', 'sync'] },
  ),
  variant('a fence that looks for the next claim only', cleaned, withFence(['next'])),
  variant('a fence that looks for the own claim only', {}, withFence(['own'])),
  variant('a fence in the wrong order', cleaned, withFence(['own', 'next'])),
  variant('the own claim known by its name', { ...cleaned, processes: 3 }, { ownBy: 'name' }),
  variant('no second listing', cleaned, { secondListing: false }),
  variant('the logs of several epochs replayed', { messages: 2, epochs: 3 }, { recovers: 'all logs' }),
  variant('a duplicate acknowledged without the fence', {}, { duplicatesAtOnce: true }),
  variant('no directory sync', { processes: 1, powerCuts: true }, { directorySyncs: [] }),
  variant('no directory sync before the log', { processes: 1, powerCuts: true }, { directorySyncs: ['log'] }),
  variant('no directory sync after the log', { processes: 1, powerCuts: true }, { directorySyncs: ['base'] }),
  variant('a base published before it is synced', { processes: 1, powerCuts: true }, { syncsBase: false }),
  variant('no sync of a group', { processes: 1, powerCuts: true }, { group: ['write', 'next', 'own'] }),
  variant('reads without the fence', { reads: true }, { read: [] }),
  variant(
    'a hub without a claim that looks for newer epochs only',
    { reads: true, unclaimed: true },
    { unclaimed: ['newest'] },
  ),
  variant('one generation kept', { epochs: 3 }, { keepsGenerations: 1 }),
  variant('claims removed from the highest down', cleaned, { removesClaims: 'descending' }),
];
