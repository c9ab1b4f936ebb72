import * as v from 'valibot';
import type { Disposable } from '../src/common/disposable.ts';
import { Emitter } from '../src/common/emitter.ts';
import { type ErrorCode, ChatError, isErrorCode } from '../src/model/errors.ts';
import { pageNotifications, pagePacketSchema, pageReports, pageRequests } from '../src/protocol/page.ts';
import type { PageNotifications, PageReports, PageRequests } from '../src/protocol/page.ts';
import type { AnyNotification, NotificationOf, ParamsOf, ResultOf } from '../src/protocol/rpc.ts';

/** What an editor gives a webview. State is for trivial things only: the page holds no truth. */
interface EditorApi {
  postMessage(message: unknown): void;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): EditorApi;

/** Milliseconds. */
const REQUEST_TIMEOUT = 15_000;
const HEARTBEAT_INTERVAL = 3_000;
/**
 * The host is taken for gone when this many heartbeats in a row were not answered in time: one alone is also what a sleep of
 * the machine or a long pause of the host looks like.
 */
const HEARTBEATS_MISSED = 2;

interface Waiting {
  readonly name: keyof PageRequests;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: ChatError) => void;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * The page's end of the wire to its host, and the only user of the editor's API. Everything is checked against the tables,
 * both ways; every request settles: reply, error, TIMEOUT, or CONNECTION_CLOSED when the host stops answering.
 */
export class HostLink implements Disposable {
  readonly #api: EditorApi;
  readonly #waiting = new Map<number, Waiting>();
  readonly #notified = new Emitter<AnyNotification<PageNotifications>>();
  readonly #aliveChanged = new Emitter<boolean>();
  readonly #onMessage = (event: MessageEvent): void => this.#receive(event.data);
  #lastNumber = 0;
  #heartbeat: ReturnType<typeof setTimeout> | undefined;
  #missed = 0;
  #disposed = false;

  /** A notification of the host that passed its schema. */
  readonly onNotification = this.#notified.event;
  /** False when the host stopped answering, true when it answers again. */
  readonly onDidChangeAlive = this.#aliveChanged.event;

  constructor(api: EditorApi = acquireVsCodeApi()) {
    this.#api = api;
    window.addEventListener('message', this.#onMessage);
    this.#scheduleHeartbeat();
  }

  get alive(): boolean {
    return this.#missed < HEARTBEATS_MISSED;
  }

  /** Fails with a {@link ChatError}. `ready` waits as long as the host lives; all others have a time limit. */
  request<K extends keyof PageRequests>(
    name: K,
    params: ParamsOf<PageRequests, K>,
  ): Promise<ResultOf<PageRequests, K>> {
    const checked = v.safeParse(pageRequests[name].params, params);
    if (!checked.success) return Promise.reject(new ChatError('BAD_REQUEST', { detail: name }));
    const n = ++this.#lastNumber;
    const limit = name === 'ping' ? HEARTBEAT_INTERVAL : name === 'ready' ? undefined : REQUEST_TIMEOUT;
    return new Promise((resolve, reject) => {
      const timer = limit === undefined ? undefined : setTimeout(() => this.#expire(n, limit), limit);
      // The schema of this very request checks the result before it is handed over.
      const hand = (result: unknown): void => resolve(result as ResultOf<PageRequests, K>);
      this.#waiting.set(n, { name, resolve: hand, reject, timer });
      this.#api.postMessage({ k: 'request', n, name, params: checked.output });
    });
  }

  report<K extends keyof PageReports>(name: K, params: NotificationOf<PageReports, K>): void {
    this.#api.postMessage({ k: 'note', name, params: v.parse(pageReports[name], params) });
  }

  /** Notes which room a panel shows, for the editor to bring it back after a reload. */
  rememberRoom(roomId: string): void {
    this.#api.setState({ roomId });
  }

  dispose(): void {
    this.#disposed = true;
    window.removeEventListener('message', this.#onMessage);
    clearTimeout(this.#heartbeat);
    this.#rejectAll();
    this.#notified.dispose();
    this.#aliveChanged.dispose();
  }

  #receive(data: unknown): void {
    const packet = v.safeParse(pagePacketSchema, data);
    if (!packet.success) return;
    switch (packet.output.k) {
      case 'reply': {
        const waiting = this.#take(packet.output.n);
        if (waiting === undefined) return;
        const result = v.safeParse(pageRequests[waiting.name].result, packet.output.result);
        if (result.success) waiting.resolve(result.output);
        else waiting.reject(new ChatError('BAD_REQUEST', { detail: waiting.name }));
        return;
      }
      case 'error': {
        const { n, code, params } = packet.output;
        this.#take(n)?.reject(toError(code, params));
        return;
      }
      case 'note':
        this.#notify(packet.output.name, packet.output.params);
        return;
      case 'request':
        // The host asks nothing of the page: there is no such table.
        return;
    }
  }

  #notify(name: string, params: unknown): void {
    if (!isNotification(name)) return;
    const checked = v.safeParse(pageNotifications[name], params);
    if (!checked.success) return;
    // Name and schema come from the same row of the table.
    this.#notified.fire({ name, params: checked.output } as AnyNotification<PageNotifications>);
  }

  #take(n: number): Waiting | undefined {
    const waiting = this.#waiting.get(n);
    this.#waiting.delete(n);
    clearTimeout(waiting?.timer);
    return waiting;
  }

  #expire(n: number, limit: number): void {
    this.#take(n)?.reject(new ChatError('TIMEOUT', { seconds: limit / 1000 }));
  }

  #scheduleHeartbeat(): void {
    this.#heartbeat = setTimeout(() => {
      this.request('ping', {}).then(
        () => this.#count(0),
        () => this.#count(this.#missed + 1),
      );
    }, HEARTBEAT_INTERVAL);
  }

  #count(missed: number): void {
    if (this.#disposed) return;
    const before = this.alive;
    this.#missed = missed;
    this.#scheduleHeartbeat();
    if (this.alive === before) return;
    if (!this.alive) this.#rejectAll();
    this.#aliveChanged.fire(this.alive);
  }

  #rejectAll(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { timer, reject } of waiting) {
      clearTimeout(timer);
      reject(new ChatError('CONNECTION_CLOSED'));
    }
  }
}

/** What those need of the wire who only ask. */
export type AskHost = Pick<HostLink, 'request' | 'alive'>;

function isNotification(name: string): name is keyof PageNotifications {
  return Object.hasOwn(pageNotifications, name);
}

function toError(code: string, params: Record<string, string | number | boolean>): ChatError {
  const known: ErrorCode = isErrorCode(code) ? code : 'INTERNAL';
  return new ChatError(known, known === code ? params : { detail: code });
}
