import type { Logger } from '../common/logger.ts';
import type { Clock } from '../core/ports.ts';
import type { ChatError } from '../model/errors.ts';
import type { DiskRoom } from '../store/disk-room.ts';
import type { FileAccess } from '../store/files.ts';
import type { HubCheckpoint } from './leadership.ts';

export interface HubTimes {
  /** Between two looks at fence and socket while nothing is written. */
  readonly watchMs: number;
  /**
   * First and longest pause before writing is tried again; each one is twice the one before. A disk that was full and has room,
   * or was read-only and is writable again, is not waited for.
   */
  readonly retryMs: number;
  readonly longestRetryMs: number;
  /** After a compaction that failed. */
  readonly compactionPauseMs: number;
}

export const HUB_TIMES: HubTimes = {
  watchMs: 1_000,
  retryMs: 1_000,
  longestRetryMs: 60_000,
  compactionPauseMs: 60_000,
};

export interface HubOptions {
  /** Checked by whoever starts the hub. */
  readonly directory: string;
  /** The newest epoch, found dead; 0 for an empty directory. */
  readonly deadEpoch: number;
  /** The hub of `deadEpoch` lives and named this one its successor: what takes time is done before the claim, if it can be. */
  readonly handedOver?: boolean;
  /** `sql-wasm.wasm`: its path, or its bytes. */
  readonly wasm: Uint8Array | string;
  readonly version: string;
  readonly log: Logger;
  /** Begins also after an epoch of another machine; only a person can know that nobody lives there. */
  readonly adopt?: boolean;
  readonly clock?: Clock;
  readonly times?: HubTimes;
  /** For tests, see {@link HubCheckpoint}. */
  readonly checkpoint?: (name: HubCheckpoint) => void;
  /** For tests: the disk beneath the store, and what room it says to have. */
  readonly files?: FileAccess;
  readonly room?: () => DiskRoom | null;
}

/** Why a hub is over. `lost`: another was first. `fenced`: another took over. `stopped`: as asked. */
export type HubEnd =
  | { readonly reason: 'lost' | 'fenced' | 'stopped' }
  | { readonly reason: 'failed'; readonly error: ChatError };

/** Where to find a hub. `socket`: null when its claim says so, as it should; else nobody outside of its process can know. */
export interface HubReady {
  readonly epoch: number;
  readonly socket: string | null;
}
