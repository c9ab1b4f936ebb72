import * as v from 'valibot';
import { assertNever } from '../common/assert-never.ts';
import type { Disposable } from '../common/disposable.ts';
import type { Event } from '../common/emitter.ts';
import { type Deferred, deferred } from '../common/deferred.ts';
import { ChatError, type ErrorParams, isErrorCode, toChatError } from '../model/errors.ts';
import {
  type AnyNotification,
  type NotificationOf,
  type NotificationTable,
  type Packet,
  packetSchema,
  type ParamsOf,
  type ParsedParamsOf,
  type RequestTable,
  type ResultOf,
} from '../protocol/rpc.ts';
import type { ChannelEnd, FrameChannel } from './channel.ts';
import { encodeFrame, encodeJsonFrame } from './frames.ts';
import { patientTimer } from './patient-timer.ts';

/** What one side of a wire may say. */
export interface WireSide {
  readonly requests: RequestTable;
  readonly notifications: NotificationTable;
}

/** Any request of a table with its parameters, discriminated by `name`. */
export type AnyRequest<T extends RequestTable> = {
  [K in keyof T & string]: { readonly name: K; readonly params: ParsedParamsOf<T, K> };
}[keyof T & string];

export interface ConnectionHandlers<In extends WireSide> {
  /** Answers a request. What it throws goes back as an error with the code of the {@link ChatError}, else INTERNAL. */
  onRequest(request: AnyRequest<In['requests']>): unknown;
  /** Called in the order of arrival, also with respect to the `onReply` of requests. Must not throw. */
  onNotification(notification: AnyNotification<In['notifications']>): void;
}

export interface RequestOptions<Result> {
  /** Rejects with TIMEOUT after as many milliseconds; a late answer is dropped. Without it only the connection ends waiting. */
  readonly timeoutMs?: number;
  /**
   * Called with the result the moment it arrives, before anything that was sent after it is handed out. The promise settles
   * later: frames of the same chunk are handed out before its continuation runs. What it throws is what the promise rejects
   * with.
   */
  readonly onReply?: (result: Result) => void;
}

interface PendingRequest {
  readonly name: string;
  readonly answer: Deferred<unknown>;
  readonly timer: Disposable | null;
  readonly onReply: ((result: never) => void) | undefined;
}

/** Requests of the other side that may be answered at the same time; while there are more, nothing further is read. */
const MAX_ANSWERING = 1024;

/** One issue is enough to refuse something. A frame has room for tens of thousands, and to note them all takes 0.3 s. */
const FIRST_ISSUE = { abortEarly: true } as const;

/**
 * A proven connection between a client and the hub. Every request settles: with its result, with the error the other side
 * sent, with TIMEOUT, or with CONNECTION_CLOSED. What arrives is checked against the tables of the wire: a frame that is no
 * packet closes the connection, bad parameters of a request are answered with BAD_REQUEST.
 *
 * Nothing is handed out before {@link start}, so no early notification is lost.
 */
export class Connection<In extends WireSide, Out extends WireSide> implements Disposable {
  readonly #channel: FrameChannel;
  readonly #incoming: In;
  readonly #outgoing: Out;
  readonly #pending = new Map<number, PendingRequest>();
  #handlers: ConnectionHandlers<In> | null = null;
  #lastNumber = 0;
  #answering = 0;

  readonly onDidClose: Event<ChannelEnd>;

  constructor(channel: FrameChannel, incoming: In, outgoing: Out) {
    this.#channel = channel;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.onDidClose = channel.onDidClose;
    channel.onDidClose(() => this.#failAll());
  }

  /** Why it closed; null while it is open. */
  get end(): ChannelEnd | null {
    return this.#channel.end;
  }

  /** Begins to hand out what arrives. Called once. */
  start(handlers: ConnectionHandlers<In>): void {
    this.#handlers = handlers;
    this.#channel.receive((value) => this.#receive(value));
  }

  request<K extends keyof Out['requests'] & string>(
    name: K,
    params: ParamsOf<Out['requests'], K>,
    options: RequestOptions<ResultOf<Out['requests'], K>> = {},
  ): Promise<ResultOf<Out['requests'], K>> {
    if (this.#channel.end !== null) return Promise.reject(new ChatError('CONNECTION_CLOSED'));
    const n = (this.#lastNumber += 1);
    let frame: Buffer;
    try {
      frame = encodeFrame({ k: 'request', n, name, params } satisfies Packet);
    } catch (error) {
      // Too long for a frame, or nothing that could be written as JSON: a fault of the one who asks, not of the wire.
      const detail = error instanceof ChatError ? String(error.params['detail']) : 'not to be encoded';
      return Promise.reject(new ChatError('BAD_REQUEST', { detail }, { cause: error }));
    }
    const answer = deferred<unknown>();
    const { timeoutMs, onReply } = options;
    const timer = timeoutMs === undefined ? null : patientTimer(timeoutMs, () => this.#expire(n, timeoutMs));
    this.#pending.set(n, { name, answer, timer, onReply });
    this.#channel.sendRaw(frame);
    return answer.promise;
  }

  notify<K extends keyof Out['notifications'] & string>(
    name: K,
    params: NotificationOf<Out['notifications'], K>,
  ): void {
    this.#channel.sendRaw(encodeFrame({ k: 'note', name, params } satisfies Packet));
  }

  /** Sends a frame made by {@link encodeNotification}; the same buffer may go to many connections. */
  sendRaw(frame: Buffer): void {
    this.#channel.sendRaw(frame);
  }

  /** See {@link FrameChannel.drained}. */
  drained(): Promise<void> {
    return this.#channel.drained();
  }

  /** Sends what waits, then closes. Pending requests fail with CONNECTION_CLOSED at once. */
  finish(detail: string): void {
    this.#channel.finish(detail);
  }

  /** Closes at once. */
  close(detail: string): void {
    this.#channel.close(detail);
  }

  dispose(): void {
    this.#channel.dispose();
  }

  #receive(value: unknown): void {
    const packet = v.safeParse(packetSchema, value, FIRST_ISSUE);
    if (!packet.success) {
      this.#malformed(`no packet: ${firstIssue(packet.issues)}`);
      return;
    }
    const { output } = packet;
    switch (output.k) {
      case 'request':
        this.#receiveRequest(output);
        return;
      case 'reply':
        this.#receiveReply(output.n, output.result);
        return;
      case 'error':
        this.#receiveError(output.n, output.code, output.params);
        return;
      case 'note':
        this.#receiveNotification(output.name, output.params);
        return;
      default:
        assertNever(output);
    }
  }

  #receiveRequest({ n, name, params }: Extract<Packet, { k: 'request' }>): void {
    const shape = this.#incoming.requests[name];
    if (shape === undefined || !Object.hasOwn(this.#incoming.requests, name)) {
      this.#sendError(n, new ChatError('BAD_REQUEST', { detail: 'unknown request' }));
      return;
    }
    const parsed = v.safeParse(shape.params, params, FIRST_ISSUE);
    if (!parsed.success) {
      this.#sendError(n, new ChatError('BAD_REQUEST', { detail: firstIssue(parsed.issues) }));
      return;
    }
    this.#answering += 1;
    if (this.#answering === MAX_ANSWERING) this.#channel.hold();
    void this.#answer(n, { name, params: parsed.output });
  }

  async #answer(n: number, request: AnyRequest<In['requests']>): Promise<void> {
    try {
      const result = await this.#handlers?.onRequest(request);
      this.#channel.sendRaw(encodeFrame({ k: 'reply', n, result } satisfies Packet));
    } catch (error) {
      this.#sendError(n, toChatError(error));
    } finally {
      this.#answering -= 1;
      // Last, because it hands out the next request at once.
      if (this.#answering === MAX_ANSWERING - 1) this.#channel.release();
    }
  }

  #sendError(n: number, { code, params }: ChatError): void {
    const packet = (facts: ErrorParams): Packet => ({ k: 'error', n, code, params: facts });
    try {
      this.#channel.send(packet(params));
    } catch {
      // It quotes more than a frame holds. The code alone still settles the request.
      this.#channel.send(packet({}));
    }
  }

  #receiveReply(n: number, result: unknown): void {
    const pending = this.#take(n);
    if (pending === null) return;
    const shape = this.#outgoing.requests[pending.name];
    const parsed = shape === undefined ? null : v.safeParse(shape.result, result, FIRST_ISSUE);
    if (parsed?.success !== true) {
      pending.answer.reject(new ChatError('INTERNAL', { detail: `malformed reply to ${pending.name}` }));
      return;
    }
    try {
      pending.onReply?.(parsed.output as never);
      pending.answer.resolve(parsed.output);
    } catch (error) {
      // It could not be taken in. Neither its sender nor what arrived after it may wait for ever.
      pending.answer.reject(toChatError(error));
    }
  }

  #receiveError(n: number, code: string, params: ErrorParams): void {
    const error = isErrorCode(code)
      ? new ChatError(code, params)
      : new ChatError('INTERNAL', { detail: `unknown error ${code}` });
    this.#take(n)?.answer.reject(error);
  }

  #receiveNotification(name: string, params: unknown): void {
    // A newer hub of the same protocol may tell more than this client knows.
    if (!Object.hasOwn(this.#incoming.notifications, name)) return;
    const schema = this.#incoming.notifications[name];
    const parsed = schema === undefined ? null : v.safeParse(schema, params, FIRST_ISSUE);
    if (parsed?.success !== true) {
      this.#malformed(`malformed notification ${name}`);
      return;
    }
    this.#handlers?.onNotification({ name, params: parsed.output });
  }

  /** The request an answer belongs to; null when it was given up before. An answer to nothing closes the connection. */
  #take(n: number): PendingRequest | null {
    const pending = this.#pending.get(n);
    if (pending === undefined) {
      if (n > this.#lastNumber) this.#malformed('an answer to no request');
      return null;
    }
    this.#pending.delete(n);
    pending.timer?.dispose();
    return pending;
  }

  #expire(n: number, timeoutMs: number): void {
    this.#take(n)?.answer.reject(new ChatError('TIMEOUT', { seconds: timeoutMs / 1000 }));
  }

  #malformed(detail: string): void {
    this.#channel.close(detail, 'malformed');
  }

  #failAll(): void {
    // Taking one out while the keys are walked is fine with a Map.
    for (const n of this.#pending.keys()) this.#take(n)?.answer.reject(new ChatError('CONNECTION_CLOSED'));
  }
}

/** One notification as a frame, for {@link Connection.sendRaw}. */
export function encodeNotification<T extends NotificationTable, K extends keyof T & string>(
  _table: T,
  name: K,
  params: NotificationOf<T, K>,
): Buffer {
  return encodeFrame({ k: 'note', name, params } satisfies Packet);
}

/** The same with parameters that are JSON already. The caller answers for their shape. */
export function encodeNotificationJson(name: string, paramsJson: string): Buffer {
  return encodeJsonFrame(`{"k":"note","name":${JSON.stringify(name)},"params":${paramsJson}}`);
}

function firstIssue(issues: readonly v.BaseIssue<unknown>[]): string {
  const [issue] = issues;
  if (issue === undefined) return 'malformed';
  // Where and what was expected; never what was received, which may be somebody's text.
  const path = v.getDotPath(issue) ?? 'packet';
  return `${path}: expected ${issue.expected ?? 'another value'}`;
}
