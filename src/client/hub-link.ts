import { assertNever } from '../common/assert-never.ts';
import { type Deferred, deferred } from '../common/deferred.ts';
import { type Disposable, DisposableStore } from '../common/disposable.ts';
import type { Logger } from '../common/logger.ts';
import { ChatError, toChatError } from '../model/errors.ts';
import type { ConnectionStatus } from './api.ts';
import { AwaitedHub } from './awaited-hub.ts';
import { Backoff, pause } from './backoff.ts';
import { type Finding, HubFinder } from './find-hub.ts';
import { Heartbeat } from './heartbeat.ts';
import { HubHost } from './hub-host.ts';
import { HubSession, type SessionListener } from './hub-session.ts';
import { StallClock } from './stall-clock.ts';
import { type Dialed, markSocketDead, surroundings } from './surroundings.ts';

export interface HubLinkOptions {
  readonly directory: string;
  readonly bundleFolder: string;
  readonly version: string;
  readonly log: Logger;
  readonly listener: SessionListener;
  /** Opens the session on a hub that can answer. What it throws is the fault of this link. */
  readonly openSession: (session: HubSession) => Promise<void>;
  readonly onStatus: (status: ConnectionStatus) => void;
  /** How many others try to become the hub before this one, when process `formerPid` is it no more. */
  readonly rank: (formerPid: number | null) => number;
}

/** Long enough for the one before to have made its claim. */
const TURN_MS = 200;
/** With so many in front who did not begin something is wrong with the list, and the others follow faster. */
const MAX_TURNS = 5;
const LATE_TURN_MS = 50;

/**
 * Keeps one session open with whoever is the hub: finds it, connects, waits for its end and begins again; where nobody is the
 * hub, becomes it. One loop, one step after the other, until it is disposed.
 */
export class HubLink implements Disposable {
  readonly #options: HubLinkOptions;
  readonly #owned = new DisposableStore();
  readonly #disposal = new AbortController();
  readonly #stall = this.#owned.add(new StallClock());
  readonly #host: HubHost;
  readonly #finder: HubFinder<Dialed>;
  readonly #awaited = this.#owned.add(new AwaitedHub());
  /** Reset only by a hub that became ready: a hub that dies while it starts must not be restarted in a tight loop. */
  readonly #backoff = new Backoff(100, 30_000);
  readonly #elsewhere = new Backoff(1_000, 60_000);
  /** A directory that is gone may come back, and a disk that is full may have room: worth a look more often. */
  readonly #directory = new Backoff(250, 2_000);
  readonly #disk = new Backoff(1_000, 8_000);
  readonly #backoffs = [this.#backoff, this.#elsewhere, this.#directory, this.#disk];
  #wake = new AbortController();
  #session: HubSession | null = null;
  #fault: ChatError | null = null;
  #waiters: { readonly overFaults: boolean; readonly answer: Deferred<HubSession> }[] = [];
  #everReady = false;
  #missing = 0;

  constructor(options: HubLinkOptions) {
    this.#options = options;
    const { directory, bundleFolder, version, log } = options;
    this.#host = this.#owned.add(
      new HubHost({ directory, bundleFolder, version, log, onDidEnd: () => markSocketDead(directory, log) }),
    );
    this.#finder = new HubFinder(surroundings(directory, this.#host), this.#stall);
  }

  start(): void {
    void this.#run();
  }

  /** The open session. While there is none it waits; a fault ends the waiting unless `overFaults`. */
  session(overFaults: boolean): Promise<HubSession> {
    if (this.#disposal.signal.aborted) return Promise.reject(new ChatError('CONNECTION_CLOSED'));
    if (this.#session !== null) return Promise.resolve(this.#session);
    if (this.#fault !== null && !overFaults) return Promise.reject(this.#fault);
    const answer = deferred<HubSession>();
    this.#waiters.push({ overFaults, answer });
    return answer.promise;
  }

  /** The hub of `epoch` goes. This client is to be the next one, or else leaves that to another for a moment. */
  onHandOver(epoch: number, isSuccessor: boolean): void {
    this.#awaited.announced(!isSuccessor);
    if (isSuccessor) void this.#succeed(epoch);
  }

  /** Resolves once the hub of this process has gone. Not before {@link dispose}: until then there may be another. */
  async gone(): Promise<void> {
    await this.#host.stop();
  }

  /** Ends the pause before the next attempt. */
  retryNow(): void {
    this.#fault = null;
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  dispose(): void {
    this.#disposal.abort();
    this.#wake.abort();
    this.#session?.connection.close('the client was disposed');
    this.#rejectWaiters(() => true, new ChatError('CONNECTION_CLOSED'));
    this.#owned.dispose();
  }

  async #run(): Promise<void> {
    while (!this.#disposal.signal.aborted) {
      try {
        await this.#step();
      } catch (error) {
        await this.#fail(toChatError(error));
      }
    }
  }

  async #step(): Promise<void> {
    const finding = await this.#finder.find();
    if (this.#disposal.signal.aborted) {
      if (finding.kind === 'connected') finding.connection.connection.close('the client was disposed');
      return;
    }
    if (finding.kind !== 'elsewhere') this.#missing = 0;
    await this.#act(finding);
  }

  async #act(finding: Finding<Dialed>): Promise<void> {
    switch (finding.kind) {
      case 'connected':
        await this.#serve(finding.connection);
        return;
      case 'dead':
        await this.#takeOver(finding.epoch);
        return;
      case 'unclear':
        await pause(finding.pause, this.#disposal.signal);
        return;
      case 'elsewhere':
        // A hub whose socket file was removed listens again within a second: worth one quiet pause before any alarm.
        this.#missing += 1;
        if (this.#missing === 1) await pause(1_500, this.#disposal.signal);
        else await this.#fail(finding.error, this.#elsewhere);
        return;
      case 'fault':
        await this.#fail(finding.error);
        return;
      default:
        assertNever(finding);
    }
  }

  /** From the welcome of a hub to its end. */
  async #serve({ connection, state }: Dialed): Promise<void> {
    const { listener, openSession, onStatus, log } = this.#options;
    const session = new HubSession(connection, state, listener);
    const heart = new Heartbeat(
      () => connection.request('ping', {}),
      this.#stall,
      () => connection.close('the hub is silent'),
    );
    try {
      await session.recovered();
      await openSession(session);
      if (this.#disposal.signal.aborted || session.isClosed) return;
      for (const backoff of this.#backoffs) backoff.reset();
      this.#everReady = true;
      this.#fault = null;
      this.#session = session;
      this.#awaited.settled();
      onStatus({ state: session.state === 'readonly' ? 'readonly' : 'ready', fault: null });
      for (const { answer } of this.#waiters.splice(0)) answer.resolve(session);
      await session.closed;
      log.log('info', 'the connection to the hub ended', { reason: connection.end?.detail ?? 'unknown' });
    } catch (error) {
      // The hub went while the session was being opened: nothing to report, the next look will tell.
      if (toChatError(error).code !== 'CONNECTION_CLOSED') throw error;
    } finally {
      heart.dispose();
      connection.close('the session ended');
      this.#session = null;
      if (!this.#disposal.signal.aborted && this.#fault === null) this.#awaited.lost(() => this.#searching());
    }
  }

  async #takeOver(epoch: number): Promise<void> {
    // All clients of a dead hub notice at the same moment. Each has its turn; chance parts those who think they have the same.
    const rank = this.#options.rank(this.#finder.holder(epoch)) + (this.#awaited.isElsewhere ? 1 : 0);
    const turn = Math.min(rank, MAX_TURNS) * TURN_MS + Math.max(0, rank - MAX_TURNS) * LATE_TURN_MS;
    await pause(turn + Math.random() * 100, this.#disposal.signal);
    if (this.#disposal.signal.aborted) return;
    if (!this.#finder.isNewest(epoch)) return;
    this.#options.log.log('info', 'no hub; starting one', { after: epoch });
    const result = await this.#host.start(epoch);
    if (result.kind === 'failed') await this.#fail(result.error);
    else if (result.kind === 'lost') await pause(20, this.#disposal.signal);
  }

  /** The hub that named this one serves meanwhile; where nothing comes of it, everything goes on from there. */
  async #succeed(epoch: number): Promise<void> {
    const { log } = this.#options;
    log.log('info', 'the hub hands over; starting one', { after: epoch });
    const result = await this.#host.start(epoch, true);
    if (result.kind === 'failed') log.log('warn', 'it did not start', { code: result.error.code });
  }

  #searching(): void {
    this.#options.onStatus({ state: this.#everReady ? 'reconnecting' : 'connecting', fault: null });
  }

  /** Tells what is wrong and waits before the next attempt. */
  async #fail(error: ChatError, backoff = this.#backoffAfter(error)): Promise<void> {
    if (this.#disposal.signal.aborted) return;
    const wait = backoff.next();
    this.#options.log.log('warn', 'the hub can not be reached', { code: error.code, retryMs: wait });
    if (error.code === 'CONNECTION_CLOSED') {
      // A hub that went while it was being asked says nothing about the next look. Whoever waits goes on waiting.
      await pause(wait, this.#wake.signal);
      return;
    }
    this.#fault = error;
    this.#awaited.settled();
    this.#options.onStatus({ state: 'unreachable', fault: error });
    this.#rejectWaiters((waiter) => !waiter.overFaults, error);
    await pause(wait, this.#wake.signal);
  }

  #backoffAfter({ code }: ChatError): Backoff {
    if (code.startsWith('DIRECTORY_')) return this.#directory;
    return code.startsWith('STORAGE_') ? this.#disk : this.#backoff;
  }

  #rejectWaiters(which: (waiter: { readonly overFaults: boolean }) => boolean, error: ChatError): void {
    const rejected = this.#waiters.filter(which);
    this.#waiters = this.#waiters.filter((waiter) => !which(waiter));
    for (const { answer } of rejected) answer.reject(error);
  }
}
