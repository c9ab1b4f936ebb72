import type { Disposable } from '../../src/common/disposable.ts';
import { type ChatError, toChatError } from '../../src/model/errors.ts';
import { newId } from '../../src/model/ids.ts';
import type { PendingMessage } from '../../src/protocol/page.ts';
import type { AskHost } from '../host.ts';
import type { HandedMessage, Handover } from './handover.ts';
import { Outbox } from './outbox.ts';
import { sameSeat, type Seat } from './page-view.ts';
import type { Shown } from './shown.ts';

/** How long a message that left the host's list may take to turn up among the stored. Milliseconds. */
const LEAVING_GRACE = 2_000;
/** Until a host that lives and did not answer is asked again. Milliseconds. */
const SEND_AGAIN = 5_000;

type IsStored = (id: string) => boolean;

/**
 * The way of a message from the composer into the hands of a host. Until one has answered it is kept in the {@link Handover}, shown
 * as being sent, and given to each host that comes.
 */
export class Sending implements Disposable {
  readonly #host: AskHost;
  readonly #handover: Handover;
  readonly #shown: Shown;
  readonly #outbox = new Outbox();
  /** Asked of a host that has not answered. */
  readonly #asked = new Set<string>();
  #seat: Seat | null = null;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(host: AskHost, handover: Handover, shown: Shown) {
    this.#host = host;
    this.#handover = handover;
    this.#shown = shown;
  }

  get pending(): readonly PendingMessage[] {
    return this.#outbox.messages;
  }

  /** A snapshot of the host: it is given what no host has answered for yet. */
  open(seat: Seat, listed: readonly PendingMessage[], isStored: IsStored): void {
    if (!sameSeat(this.#seat, seat)) this.#outbox.clear();
    this.#seat = seat;
    const waiting = this.#handover.waiting(seat);
    for (const { id, content, timestamp } of waiting) {
      if (this.#outbox.find(id) === undefined)
        this.#outbox.add({ id, content, timestamp, state: 'sending', fault: null });
    }
    const stored = this.#outbox.messages.map(({ id }) => id).filter(isStored);
    for (const id of [...stored, ...listed.map((entry) => entry.id)]) this.#handover.release(id);
    this.#outbox.settle(stored);
    this.#takeList(listed, isStored);
    this.#handOver();
  }

  send(content: string): void {
    const message = { id: newId(), content, timestamp: new Date().toISOString() };
    this.#outbox.add({ ...message, state: 'sending', fault: null });
    this.#submit(message);
    this.#show();
  }

  retry(id: string): void {
    const message = this.#outbox.find(id);
    if (message === undefined) return;
    if (!this.#outbox.isFresh(id)) {
      this.#host.request('retry', { id }).catch(() => undefined);
      return;
    }
    this.#outbox.add({ ...message, state: 'sending', fault: null });
    this.#submit(message);
    this.#show();
  }

  /**
   * Forgets a failed message and gives its text; null when it is no failed message any more, which the host knows. In another room
   * by then, the text becomes that room's draft.
   */
  async takeBack(id: string): Promise<string | null> {
    const message = this.#outbox.find(id);
    const seat = this.#seat;
    if (message === undefined || seat === null) return null;
    if (!this.#outbox.isFresh(id)) {
      const { taken } = await this.#host.request('takeBack', { id }).catch(() => ({ taken: false }));
      if (!taken) return null;
    }
    if (!sameSeat(this.#seat, seat)) {
      this.#host.request('saveDraft', { ...seat, content: message.content }).catch(() => undefined);
      return null;
    }
    this.settle([id]);
    return message.content;
  }

  /** These are stored now, or nobody's. */
  settle(ids: readonly string[]): void {
    this.#outbox.settle(ids);
    this.#show();
  }

  /** The host's list changed. */
  list(listed: readonly PendingMessage[], isStored: IsStored): void {
    this.#takeList(listed, isStored);
    this.#show();
  }

  dispose(): void {
    clearTimeout(this.#again);
  }

  /** Whoever sent it: a page before this one, or this one to a host before this host. */
  #handOver(): void {
    for (const { id, content, timestamp, state } of this.#outbox.messages) {
      if (state === 'sending' && this.#outbox.isFresh(id) && !this.#asked.has(id))
        this.#submit({ id, content, timestamp });
    }
  }

  #takeList(listed: readonly PendingMessage[], isStored: IsStored): void {
    const leaving = this.#outbox.list(listed, isStored);
    if (leaving.length === 0) return;
    setTimeout(() => {
      this.#outbox.forget(leaving);
      this.#show();
    }, LEAVING_GRACE);
  }

  #submit({ id, content, timestamp }: Pick<HandedMessage, 'id' | 'content' | 'timestamp'>): void {
    const seat = this.#seat;
    if (seat === null) return;
    this.#handover.keep({ id, content, timestamp, ...seat });
    this.#asked.add(id);
    this.#host.request('send', { id, content, ...seat }).then(
      () => this.#taken(id),
      (thrown: unknown) => this.#refused(id, toChatError(thrown)),
    );
  }

  #answered(id: string): void {
    this.#asked.delete(id);
    this.#handover.release(id);
  }

  /** A host that took it lists it at once, unless it was stored long ago and is not among the messages on the page. */
  #taken(id: string): void {
    this.#answered(id);
    setTimeout(() => {
      if (this.#outbox.isFresh(id) && !this.#asked.has(id)) this.settle([id]);
    }, LEAVING_GRACE);
  }

  #refused(id: string, { code, params }: ChatError): void {
    if (code === 'CONNECTION_CLOSED' || code === 'TIMEOUT') {
      // Nobody has answered. The next host is given it when it is there; one that is only slow, in a while.
      this.#asked.delete(id);
      clearTimeout(this.#again);
      if (this.#host.alive) this.#again = setTimeout(() => this.#handOver(), SEND_AGAIN);
      return;
    }
    this.#answered(id);
    this.#outbox.fail(id, { code, params: { ...params } });
    this.#show();
  }

  #show(): void {
    this.#shown.update({ pending: this.#outbox.messages });
  }
}
