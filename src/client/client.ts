import { DisposableStore } from '../common/disposable.ts';
import { Emitter } from '../common/emitter.ts';
import type { Message } from '../model/entities.ts';
import { ChatError, isTransient, toChatError } from '../model/errors.ts';
import { newId } from '../model/ids.ts';
import { successionRank } from '../model/succession.ts';
import { isNewerVersion } from '../model/version.ts';
import type { HubRequests, ProfileChoice } from '../protocol/hub.ts';
import type { ParamsOf, ResultOf } from '../protocol/rpc.ts';
import type {
  ChatState,
  Client,
  ClientOptions,
  ConnectionStatus,
  RequestOptions,
  StateChange,
} from './api.ts';
import { FoldedState } from './fold.ts';
import { follow } from './follow.ts';
import { HubLink } from './hub-link.ts';
import type { HubSession, OpenParams, OpenResult } from './hub-session.ts';
import { Patience } from './patience.ts';

const PATIENCE_MS = 30_000;
const NOTHING = (): void => undefined;

/** Connects at once and stays connected until it is disposed. Nothing throws here: what is wrong is in `connection`. */
export function createClient(options: ClientOptions): Client {
  return new ChatClient(options);
}

class ChatClient implements Client {
  readonly #options: ClientOptions;
  readonly #sessionId = newId();
  readonly #since = new Date().toISOString();
  readonly #folded = new FoldedState();
  readonly #owned = new DisposableStore();
  readonly #didChangeConnection = this.#newEmitter<ConnectionStatus>();
  readonly #didChangeState = this.#newEmitter<StateChange>();
  readonly #disposal = new AbortController();
  readonly #link: HubLink;
  #connection: ConnectionStatus = { state: 'connecting', fault: null };
  /** As asked for by the interface. */
  #wanted: ProfileChoice;
  /** Settles when no change of profile is on its way: in between nobody knows who speaks. */
  #switching: Promise<unknown> = Promise.resolve();

  readonly onDidChangeConnection = this.#didChangeConnection.event;
  readonly onDidChangeState = this.#didChangeState.event;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#wanted = options.profile;
    this.#link = new HubLink({
      ...options,
      openSession: (session) => this.#openSession(session),
      onStatus: (status) => this.#setConnection(status),
      rank: (formerPid) => successionRank(this.#folded.sessions, this.#sessionId, formerPid),
      listener: {
        onOpen: (parts, result) => this.#didChangeState.fire(this.#folded.open(parts, result)),
        onEvents: (group) => this.#didChangeState.fire(this.#folded.apply(group)),
        onSessions: (sessions) => this.#didChangeState.fire(this.#folded.setSessions(sessions)),
        onHubState: (state) => {
          if (this.#connection.state === 'ready' || this.#connection.state === 'readonly')
            this.#setConnection({ state: state === 'readonly' ? 'readonly' : 'ready', fault: null });
        },
        onHandOver: ({ epoch, sessionId }) => this.#link.onHandOver(epoch, sessionId === this.#sessionId),
      },
    });
    this.#link.start();
  }

  get state(): ChatState {
    return this.#folded;
  }

  get connection(): ConnectionStatus {
    return this.#connection;
  }

  async whenReady(options: RequestOptions = {}): Promise<void> {
    await this.#session(new Patience(options.patience ?? PATIENCE_MS));
  }

  async request<K extends keyof HubRequests>(
    name: K,
    params: ParamsOf<HubRequests, K>,
    options: RequestOptions = {},
  ): Promise<ResultOf<HubRequests, K>> {
    const patience = new Patience(options.patience ?? PATIENCE_MS);
    for (;;) {
      const session = await this.#session(patience);
      if (options.as !== undefined) {
        await this.#switching;
        if (this.#folded.me?.id !== options.as) throw new ChatError('CONNECTION_CLOSED');
      }
      try {
        return await patience.limit(session.connection.request(name, params));
      } catch (error) {
        const fault = toChatError(error);
        // Asking again is safe: commands carry ids, everything else changes nothing by being repeated.
        if (!isTransient(fault.code) || patience.isOver || this.#disposal.signal.aborted) throw fault;
      }
    }
  }

  async switchProfile(choice: ProfileChoice): Promise<void> {
    if (this.#connection.fault?.code === 'NO_SUCH_PROFILE') {
      // No session could be opened as the one asked for before; there is nothing to fall back to.
      this.#wanted = choice;
      this.#link.retryNow();
      await this.whenReady();
      return;
    }
    const session = await this.#session(new Patience(PATIENCE_MS));
    const opened = session.open(this.#openParams(choice));
    const settled = opened.then(NOTHING, NOTHING);
    this.#switching = Promise.all([this.#switching, settled]);
    await opened;
    this.#wanted = choice;
  }

  follow(roomId: string | null, after: number, signal: AbortSignal): AsyncIterable<Message> {
    return follow(this, roomId, after, AbortSignal.any([signal, this.#disposal.signal]));
  }

  async leave(): Promise<void> {
    this.dispose();
    await this.#link.gone();
  }

  dispose(): void {
    if (this.#disposal.signal.aborted) return;
    this.#disposal.abort();
    this.#link.dispose();
    this.#owned.dispose();
  }

  /** The open session; a fault that needs the person ends the waiting, unless the patience is endless. */
  #session(patience: Patience): Promise<HubSession> {
    return patience.limit(this.#link.session(patience.isEndless));
  }

  async #openSession(session: HubSession): Promise<void> {
    const { version: ofHub = '' } = await this.#openOrResume(session);
    const { identity, version } = this.#options;
    if (identity.surface === 'window' && isNewerVersion(version, ofHub)) void this.#askForHub(session);
  }

  /** Once for each connection; where an older hub would rather not, it stays. */
  async #askForHub({ connection }: HubSession): Promise<void> {
    const { log } = this.#options;
    try {
      const { agreed } = await connection.request('hub.handOver', {});
      log.log('info', 'asked an older hub to hand over', { agreed });
    } catch (error) {
      log.log('info', 'an older hub does not hand over', { code: toChatError(error).code });
    }
  }

  async #openOrResume(session: HubSession): Promise<OpenResult> {
    const { me, seq } = this.#folded;
    if (me === null) return session.open(this.#openParams(this.#wanted));
    const resume = { seq, chain: this.#folded.chain, profileId: me.id };
    try {
      // The profile of before, also when it was the default then: another default now is for new windows.
      return await session.open({ ...this.#openParams({ by: 'id', id: me.id }), resume });
    } catch (error) {
      if (toChatError(error).code !== 'NO_SUCH_PROFILE') throw error;
      // The store was replaced by another one, which does not know this profile.
      return session.open(this.#openParams(this.#wanted));
    }
  }

  /** What fails in an interface that listens is its own fault: the connection, and who waits for it, go on. */
  #newEmitter<T>(): Emitter<T> {
    const onError = (error: unknown): void =>
      this.#options.log.log('error', 'a listener failed', {
        error: error instanceof Error ? error.message : String(error),
      });
    return this.#owned.add(new Emitter<T>(onError));
  }

  #openParams(profile: ProfileChoice): OpenParams {
    const { identity, version } = this.#options;
    const { pid } = process;
    return { sessionId: this.#sessionId, ...identity, pid, since: this.#since, version, profile };
  }

  #setConnection(status: ConnectionStatus): void {
    const { state, fault } = this.#connection;
    if (state === status.state && fault?.code === status.fault?.code) return;
    this.#connection = status;
    this.#didChangeConnection.fire(status);
  }
}
