import * as v from 'valibot';
import type { Message } from '../../src/model/entities.ts';
import { ChatError, toChatError } from '../../src/model/errors.ts';
import {
  pageNotifications,
  pagePacketSchema,
  pageReports,
  pageRequests,
  type PageNotifications,
  type PageRequests,
  type PageState,
  type PendingMessage,
} from '../../src/protocol/page.ts';
import type { PageWaitState } from './builders.ts';
import type { NotificationOf, ParsedParamsOf, ResultOf } from '../../src/protocol/rpc.ts';

type Handlers = {
  [K in keyof PageRequests]: (
    params: ParsedParamsOf<PageRequests, K>,
  ) => ResultOf<PageRequests, K> | Promise<ResultOf<PageRequests, K>>;
};

export interface Asked {
  readonly name: string;
  readonly params: unknown;
}

/**
 * Plays the extension host for tests that are about the page alone: it answers from a list of messages and can be told to be
 * slow, to fail or to fall silent. It checks all that the page sends against the tables, as the real host does.
 */
export class ScriptedHost {
  /** What the page asked and reported, heartbeats left out, in order. */
  readonly asked: Asked[] = [];
  readonly faults: string[] = [];
  state: PageState;
  /** While it is set there is no chat, and this is what the page gets. */
  wait: PageWaitState | null = null;
  /** All messages of the room, ascending; history is answered from here. */
  messages: Message[];
  silent = false;
  /** Milliseconds before each answer about history. */
  historyDelay = 0;
  /** What becomes of sent messages. `manual`: they stay pending until the test says so. */
  sending: 'store' | 'manual' | 'fail' = 'store';
  saved: unknown;

  #deliver: (packet: unknown) => Promise<void> = () => Promise.resolve();
  readonly #waiting: { matches: (asked: Asked) => boolean; resolve: (asked: Asked) => void }[] = [];
  readonly #handlers: Handlers;

  constructor(state: PageState, messages: readonly Message[]) {
    this.state = state;
    this.messages = [...messages];
    this.#handlers = {
      ready: () => this.wait ?? this.state,
      loadHistory: async ({ before, after, limit }) => {
        await new Promise((resolve) => setTimeout(resolve, this.historyDelay));
        return this.page(before, after, limit);
      },
      send: ({ id, content }) => this.#send(id, content),
      retry: ({ id }) => this.#retry(id),
      takeBack: ({ id }) => {
        this.#unlist(id);
        return { taken: true };
      },
      saveDraft: ({ content }) => {
        this.state = { ...this.state, draft: content };
        return {};
      },
      copyText: () => ({}),
      copyLink: () => ({}),
      openLink: () => ({}),
      runCommand: () => ({}),
      ping: () => ({}),
    };
  }

  /** Replaces the answer to one kind of request. */
  answer<K extends keyof PageRequests>(name: K, handler: Handlers[K]): void {
    this.#handlers[name] = handler;
  }

  connect(deliver: (packet: unknown) => Promise<void>): void {
    this.#deliver = deliver;
  }

  async receive(data: unknown): Promise<void> {
    const packet = v.safeParse(pagePacketSchema, data);
    if (!packet.success) {
      this.faults.push(`malformed packet: ${JSON.stringify(data)}`);
      return;
    }
    const { output } = packet;
    if (output.k === 'note') {
      this.#takeReport(output.name, output.params);
    } else if (output.k === 'request') {
      if (!Object.hasOwn(pageRequests, output.name)) this.faults.push(`unknown request ${output.name}`);
      else await this.#reply(output.n, output.name as keyof PageRequests, output.params);
    }
  }

  /** Sends a notification, checked against its schema. */
  async notify<K extends keyof PageNotifications>(
    name: K,
    params: NotificationOf<PageNotifications, K>,
  ): Promise<void> {
    await this.#deliver({ k: 'note', name, params: v.parse(pageNotifications[name], params) });
  }

  /** Stores messages and tells the page. */
  async add(...messages: Message[]): Promise<void> {
    this.messages.push(...messages);
    await this.notify('didAddMessages', { messages });
  }

  async setPending(pending: PendingMessage[]): Promise<void> {
    this.state = { ...this.state, pending };
    await this.notify('didChangePending', { pending });
  }

  /** Stores a pending message, as the hub's acknowledgement would. */
  async store(id: string): Promise<void> {
    const pending = this.state.pending.find((entry) => entry.id === id);
    if (pending === undefined) throw new Error(`${id} is not pending`);
    const seq = (this.messages.at(-1)?.seq ?? 0) + 1;
    const { me, room } = this.state;
    const { content, timestamp } = pending;
    await this.add({
      id,
      seq,
      roomId: room.id,
      senderId: me,
      kind: 'person',
      content,
      timestamp,
      rev: seq,
    });
    await this.setPending(this.state.pending.filter((entry) => entry.id !== id));
  }

  /** A page of history as the hub cuts it. */
  page(
    before: number | undefined,
    after: number | undefined,
    limit: number,
  ): ResultOf<PageRequests, 'loadHistory'> {
    const all = this.messages;
    const fitting = all.filter(({ seq }) => seq < (before ?? Infinity) && seq > (after ?? -1));
    const messages = after === undefined ? fitting.slice(-limit) : fitting.slice(0, limit);
    const first = messages[0]?.seq ?? before ?? 0;
    const last = messages.at(-1)?.seq ?? after ?? 0;
    return {
      messages,
      reachedStart: all.every(({ seq }) => seq >= first),
      reachedEnd: all.every(({ seq }) => seq <= last),
    };
  }

  /** The next request or report of this name that is still to come, or one that came already. */
  async heard(name: string, matches: (params: unknown) => boolean = () => true): Promise<Asked> {
    const test = (asked: Asked): boolean => asked.name === name && matches(asked.params);
    const known = this.asked.find(test);
    if (known !== undefined) return known;
    return new Promise((resolve) => this.#waiting.push({ matches: test, resolve }));
  }

  #note(asked: Asked): void {
    this.asked.push(asked);
    for (const waiting of this.#waiting) if (waiting.matches(asked)) waiting.resolve(asked);
  }

  #takeReport(name: string, params: unknown): void {
    if (!Object.hasOwn(pageReports, name)) this.faults.push(`unknown report ${name}`);
    const checked = v.safeParse(pageReports[name as keyof typeof pageReports], params);
    if (!checked.success) this.faults.push(`bad report ${name}: ${JSON.stringify(params)}`);
    else this.#note({ name, params: checked.output });
  }

  async #reply(n: number, name: keyof PageRequests, raw: unknown): Promise<void> {
    if (this.silent) return;
    const checked = v.safeParse(pageRequests[name].params, raw);
    if (!checked.success) {
      this.faults.push(`bad parameters of ${name}: ${JSON.stringify(raw)}`);
      return;
    }
    const params = checked.output;
    if (name !== 'ping') this.#note({ name, params });
    // Schema and handler come from the same row of the table.
    const handler = this.#handlers[name] as (params: unknown) => unknown;
    try {
      const result = await handler(params);
      await this.#deliver({ k: 'reply', n, result });
    } catch (thrown) {
      const { code, params: facts } = toChatError(thrown);
      await this.#deliver({ k: 'error', n, code, params: facts });
    }
  }

  #send(id: string, content: string): Record<string, never> {
    if (content.trim() === '') throw new ChatError('EMPTY_MESSAGE');
    if ([...this.messages, ...this.state.pending].some((entry) => entry.id === id)) return {};
    const state = this.sending === 'fail' ? 'failed' : 'sending';
    const fault = this.sending === 'fail' ? { code: 'STORAGE_FULL', params: {} } : null;
    const pending = {
      id,
      content,
      timestamp: new Date(Date.UTC(2026, 10, 23, 9, 21)).toISOString(),
      state,
      fault,
    } as const;
    void this.setPending([...this.state.pending, pending]).then(() =>
      this.sending === 'store' ? this.store(id) : undefined,
    );
    return {};
  }

  #retry(id: string): Record<string, never> {
    const pending = this.state.pending.map((entry) =>
      entry.id === id ? { ...entry, state: 'sending' as const, fault: null } : entry,
    );
    void this.setPending(pending).then(() => (this.sending === 'store' ? this.store(id) : undefined));
    return {};
  }

  #unlist(id: string): Record<string, never> {
    void this.setPending(this.state.pending.filter((entry) => entry.id !== id));
    return {};
  }
}
