import type { Disposable } from '../common/disposable.ts';
import type { Logger } from '../common/logger.ts';
import { firstEvents } from '../core/bootstrap.ts';
import type { DecisionTools } from '../core/decision.ts';
import { ChatError, toChatError } from '../model/errors.ts';
import { type Committed, exportIsDue, type Store } from '../store/store.ts';
import type { CommitLoop } from './commit-loop.ts';
import type { DiskWatch } from './disk-watch.ts';
import type { FaultList } from './faults.ts';
import type { HubTimes } from './hub-options.ts';
import type { Leadership } from './leadership.ts';

/** Bytes of events between two looks at the length of the log. */
const LOOK_BYTES = 128 * 1024;

export interface KeeperHost {
  readonly log: Logger;
  readonly tools: DecisionTools;
  readonly loop: CommitLoop;
  readonly faults: FaultList;
  readonly times: HubTimes;
  onWritable(writable: boolean): void;
  /** The store is not just where its sessions left it: they have to come back and resume. */
  onReplaced(): void;
  onFenced(): void;
}

/**
 * Holds the store of the epoch that leads, and begins the next epoch when this one can not go on: its log has grown long, or a
 * write has failed. Where that fails too, the last good state is served and nothing is written until it works again.
 *
 * All of this happens between two commit groups; whoever calls in here is the commit loop, or runs within it.
 */
export class StoreKeeper implements Disposable {
  readonly #leadership: Leadership;
  readonly #host: KeeperHost;
  readonly #disk: DiskWatch;
  #store: Store;
  #refusal: ChatError | null = null;
  #bytesSinceLook = 0;
  #noCompactionBefore = 0;
  #disposed = false;

  constructor(leadership: Leadership, store: Store, disk: DiskWatch, host: KeeperHost) {
    this.#leadership = leadership;
    this.#store = store;
    this.#disk = disk;
    this.#host = host;
  }

  get store(): Store {
    return this.#store;
  }

  /** Why nothing can be written now; null when it can. */
  get refusal(): ChatError | null {
    return this.#refusal;
  }

  /** An empty store gets what every store begins with. */
  async welcome(): Promise<void> {
    if (this.#store.facts.rooms > 0) return;
    const { loop, log, tools } = this.#host;
    try {
      await loop.store(firstEvents(tools));
    } catch (error) {
      // What follows from it is decided already: the hub is read-only or over, and tries again when it can write.
      log.log('warn', 'the first room could not be made', { code: toChatError(error).code });
    }
  }

  /** From now on nothing is written, until an attempt some time later works. */
  refuse(error: ChatError): void {
    if (this.#disposed) return;
    this.#note(error);
    this.#refusal = asStorageError(error);
    this.#disk.failed(this.#refusal);
    this.#host.onWritable(false);
  }

  /** Once a second, whether or not anything is written. */
  async look(): Promise<void> {
    this.compactIfDue();
    if (await this.#disk.look(this.#refusal)) this.#exclusive(() => this.#tryToWrite());
  }

  /** Never touches the failed file again, never repeats the sync: what is on disk is read anew, in an epoch of its own. */
  async onStorageFault(error: ChatError): Promise<void> {
    this.#note(error);
    const failure = await this.#renew(false);
    if (failure !== null) this.refuse(failure);
  }

  onCommitted({ events }: Committed): void {
    for (const { json } of events) this.#bytesSinceLook += json.length;
    if (this.#bytesSinceLook >= LOOK_BYTES) this.compactIfDue();
  }

  compactIfDue(): void {
    this.#bytesSinceLook = 0;
    if (performance.now() < this.#noCompactionBefore || !exportIsDue(this.#store.facts)) return;
    // Until it is done, or has failed, nobody asks for another.
    this.#noCompactionBefore = Infinity;
    this.#exclusive(() => this.#compact());
  }

  #exclusive(work: () => Promise<void>): void {
    this.#host.loop.exclusive(work).catch((error: unknown) => {
      // The hub is over; else it is a fault of ours.
      const { code } = toChatError(error);
      if (code !== 'CONNECTION_CLOSED') this.#host.log.log('error', 'work on the store failed', { code });
    });
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#store.close();
  }

  /** Begins the next epoch, from what is on disk. Null when it leads, or all is over. */
  async #renew(compact: boolean): Promise<ChatError | null> {
    if (this.#disposed) return null;
    const former = this.#store;
    const taken = await this.#leadership.takeOverFromSelf(compact);
    if (this.#disposed) {
      if (taken.kind === 'leading') taken.store.close();
      return null;
    }
    if (taken.kind === 'lost') {
      this.#host.onFenced();
      return null;
    }
    if (taken.kind === 'failed') return taken.error;
    const { store } = taken;
    this.#store = store;
    // A group that could not be synced may be there all the same, and no session has seen it.
    if (store.seq !== former.seq || store.chain !== former.chain) this.#host.onReplaced();
    former.close();
    this.#leadership.cleanUp();
    return null;
  }

  async #compact(): Promise<void> {
    if (this.#refusal !== null) {
      this.#noCompactionBefore = 0;
      return;
    }
    const failure = await this.#renew(true);
    this.#noCompactionBefore = failure === null ? 0 : performance.now() + this.#host.times.compactionPauseMs;
    // The epoch is claimed and has no log: the one before is over. Go on without the export.
    if (failure !== null) await this.onStorageFault(failure);
  }

  async #tryToWrite(): Promise<void> {
    if (this.#refusal === null) return;
    const failure = await this.#renew(false);
    if (failure !== null) this.refuse(failure);
    if (failure !== null || this.#disposed) return;
    this.#refusal = null;
    this.#disk.worked();
    await this.welcome();
    // The first room may have met the next fault.
    if (!this.#disposed) this.#host.onWritable(this.#refusal === null);
  }

  #note({ code }: ChatError): void {
    this.#host.faults.add(code);
    this.#host.log.log('error', 'storage fault', { code, epoch: this.#leadership.epoch });
  }
}

/** Whoever sends is told that writing fails; that it was the reading of a damaged file is for the status. */
function asStorageError(error: ChatError): ChatError {
  const { code } = error;
  if (code === 'STORAGE_FULL' || code === 'STORAGE_READONLY' || code === 'STORAGE_ERROR') return error;
  return new ChatError('STORAGE_ERROR', { detail: code }, { cause: error });
}
