/** One of the two looks of the fence: that nobody claimed the next epoch, and that the own claim is still the own one. */
export type Look = 'next' | 'own';

/** What a hub does with a command or a read before it answers, in this order. */
export type Work = 'write' | 'sync' | Look;

/** What the hubs go by. Those of the product are {@link theRules}; each planted variant changes one thing. */
export interface Rules {
  /** `readFence` of src/hub/fence.ts. */
  readonly fence: readonly Look[];
  /** Whether the own claim is known by its nonce, or by its mere presence. */
  readonly ownBy: 'nonce' | 'name';
  /** `EpochStore.commit` of src/store/epoch-store.ts, for a group with an event. */
  readonly group: readonly Work[];
  /** The same for a group that holds only what is known already. */
  readonly duplicate: readonly Work[];
  /** Whether a message that is written and not fenced yet counts as known, and is acknowledged to who asks again at once. */
  readonly duplicatesAtOnce: boolean;
  /** `ClientPort` of src/hub/client-port.ts, before it answers a request that reads. */
  readonly read: readonly Work[];
  /** `Leadership.#readUnclaimed`: what a hub looks at that could write no claim, before it answers. */
  readonly unclaimed: readonly ('newest' | 'unchanged')[];
  /** The second look in `Leadership.#begin` of src/hub/leadership.ts: at the directory, once the claim is made. */
  readonly secondListing: boolean;
  /** `openEpoch` of src/store/open-epoch.ts: the directory is synced when the base has its name, and when the log has. */
  readonly directorySyncs: readonly ('base' | 'log')[];
  /** `writeSynced` of src/store/base.ts. */
  readonly syncsBase: boolean;
  /** Whether recovery reads the newest published epoch, or replays the logs of all that are there. */
  readonly recovers: 'the newest' | 'all logs';
  /** `removeOldGenerations` of src/store/generations.ts. */
  readonly keepsGenerations: 1 | 2;
  readonly removesClaims: 'ascending' | 'descending';
}

export const theRules: Rules = {
  fence: ['next', 'own'],
  ownBy: 'nonce',
  group: ['write', 'sync', 'next', 'own'],
  duplicate: ['next', 'own'],
  duplicatesAtOnce: false,
  read: ['next', 'own'],
  unclaimed: ['newest', 'unchanged'],
  secondListing: true,
  directorySyncs: ['base', 'log'],
  syncsBase: true,
  recovers: 'the newest',
  keepsGenerations: 2,
  removesClaims: 'ascending',
};

/** With another fence, wherever the fence is asked. */
export function withFence(fence: readonly Look[]): Partial<Rules> {
  return { fence, group: ['write', 'sync', ...fence], duplicate: fence, read: fence };
}

/** How large the world is. Within it everything is visited; nothing is said about a larger one. */
export interface Bounds {
  /** Each is a hub that begins, leads, is suspected, waits for ever or is killed, at any step, any number of times. */
  readonly processes: number;
  /** Epochs that are claimed in all. */
  readonly epochs: number;
  /** Messages; each may be sent any number of times, to any hub, by anybody, before and after it was acknowledged. */
  readonly messages: number;
  /** Whether writes and syncs may fail, each any number of times. */
  readonly faults: boolean;
  /** Whether the power may be cut, any number of times. */
  readonly powerCuts: boolean;
  /** Whether clients read, and must find all that was acknowledged before they asked. */
  readonly reads: boolean;
  /** Whether there are hubs that read and could write no claim. */
  readonly unclaimed: boolean;
  /** Whether a hub may compact its log, which is a takeover from itself, at any time. */
  readonly compaction: boolean;
  /**
   * Whether a process may read a log without what another has written to it and not synced. The file systems of one machine show
   * each write to all at once; those of a network do not, and a failed sync may take back what was to be seen.
   */
  readonly lateReads: boolean;
  /**
   * One epoch of the model stands for so many of the product, which keeps 64 claims: at 65 a hub removes every claim before its own, at
   * 64 it leaves one, at 32 two. So a world of three epochs has the process that slept through all the claims that are kept.
   */
  readonly stretch: number;
}
