import { assertNever } from '../common/assert-never.ts';
import { deferred } from '../common/deferred.ts';
import type { ClientConnection } from '../ipc/wire.ts';
import { ChatError } from '../model/errors.ts';
import type { HubState } from '../protocol/handshake.ts';
import type { HubNotifications, HubRequests } from '../protocol/hub.ts';
import type { AnyNotification, NotificationOf, ParamsOf, ResultOf } from '../protocol/rpc.ts';

export type OpenParams = ParamsOf<HubRequests, 'session.open'>;
export type OpenResult = ResultOf<HubRequests, 'session.open'>;
export type StatePart = NotificationOf<HubNotifications, 'state'>;
type HubNotification = AnyNotification<HubNotifications>;

/** What a session reports, in the order the hub sent it. */
export interface SessionListener {
  /** The answer to {@link HubSession.open}: the whole of it, before anything that comes after it. */
  onOpen(parts: readonly StatePart[], result: OpenResult): void;
  onEvents(group: NotificationOf<HubNotifications, 'events'>): void;
  onSessions(sessions: NotificationOf<HubNotifications, 'sessions'>['sessions']): void;
  onHubState(state: HubState): void;
  onHandOver(handOver: NotificationOf<HubNotifications, 'handOver'>): void;
}

/** One connection to one hub, from its welcome to its end. */
export class HubSession {
  readonly connection: ClientConnection;
  readonly #listener: SessionListener;
  readonly #closed = deferred<void>();
  #state: HubState;
  #opening: Promise<unknown> = Promise.resolve();
  #parts: StatePart[] = [];
  #opened = false;
  #writable = deferred<void>();

  constructor(connection: ClientConnection, state: HubState, listener: SessionListener) {
    this.connection = connection;
    this.#state = state;
    this.#listener = listener;
    connection.onDidClose(() => {
      this.#closed.resolve();
      this.#writable.resolve();
    });
    if (connection.end !== null) this.#closed.resolve();
    connection.start({
      onRequest: () => {
        throw new ChatError('BAD_REQUEST', { detail: 'a client answers no requests' });
      },
      onNotification: (notification) => this.#onNotification(notification),
    });
  }

  get state(): HubState {
    return this.#state;
  }

  get isClosed(): boolean {
    return this.connection.end !== null;
  }

  /** Resolves when the connection has ended, whoever ended it. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Resolves when the hub has read its store, or is gone. */
  async recovered(): Promise<void> {
    if (this.#state === 'recovering') await this.#writable.promise;
  }

  /**
   * Opens the session, or opens it anew. `listener.onOpen` is called before this resolves. One after the other: parts of the
   * state do not say which answer they belong to.
   */
  async open(params: OpenParams): Promise<OpenResult> {
    const opened = this.#opening.then(() => this.#open(params));
    this.#opening = opened.catch(() => undefined);
    return opened;
  }

  async #open(params: OpenParams): Promise<OpenResult> {
    this.#parts = [];
    return this.connection.request('session.open', params, {
      onReply: (result) => {
        const parts = this.#parts;
        this.#parts = [];
        this.#opened = true;
        this.#listener.onOpen(parts, result);
      },
    });
  }

  #onNotification(notification: HubNotification): void {
    switch (notification.name) {
      case 'state':
        this.#parts.push(notification.params);
        return;
      case 'events':
        // Before the first state there is nothing to fold events into.
        if (this.#opened) this.#listener.onEvents(notification.params);
        return;
      case 'sessions':
        this.#listener.onSessions(notification.params.sessions);
        return;
      case 'hubState':
        this.#state = notification.params.state;
        if (this.#state !== 'recovering') this.#writable.resolve();
        this.#listener.onHubState(this.#state);
        return;
      case 'handOver':
        this.#listener.onHandOver(notification.params);
        return;
      default:
        assertNever(notification);
    }
  }
}
