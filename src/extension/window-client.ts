import type { ChatState, Client, ConnectionStatus, RequestOptions, StateChange } from '../client/api.ts';
import { DisposableStore } from '../common/disposable.ts';
import { Emitter } from '../common/emitter.ts';
import type { Message } from '../model/entities.ts';
import { ChatError } from '../model/errors.ts';
import type { HubRequests, ProfileChoice } from '../protocol/hub.ts';
import type { ParamsOf, ResultOf } from '../protocol/rpc.ts';

const NOTHING: ChatState = {
  me: null,
  profiles: new Map(),
  rooms: new Map(),
  drafts: new Map(),
  sessions: [],
  seq: 0,
};

/**
 * The client of this window over changes of the data directory. While a directory is refused there is no client behind it: then
 * the state is empty, the connection is `unreachable` for that reason, and every request fails with it. So nothing else in
 * the window has to ask whether there is a chat.
 */
export class WindowClient implements Client {
  readonly #didChangeConnection = new Emitter<ConnectionStatus>();
  readonly #didChangeState = new Emitter<StateChange>();
  #inner: Client | null = null;
  #ofInner = new DisposableStore();
  /** Settles when no hub is left of the clients that were before. */
  #leaving: Promise<unknown> = Promise.resolve();
  /** Null before the first directory was tried. */
  #refusal: ChatError | null = null;

  readonly onDidChangeConnection = this.#didChangeConnection.event;
  readonly onDidChangeState = this.#didChangeState.event;

  get state(): ChatState {
    return this.#inner?.state ?? NOTHING;
  }

  get connection(): ConnectionStatus {
    if (this.#inner !== null) return this.#inner.connection;
    return { state: this.#refusal === null ? 'connecting' : 'unreachable', fault: this.#refusal };
  }

  /** Puts another client in the place of the one so far, which ends. */
  use(client: Client): void {
    const before = this.state;
    this.#end();
    this.#inner = client;
    this.#ofInner.add(client);
    this.#ofInner.add(client.onDidChangeConnection((status) => this.#didChangeConnection.fire(status)));
    this.#ofInner.add(client.onDidChangeState((change) => this.#didChangeState.fire(change)));
    this.#tellOfChange(before);
  }

  /** There is no chat for this reason. */
  refuse(reason: ChatError): void {
    const before = this.state;
    this.#end();
    this.#refusal = reason;
    this.#tellOfChange(before);
  }

  async whenReady(options?: RequestOptions): Promise<void> {
    await this.#client().whenReady(options);
  }

  async request<K extends keyof HubRequests>(
    name: K,
    params: ParamsOf<HubRequests, K>,
    options?: RequestOptions,
  ): Promise<ResultOf<HubRequests, K>> {
    return this.#client().request(name, params, options);
  }

  async switchProfile(choice: ProfileChoice): Promise<void> {
    await this.#client().switchProfile(choice);
  }

  follow(roomId: string | null, after: number, signal: AbortSignal): AsyncIterable<Message> {
    return this.#client().follow(roomId, after, signal);
  }

  async leave(): Promise<void> {
    this.dispose();
    await this.#leaving;
  }

  dispose(): void {
    this.#end();
    this.#didChangeConnection.dispose();
    this.#didChangeState.dispose();
  }

  #client(): Client {
    if (this.#inner === null) throw this.#refusal ?? new ChatError('CONNECTION_CLOSED');
    return this.#inner;
  }

  #end(): void {
    if (this.#inner !== null) this.#leaving = Promise.all([this.#leaving, this.#inner.leave()]);
    this.#inner = null;
    this.#ofInner.dispose();
    this.#ofInner = new DisposableStore();
  }

  #tellOfChange(before: ChatState): void {
    this.#didChangeConnection.fire(this.connection);
    this.#didChangeState.fire({
      profiles: true,
      sessions: true,
      rooms: new Set(before.rooms.keys()),
      drafts: new Set(before.drafts.keys()),
      messages: [],
      resumed: 'fresh',
    });
  }
}
