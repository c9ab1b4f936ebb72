import { statSync } from 'node:fs';
import type { Clock } from '../core/ports.ts';
import type { Logger } from '../common/logger.ts';
import { ChatError, toChatError } from '../model/errors.ts';
import { PROTOCOL } from '../protocol/handshake.ts';
import {
  type Claim,
  claimedEpochs,
  highestEpoch,
  makeClaim,
  newClaim,
  readClaim,
} from '../rendezvous/claim.ts';
import { hostIdentity } from '../rendezvous/host.ts';
import { removeSocket } from '../rendezvous/socket-path.ts';
import type { Ballast } from '../store/ballast.ts';
import type { SqliteEngine } from '../store/engine.ts';
import { toStorageError } from '../store/errors.ts';
import type { FileAccess } from '../store/files.ts';
import {
  epochBefore,
  epochPath,
  publishedEpochs,
  removeFailedEpoch,
  removeOldGenerations,
} from '../store/generations.ts';
import { formatOfLog } from '../store/log.ts';
import { openEpoch, openForReading } from '../store/open-epoch.ts';
import { refuseNewer } from '../store/schema.ts';
import type { Store, StoreCheckpoint } from '../store/store.ts';
import { type FenceReading, readFence } from './fence.ts';

/** Epochs that were claimed in a row without one that got as far as a log: something in the store stops them. */
const UNPUBLISHED_BEFORE_SAFE_MODE = 3;

/** A claim, the end of a log, and what the file system needs for them. */
const SMALL_FILES_BYTES = 64 * 1024;

export interface LeadershipOptions {
  readonly directory: string;
  /** Where this hub listens, in all its epochs. */
  readonly socket: string;
  readonly engine: Promise<SqliteEngine>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ballast: Ballast;
  /** Begins also after an epoch of another machine. */
  readonly adopt?: boolean;
  /** For tests: called between the steps of a takeover and of every commit. */
  readonly checkpoint?: (name: HubCheckpoint) => void;
  /** For tests: the disk beneath the store. */
  readonly files?: FileAccess;
}

/** In the order in which a hub passes them, those of the store between `claimed` and `cleaning up`. */
export type HubCheckpoint =
  | 'listening'
  | 'listened'
  | 'claiming'
  | 'claimed'
  | StoreCheckpoint
  | 'acknowledged'
  | 'cleaning up'
  | 'cleaned up';

export type TakeOver =
  | { readonly kind: 'leading'; readonly store: Store }
  /** Another process was faster. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'failed'; readonly error: ChatError };

/**
 * Nothing may be written, and what was stored is served; `error` says why. `holding`: the disk is full, and the epoch has begun
 * with the room of the ballast. `reading`: it has not begun.
 */
export type FirstTakeOver =
  TakeOver | { readonly kind: 'holding' | 'reading'; readonly store: Store; readonly error: ChatError };

/**
 * Claims epochs for one hub: the first after a hub that is dead, and later ones after its own, when a write failed or the log
 * grew long. All of them the same way, because a hub that trusts what it has in memory where others would read the disk is a
 * second way for data to flow.
 */
export class Leadership {
  readonly #options: LeadershipOptions;
  #epoch = 0;
  #claim: Claim | null = null;
  /** Without a claim: the epoch that was read, and how many bytes its log had before. */
  #source: { readonly epoch: number; readonly bytes: number } | null = null;

  constructor(options: LeadershipOptions) {
    this.#options = options;
  }

  /** The last epoch this hub claimed; before the first, the one after which it would. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Whether nobody can learn of this hub from its claim: it could not write one. */
  get isUnclaimed(): boolean {
    return this.#claim === null;
  }

  /**
   * Reads what there is and lets go of it. Whoever does it a second time in the same thread is two to three times as fast: by then
   * the code is compiled and the files are in memory. Never rejects: the real attempt tells what is wrong.
   */
  async rehearse(): Promise<void> {
    const { directory, engine, clock, log } = this.#options;
    try {
      const published = publishedEpochs(directory).at(-1);
      if (published === undefined) return;
      const options = { engine: await engine, directory, clock };
      (await openForReading(options, published, new ChatError('STORAGE_READONLY'))).close();
    } catch (error) {
      log.log('debug', 'the rehearsal failed', { code: toChatError(error).code });
    }
  }

  /**
   * Begins the epoch after `deadEpoch`, the newest one when it was found dead; on a full disk with the room of the ballast. Where
   * nothing can be written, the last one that was published is read in its place. Never rejects.
   */
  async takeOver(deadEpoch: number): Promise<FirstTakeOver> {
    try {
      if (highestEpoch(this.#options.directory) !== deadEpoch) return { kind: 'lost' };
      this.#refuse(deadEpoch);
    } catch (error) {
      return { kind: 'failed', error: toChatError(error) };
    }
    this.#epoch = deadEpoch;
    const taken = await this.takeOverFromSelf(false);
    if (taken.kind !== 'failed') return taken;
    return (await this.#hold(taken.error)) ?? this.#read(taken.error);
  }

  /** Begins the epoch after the own one. `compact`: with a fresh export in place of the old base. Never rejects. */
  async takeOverFromSelf(compact: boolean): Promise<TakeOver> {
    try {
      return await this.#begin(this.#epoch, compact);
    } catch (error) {
      return { kind: 'failed', error: toChatError(error) };
    }
  }

  /**
   * Whether this hub may acknowledge what is synced, see {@link readFence}. Without a claim it writes nothing, and what it reads
   * is what is stored as long as nobody claimed or published another epoch and the log it read is as long as it was: nothing
   * fences the hub that was taken for dead, and it may only have been frozen, even before its first word.
   */
  fence(): FenceReading {
    if (this.#claim === null) return this.#readUnclaimed();
    return readFence(this.#options.directory, this.#epoch, this.#claim.nonce);
  }

  #readUnclaimed(): FenceReading {
    try {
      if (highestEpoch(this.#options.directory) !== this.#epoch) return 'superseded';
      return this.#source === null || this.#isUnchanged(this.#source) ? 'ours' : 'superseded';
    } catch {
      // The directory can not be listed or the log is gone, for whatever reason: no clear answer.
      return 'unclear';
    }
  }

  #isUnchanged({ epoch, bytes }: { readonly epoch: number; readonly bytes: number }): boolean {
    const { directory } = this.#options;
    return publishedEpochs(directory).at(-1) === epoch && logBytes(directory, epoch) === bytes;
  }

  /** Removes what no younger process needs. Only while {@link fence} says `ours`. */
  cleanUp(): void {
    const { checkpoint } = this.#options;
    checkpoint?.('cleaning up');
    this.#cleanUp(removeOldGenerations);
    checkpoint?.('cleaned up');
  }

  #cleanUp(removeNeedless: typeof removeOldGenerations): void {
    const { directory, socket, log, files } = this.#options;
    try {
      for (const epoch of claimedEpochs(directory)) {
        if (epoch >= this.#epoch) break;
        const reading = readClaim(directory, epoch);
        // An older epoch of this very hub has the same socket.
        if (reading.kind === 'claim' && reading.claim.socket !== socket) removeSocket(reading.claim.socket);
      }
      const removed = removeNeedless(directory, this.#epoch, files);
      if (removed.length > 0) log.log('debug', 'removed old files', { count: removed.length });
    } catch (error) {
      // What could not be removed stays for a later epoch; it is in nobody's way.
      log.log('warn', 'clean-up failed', { code: toStorageError(error).code });
    }
  }

  /**
   * @throws ChatError FORMAT_NEWER when a newer version wrote here, which this one must not write over; OTHER_HOST when
   *   another machine did: whether that one lives can not be found out from here.
   */
  #refuse(deadEpoch: number): void {
    const { directory, files, adopt = false } = this.#options;
    const published = publishedEpochs(directory, files).at(-1);
    for (const epoch of new Set([deadEpoch, published ?? 0])) {
      if (epoch === 0) continue;
      const reading = readClaim(directory, epoch);
      if (reading.kind === 'newer') refuseNewer(reading.format);
      if (!adopt && reading.kind === 'claim' && reading.claim.hostId !== hostIdentity().hostId)
        throw new ChatError('OTHER_HOST', { directory });
    }
    // A copy may have come without its claims. Once this one had claimed, the next attempt would claim again, and so on.
    if (published !== undefined) refuseNewer(formatOfLog(epochPath(directory, published, 'log'), files));
  }

  async #begin(after: number, compact: boolean): Promise<TakeOver> {
    const { directory, socket, log, checkpoint } = this.#options;
    const epoch = after + 1;
    const claim = newClaim(socket, PROTOCOL.max);
    try {
      if (highestEpoch(directory) !== after) return { kind: 'lost' };
      checkpoint?.('claiming');
      if (!makeClaim(directory, epoch, claim)) return { kind: 'lost' };
    } catch (error) {
      return { kind: 'failed', error: toStorageError(error) };
    }
    this.#epoch = epoch;
    this.#claim = claim;
    checkpoint?.('claimed');
    // Somebody may have listed the directory before this claim was there and found a higher number since.
    if (highestEpoch(directory) !== epoch) return { kind: 'lost' };
    const started = performance.now();
    const store = await this.#open(epoch, claim.nonce, compact);
    if (store === null || this.fence() !== 'ours') {
      store?.close();
      return { kind: 'lost' };
    }
    log.log('info', 'leading', {
      epoch,
      seq: store.seq,
      compact,
      ms: Math.round(performance.now() - started),
    });
    const { tornTail, skipped, salvage } = store.facts;
    if (salvage !== null) {
      const { outcome, files: found, lost } = salvage;
      const names = found.map(({ name }) => name).join(' ');
      log.log('warn', 'the store was damaged', { outcome, files: names, gaps: lost.length });
    }
    if (tornTail !== null) log.log('info', 'the last log had a torn tail', { ...tornTail });
    if (skipped.length > 0) log.log('warn', 'events are kept aside', { count: skipped.length });
    return { kind: 'leading', store };
  }

  /** Null where the room of the ballast does not help. */
  async #hold(error: ChatError): Promise<FirstTakeOver | null> {
    // Whoever was faster has it, or needs it.
    if (error.code !== 'STORAGE_FULL' || this.fence() !== 'ours') return null;
    const { ballast, log } = this.#options;
    const fits = this.#neededBytes() <= ballast.room;
    // A log that does not fit at all is read where it is, by a hub that has its claim at least.
    if (!fits && !this.isUnclaimed) return null;
    if (!ballast.giveUp(fits ? 'whole' : 'one piece')) return null;
    log.log('warn', 'the disk is full; the ballast is given up', { after: this.#epoch });
    const taken = await this.takeOverFromSelf(false);
    if (taken.kind === 'failed') return null;
    return taken.kind === 'leading' ? { kind: 'holding', store: taken.store, error } : taken;
  }

  /** What the next epoch will write: a log as long as the last one, and little else. */
  #neededBytes(): number {
    const { directory, files } = this.#options;
    const published = publishedEpochs(directory, files).at(-1);
    const path = published === undefined ? null : epochPath(directory, published, 'log');
    const log = path === null ? undefined : statSync(path, { throwIfNoEntry: false });
    return (log?.size ?? 0) + SMALL_FILES_BYTES;
  }

  async #read(error: ChatError): Promise<FirstTakeOver> {
    const { directory, engine, clock, files, log } = this.#options;
    const failed = { kind: 'failed', error } as const;
    if (!error.code.startsWith('STORAGE_')) return failed;
    try {
      const published = publishedEpochs(directory, files).at(-1);
      if (published === undefined) return failed;
      const options = {
        engine: await engine,
        directory,
        clock,
        nonceOf: (earlier: number) => this.#nonceOf(earlier),
        ...(files === undefined ? {} : { files }),
      };
      this.#source = { epoch: published, bytes: logBytes(directory, published) };
      const store = await openForReading(options, published, error);
      if (this.fence() === 'ours') return { kind: 'reading', store, error };
      store.close();
      return { kind: 'lost' };
    } catch (readError) {
      log.log('warn', 'nor can it be read', { code: toChatError(readError).code });
      return failed;
    }
  }

  #nonceOf(epoch: number): string | null {
    const reading = readClaim(this.#options.directory, epoch);
    return reading.kind === 'claim' ? reading.claim.nonce : null;
  }

  /** Null when a younger epoch took away what this one wanted to read. */
  async #open(epoch: number, nonce: string, compact: boolean): Promise<Store | null> {
    const { directory, engine, clock, checkpoint, files, log } = this.#options;
    const previous = epochBefore(directory, epoch, files);
    const safeMode = epoch - (previous ?? 0) > UNPUBLISHED_BEFORE_SAFE_MODE;
    if (safeMode && previous !== null) log.log('warn', 'starting in safe mode', { epoch, previous });
    try {
      return await openEpoch({
        engine: await engine,
        directory,
        epoch,
        nonce,
        previous,
        export: compact,
        safeMode,
        clock,
        nonceOf: (earlier) => this.#nonceOf(earlier),
        isOurs: () => this.fence() === 'ours',
        ...(checkpoint === undefined ? {} : { checkpoint }),
        ...(files === undefined ? {} : { files }),
      });
    } catch (error) {
      if (this.fence() !== 'ours') return null;
      // Each further attempt is an epoch of its own: on a full disk nothing may pile up.
      this.#cleanUp(removeFailedEpoch);
      throw error;
    }
  }
}

function logBytes(directory: string, epoch: number): number {
  return statSync(epochPath(directory, epoch, 'log')).size;
}
