import { deferred } from '../common/deferred.ts';
import { Emitter } from '../common/emitter.ts';
import type { Logger } from '../common/logger.ts';
import type { DecisionTools } from '../core/decision.ts';
import type { Clock } from '../core/ports.ts';
import type { HubListener } from '../ipc/listen.ts';
import type { HubConnection } from '../ipc/wire.ts';
import { ChatError, toChatError } from '../model/errors.ts';
import { newId } from '../model/ids.ts';
import type { HubState } from '../protocol/handshake.ts';
import { loadSecret } from '../rendezvous/secret.ts';
import { removeSocket, restoreSocketFolder, socketExists } from '../rendezvous/socket-path.ts';
import { Ballast } from '../store/ballast.ts';
import { intentDigest } from '../store/digest.ts';
import { loadWasm } from '../store/engine.ts';
import type { Committed, Store } from '../store/store.ts';
import { GroupFrames } from './broadcast.ts';
import { ClientPort, type PortHost } from './client-port.ts';
import { CommitLoop, type CommitHost } from './commit-loop.ts';
import { DiskWatch } from './disk-watch.ts';
import { FaultList } from './faults.ts';
import { HandOver, type HandOverHost } from './hand-over.ts';
import { HUB_TIMES, type HubEnd, type HubOptions, type HubReady, type HubTimes } from './hub-options.ts';
import { Leadership } from './leadership.ts';
import { listenAnywhere } from './listen-anywhere.ts';
import { ReadMarks } from './read-marks.ts';
import { Sessions } from './sessions.ts';
import { type Status, statusOf } from './status.ts';
import { type KeeperHost, StoreKeeper } from './store-keeper.ts';

/**
 * One hub, from its first claim to its end. It listens before it claims, so that a refused connection always means a dead hub,
 * and answers "recovering" until it has read the store. Sockets and sessions outlive its epochs: when the log has grown long
 * or a write has failed it takes over from itself, and its clients notice nothing but the pause.
 */
export class Hub implements CommitHost, PortHost, KeeperHost, HandOverHost {
  readonly log: Logger;
  readonly clock: Clock;
  readonly tools: DecisionTools = { newId, digest: intentDigest };
  readonly loop = new CommitLoop(this);
  readonly sessions: Sessions;
  readonly marks = new ReadMarks();
  readonly faults: FaultList;
  readonly handOver = new HandOver(this);
  readonly times: HubTimes;
  readonly version: string;
  readonly #options: HubOptions;
  readonly #since: string;
  readonly #connections = new Set<HubConnection>();
  readonly #over = deferred<HubEnd>();
  readonly #didBecomeReady = new Emitter<HubReady>();
  #isOver = false;
  #state: HubState = 'recovering';
  #secret: Buffer = Buffer.alloc(0);
  #leadership: Leadership | null = null;
  #keeper: StoreKeeper | null = null;
  #listener: HubListener | null = null;
  #watch: NodeJS.Timeout | null = null;

  /** Fires once, when clients are served. */
  readonly onDidBecomeReady = this.#didBecomeReady.event;

  constructor(options: HubOptions) {
    this.#options = options;
    this.log = options.log;
    this.clock = options.clock ?? { now: () => Date.now() };
    this.times = options.times ?? HUB_TIMES;
    this.version = options.version;
    this.sessions = new Sessions(options.log);
    this.faults = new FaultList(this.clock);
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

  /** Ends it so that nobody notices: somebody else leads before, if there is anybody. */
  async leave(): Promise<void> {
    await this.handOver.toAnybody();
    this.stop();
  }

  get state(): HubState {
    return this.#state;
  }

  get epoch(): number {
    return this.#leadership?.epoch ?? 0;
  }

  /** @throws ChatError CONNECTION_CLOSED before the store is there. */
  get store(): Store {
    if (this.#keeper === null) throw new ChatError('CONNECTION_CLOSED');
    return this.#keeper.store;
  }

  get refusal(): ChatError | null {
    return this.#keeper?.refusal ?? null;
  }

  fence(): boolean {
    const claim = this.#leadership?.fence() ?? 'lost';
    const reading = claim === 'ours' && this.#keeper?.store.isInPlace === false ? 'lost' : claim;
    const level = this.handOver.isUnderWay ? 'info' : 'warn';
    if (reading !== 'ours') this.log.log(level, 'fenced', { reading, epoch: this.epoch });
    return reading === 'ours';
  }

  assertLeading(): void {
    if (!this.#isOver && this.fence()) return;
    this.onFenced();
    throw new ChatError('CONNECTION_CLOSED');
  }

  status(): Status {
    return statusOf(this.store, {
      version: this.version,
      state: this.#state,
      directory: this.#options.directory,
      since: this.#since,
      sessions: this.sessions.size,
      faults: [...this.faults.all],
    });
  }

  onFenced(): void {
    this.#end({ reason: 'fenced' });
  }

  onCommitted(committed: Committed): void {
    this.#options.checkpoint?.('acknowledged');
    const { ledger } = this.store;
    this.sessions.send(new GroupFrames(committed, (roomId) => ledger.room(roomId)));
    this.#keeper?.onCommitted(committed);
  }

  async onStorageFault(error: ChatError): Promise<void> {
    await this.#keeper?.onStorageFault(error);
  }

  onWritable(writable: boolean): void {
    this.#setState(writable ? 'ready' : 'readonly');
  }

  onReplaced(): void {
    // None of the sessions was told of what was found, so none may hear what comes after it. Answers that are due still leave.
    this.sessions.drop();
    const connections = [...this.#connections];
    setImmediate(() => {
      for (const connection of connections) connection.finish('the store changed');
    });
  }

  async #start(): Promise<void> {
    const { directory, deadEpoch, handedOver, wasm, clock = this.clock, checkpoint, files } = this.#options;
    const engine = loadWasm(wasm);
    // It is awaited once the epoch is claimed; should that never come, its failure is nobody's business.
    engine.catch(() => undefined);
    this.#secret = loadSecret(directory);
    checkpoint?.('listening');
    const listener = await listenAnywhere(directory, {
      secret: () => this.#secret,
      log: this.log,
      state: () => this.#state,
      onConnection: (connection) => this.#accept(connection),
    });
    if (this.#isOver) {
      listener.dispose();
      removeSocket(listener.path);
      return;
    }
    this.#listener = listener;
    checkpoint?.('listened');
    const ballast = new Ballast(directory, this.#options.room);
    const leadership = new Leadership({
      ballast,
      directory,
      socket: listener.path,
      engine,
      clock,
      log: this.log,
      adopt: this.#options.adopt === true,
      ...(checkpoint === undefined ? {} : { checkpoint }),
      ...(files === undefined ? {} : { files }),
    });
    this.#leadership = leadership;
    // Others are served meanwhile, and will not be from the claim until this hub has read the store.
    if (handedOver === true) await leadership.rehearse();
    const taken = await leadership.takeOver(deadEpoch);
    if (taken.kind === 'failed') throw taken.error;
    if (this.#isOver || taken.kind === 'lost') {
      if (taken.kind !== 'lost') taken.store.close();
      this.#end({ reason: 'lost' });
      return;
    }
    if (taken.kind === 'reading' && handedOver === true) {
      // The hub that named this one still serves, and better than one that could only read.
      taken.store.close();
      throw taken.error;
    }
    const mayWrite = (): boolean => !this.#isOver && !leadership.isUnclaimed && this.fence();
    const disk = new DiskWatch(directory, ballast, this.times, mayWrite);
    const keeper = new StoreKeeper(leadership, taken.store, disk, this);
    this.#keeper = keeper;
    if (taken.kind === 'leading') await keeper.welcome();
    else keeper.refuse(taken.error);
    if (this.#isOver) return;
    this.onWritable(keeper.refusal === null);
    this.loop.start();
    this.#watch = setInterval(() => void this.#look(), this.times.watchMs);
    const { epoch, isUnclaimed } = leadership;
    this.#didBecomeReady.fire({ epoch, socket: isUnclaimed ? listener.path : null });
    if (taken.kind !== 'reading') leadership.cleanUp();
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

  /** While nothing is written nobody would notice that another hub leads, or that socket or secret are not what they were. */
  async #look(): Promise<void> {
    if (!this.fence()) {
      this.onFenced();
      return;
    }
    void this.#keeper?.look();
    this.#rereadSecret();
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

  /**
   * Clients read the file for each attempt, and make it when it is gone: a hub that went by the old secret would be out of
   * reach for all new ones. Who is connected stays.
   */
  #rereadSecret(): void {
    try {
      const secret = loadSecret(this.#options.directory);
      if (secret.equals(this.#secret)) return;
      this.#secret = secret;
      this.log.log('warn', 'the secret was replaced');
    } catch (error) {
      // Nor can a client read it now.
      this.log.log('debug', 'the secret can not be read', { code: toChatError(error).code });
    }
  }

  #setState(state: HubState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.log.log('info', 'state', { state, epoch: this.epoch });
    for (const connection of this.#connections) connection.notify('hubState', { state });
  }

  #end(end: HubEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.log.log('info', 'the hub is over', {
      reason: end.reason,
      epoch: this.epoch,
      ...(end.reason === 'failed' ? { code: end.error.code } : {}),
    });
    if (this.#watch !== null) clearInterval(this.#watch);
    // Who is fenced says nothing any more, not even what lies in its queues; unless it led a moment ago, when that was decided.
    const isPolite = end.reason === 'stopped' || this.handOver.isUnderWay;
    for (const connection of this.#connections) {
      if (isPolite) connection.finish('the hub goes');
      else connection.close(end.reason);
    }
    this.handOver.dispose();
    this.loop.stop();
    this.marks.dispose();
    this.sessions.dispose();
    this.#listener?.dispose();
    if (this.#listener !== null) removeSocket(this.#listener.path);
    this.#keeper?.dispose();
    this.#over.resolve(end);
  }
}
