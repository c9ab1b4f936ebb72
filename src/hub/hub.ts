import { deferred } from '../common/deferred.ts';
import { Emitter } from '../common/emitter.ts';
import type { Logger } from '../common/logger.ts';
import { firstEvents } from '../core/bootstrap.ts';
import type { DecisionTools } from '../core/decision.ts';
import type { Clock } from '../core/ports.ts';
import { HubListener } from '../ipc/listen.ts';
import type { HubConnection } from '../ipc/wire.ts';
import { ChatError, toChatError } from '../model/errors.ts';
import { newId } from '../model/ids.ts';
import type { HubState } from '../protocol/handshake.ts';
import { loadSecret } from '../rendezvous/secret.ts';
import { newSocketPath, removeSocket, restoreSocketFolder, socketExists } from '../rendezvous/socket-path.ts';
import { intentDigest } from '../store/digest.ts';
import { loadWasm } from '../store/engine.ts';
import type { FileAccess } from '../store/files.ts';
import { type Committed, exportIsDue, type Store } from '../store/store.ts';
import { GroupFrames } from './broadcast.ts';
import { ClientPort, type PortHost } from './client-port.ts';
import { CommitLoop, type CommitHost } from './commit-loop.ts';
import { FaultList } from './faults.ts';
import { type HubCheckpoint, Leadership } from './leadership.ts';
import { ReadMarks } from './read-marks.ts';
import { Sessions } from './sessions.ts';
import { type Status, statusOf } from './status.ts';

export interface HubTimes {
  /** Between two looks at fence and socket while nothing is written. */
  readonly watchMs: number;
  /** First and longest pause before writing is tried again; each one is twice the one before. */
  readonly retryMs: number;
  readonly longestRetryMs: number;
  /** After a compaction that failed. */
  readonly compactionPauseMs: number;
}

export const HUB_TIMES: HubTimes = {
  watchMs: 1_000,
  retryMs: 10_000,
  longestRetryMs: 60_000,
  compactionPauseMs: 60_000,
};

export interface HubOptions {
  /** Checked by whoever starts the hub. */
  readonly directory: string;
  /** The newest epoch, found dead; 0 for an empty directory. */
  readonly deadEpoch: number;
  /** `sql-wasm.wasm`: its path, or its bytes. */
  readonly wasm: Uint8Array | string;
  readonly version: string;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly times?: HubTimes;
  /** For tests, see {@link HubCheckpoint}. */
  readonly checkpoint?: (name: HubCheckpoint) => void;
  /** For tests: the disk beneath the store. */
  readonly files?: FileAccess;
}

/** Why a hub is over. `lost`: another was first. `fenced`: another took over. `stopped`: as asked. */
export type HubEnd =
  | { readonly reason: 'lost' | 'fenced' | 'stopped' }
  | { readonly reason: 'failed'; readonly error: ChatError };

/** Bytes of events between two looks at the length of the log. */
const LOOK_BYTES = 128 * 1024;

/**
 * One hub, from its first claim to its end. It listens before it claims, so that a refused connection always means a dead hub,
 * and answers "recovering" until it has read the store. Sockets and sessions outlive its epochs: when the log has grown long
 * or a write has failed it takes over from itself, and its clients notice nothing but the pause.
 */
export class Hub implements CommitHost, PortHost {
  readonly log: Logger;
  readonly clock: Clock;
  readonly tools: DecisionTools = { newId, digest: intentDigest };
  readonly loop = new CommitLoop(this);
  readonly sessions: Sessions;
  readonly marks = new ReadMarks();
  readonly #options: HubOptions;
  readonly #times: HubTimes;
  readonly #since: string;
  readonly #faults: FaultList;
  readonly #connections = new Set<HubConnection>();
  readonly #over = deferred<HubEnd>();
  readonly #didBecomeReady = new Emitter<number>();
  #isOver = false;
  #state: HubState = 'recovering';
  #store: Store | null = null;
  #leadership: Leadership | null = null;
  #listener: HubListener | null = null;
  #refusal: ChatError | null = null;
  #watch: NodeJS.Timeout | null = null;
  #retry: NodeJS.Timeout | null = null;
  #retryMs: number;
  #bytesSinceLook = 0;
  #noCompactionBefore = 0;

  /** Fires once, with the epoch. */
  readonly onDidBecomeReady = this.#didBecomeReady.event;

  constructor(options: HubOptions) {
    this.#options = options;
    this.log = options.log;
    this.clock = options.clock ?? { now: () => Date.now() };
    this.#times = options.times ?? HUB_TIMES;
    this.#retryMs = this.#times.retryMs;
    this.sessions = new Sessions(options.log);
    this.#faults = new FaultList(this.clock);
    this.#since = new Date(this.clock.now()).toISOString();
  }

  /** Leads until it is over; says why. Called once. Never rejects. */
  async run(): Promise<HubEnd> {
    try {
      await this.#start();
    } catch (error) {
      this.#end({ reason: 'failed', error: toChatError(error) });
    }
    return this.#over.promise;
  }

  /** Ends it. Answers that are on their way still leave. */
  stop(): void {
    this.#end({ reason: 'stopped' });
  }

  get state(): HubState {
    return this.#state;
  }

  /** @throws ChatError CONNECTION_CLOSED before the store is there. */
  get store(): Store {
    if (this.#store === null) throw new ChatError('CONNECTION_CLOSED');
    return this.#store;
  }

  get refusal(): ChatError | null {
    return this.#refusal;
  }

  fence(): boolean {
    const reading = this.#leadership?.fence() ?? 'lost';
    if (reading !== 'ours') this.log.log('warn', 'fenced', { reading, epoch: this.#leadership?.epoch ?? 0 });
    return reading === 'ours';
  }

  assertLeading(): void {
    if (!this.#isOver && this.fence()) return;
    this.onFenced();
    throw new ChatError('CONNECTION_CLOSED');
  }

  status(): Status {
    return statusOf(this.store, {
      version: this.#options.version,
      state: this.#state,
      directory: this.#options.directory,
      since: this.#since,
      sessions: this.sessions.size,
      faults: [...this.#faults.all],
    });
  }

  onFenced(): void {
    this.#end({ reason: 'fenced' });
  }

  onCommitted(committed: Committed): void {
    const { ledger } = this.store;
    this.sessions.send(new GroupFrames(committed, (roomId) => ledger.room(roomId)));
    for (const { json } of committed.events) this.#bytesSinceLook += json.length;
    if (this.#bytesSinceLook >= LOOK_BYTES) this.#compactIfDue();
  }

  /** Never touches the failed file again, never repeats the sync: what is on disk is read anew, in an epoch of its own. */
  async onStorageFault(error: ChatError): Promise<void> {
    this.#noteFault(error);
    const failure = await this.#renew(false);
    if (failure !== null) this.#becomeReadonly(failure);
  }

  async #start(): Promise<void> {
    const { directory, deadEpoch, wasm, clock = this.clock, checkpoint, files } = this.#options;
    const engine = loadWasm(wasm);
    // It is awaited once the epoch is claimed; should that never come, its failure is nobody's business.
    engine.catch(() => undefined);
    const socket = newSocketPath(directory);
    const leadership = new Leadership({
      directory,
      socket,
      engine,
      clock,
      log: this.log,
      ...(checkpoint === undefined ? {} : { checkpoint }),
      ...(files === undefined ? {} : { files }),
    });
    this.#leadership = leadership;
    const listener = await this.#listen(socket);
    if (this.#isOver) {
      listener.dispose();
      removeSocket(socket);
      return;
    }
    this.#listener = listener;
    const taken = await leadership.takeOver(deadEpoch);
    if (taken.kind === 'failed') throw taken.error;
    if (this.#isOver || taken.kind === 'lost') {
      if (taken.kind === 'leading') taken.store.close();
      this.#end({ reason: 'lost' });
      return;
    }
    this.#store = taken.store;
    await this.#welcomeEmptyStore();
    if (this.#isOver) return;
    if (this.#refusal === null) this.#setState('ready');
    this.loop.start();
    this.#watch = setInterval(() => void this.#look(), this.#times.watchMs);
    this.#didBecomeReady.fire(leadership.epoch);
    leadership.cleanUp();
  }

  async #listen(path: string): Promise<HubListener> {
    try {
      return await HubListener.open({
        path,
        secret: loadSecret(this.#options.directory),
        log: this.log,
        state: () => this.#state,
        onConnection: (connection) => this.#accept(connection),
      });
    } catch (error) {
      removeSocket(path);
      throw error;
    }
  }

  async #welcomeEmptyStore(): Promise<void> {
    if (this.store.seq > 0) return;
    try {
      await this.loop.store(firstEvents(this.tools));
    } catch (error) {
      // The hub knows already: it is read-only or over, and tries again when it can write.
      this.log.log('warn', 'the first room could not be made', { code: toChatError(error).code });
    }
  }

  #accept(connection: HubConnection): void {
    if (this.#isOver) {
      connection.close('the hub is over');
      return;
    }
    this.#connections.add(connection);
    connection.onDidClose(() => this.#connections.delete(connection));
    // The welcome was written a moment ago; should the state have changed since, nobody else tells this client.
    connection.notify('hubState', { state: this.#state });
    ClientPort.serve(this, connection);
  }

  /** Begins the next epoch, from what is on disk. Null when it leads, or is over. */
  async #renew(compact: boolean): Promise<ChatError | null> {
    if (this.#isOver) return null;
    const former = this.store;
    const taken = await this.#leadership?.takeOverFromSelf(compact);
    if (this.#isOver) {
      if (taken?.kind === 'leading') taken.store.close();
      return null;
    }
    if (taken === undefined || taken.kind === 'lost') {
      this.onFenced();
      return null;
    }
    if (taken.kind === 'failed') return taken.error;
    const { store } = taken;
    this.#store = store;
    // A group that could not be synced may be there all the same. Sessions have not seen it: they come back and resume.
    if (store.seq !== former.seq || store.chain !== former.chain) this.#closeAll('the store changed');
    former.close();
    this.#leadership?.cleanUp();
    return null;
  }

  #becomeReadonly(error: ChatError): void {
    this.#noteFault(error);
    const { code } = error;
    const isStorage = code === 'STORAGE_FULL' || code === 'STORAGE_READONLY' || code === 'STORAGE_ERROR';
    this.#refusal = isStorage ? error : new ChatError('STORAGE_ERROR', { detail: code }, { cause: error });
    this.#setState('readonly');
    this.#retry = setTimeout(() => void this.loop.exclusive(() => this.#tryToWrite()), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, this.#times.longestRetryMs);
  }

  async #tryToWrite(): Promise<void> {
    const failure = await this.#renew(false);
    if (this.#isOver) return;
    if (failure !== null) {
      this.#becomeReadonly(failure);
      return;
    }
    this.#refusal = null;
    this.#retryMs = this.#times.retryMs;
    await this.#welcomeEmptyStore();
    if (this.#refusal === null && !this.#isOver) this.#setState('ready');
  }

  #compactIfDue(): void {
    this.#bytesSinceLook = 0;
    if (performance.now() < this.#noCompactionBefore || !exportIsDue(this.store.facts)) return;
    // Until it is done, or has failed, nobody asks for another.
    this.#noCompactionBefore = Infinity;
    void this.loop.exclusive(() => this.#compact());
  }

  async #compact(): Promise<void> {
    if (this.#refusal !== null) {
      this.#noCompactionBefore = 0;
      return;
    }
    const failure = await this.#renew(true);
    this.#noCompactionBefore = failure === null ? 0 : performance.now() + this.#times.compactionPauseMs;
    // The epoch is claimed and has no log: the one before is over. Go on without the export.
    if (failure !== null) await this.onStorageFault(failure);
  }

  /** While nothing is written nobody would notice that another hub leads, or that the socket file is gone. */
  async #look(): Promise<void> {
    if (!this.fence()) {
      this.onFenced();
      return;
    }
    this.#compactIfDue();
    const listener = this.#listener;
    if (listener === null || socketExists(listener.path)) return;
    // Listening anew under the same path keeps all sessions and the claim, which names the path. Where that fails nobody can
    // reach this hub, while its claim and its process say that it lives: it has to end, so that another can begin.
    this.log.log('warn', 'the socket file is gone; listening anew');
    try {
      restoreSocketFolder(listener.path);
      await listener.reopen();
    } catch (error) {
      this.#end({ reason: 'failed', error: toChatError(error) });
    }
  }

  #setState(state: HubState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.log.log('info', 'state', { state, epoch: this.#leadership?.epoch ?? 0 });
    for (const connection of this.#connections) connection.notify('hubState', { state });
  }

  #noteFault(error: ChatError): void {
    this.#faults.add(error.code);
    this.log.log('error', 'storage fault', { code: error.code, epoch: this.#leadership?.epoch ?? 0 });
  }

  #closeAll(detail: string): void {
    for (const connection of this.#connections) connection.close(detail);
  }

  #end(end: HubEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.log.log('info', 'the hub is over', {
      reason: end.reason,
      epoch: this.#leadership?.epoch ?? 0,
      ...(end.reason === 'failed' ? { code: end.error.code } : {}),
    });
    if (this.#watch !== null) clearInterval(this.#watch);
    if (this.#retry !== null) clearTimeout(this.#retry);
    // Who is fenced says nothing any more, not even what lies in its queues.
    for (const connection of this.#connections) {
      if (end.reason === 'stopped') connection.finish('the hub stops');
      else connection.close(end.reason);
    }
    this.loop.stop();
    this.marks.dispose();
    this.sessions.dispose();
    this.#listener?.dispose();
    if (this.#listener !== null) removeSocket(this.#listener.path);
    this.#store?.close();
    this.#over.resolve(end);
  }
}
