import type { PendingMessage } from '../../src/protocol/page.ts';

/**
 * The messages of this window that are not stored yet, in the order of sending. Two sources are laid over each other: what the
 * host lists, and what was typed here a moment ago and the host has not listed yet. So a message is shown from the frame in
 * which it was sent until the frame in which the stored one takes its place, without a gap in between.
 */
export class Outbox {
  /** Sent here, not yet listed by the host. */
  #fresh: readonly PendingMessage[] = [];
  #listed: readonly PendingMessage[] = [];
  /** No longer listed, and not yet seen among the stored. */
  #leaving: readonly PendingMessage[] = [];

  get messages(): readonly PendingMessage[] {
    const all = [...this.#leaving, ...this.#listed, ...this.#fresh];
    return all.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  }

  add(message: PendingMessage): void {
    this.#fresh = [...without(this.#fresh, [message.id]), message];
  }

  /** The host could not be asked to take it over: it stays here, failed. */
  fail(id: string, fault: NonNullable<PendingMessage['fault']>): void {
    this.#fresh = this.#fresh.map((entry) =>
      entry.id === id ? { ...entry, state: 'failed', fault } : entry,
    );
  }

  /** True for a message that the host never listed: it has to be sent again, not retried. */
  isFresh(id: string): boolean {
    return this.#fresh.some((entry) => entry.id === id);
  }

  find(id: string): PendingMessage | undefined {
    return this.messages.find((entry) => entry.id === id);
  }

  /** Takes the host's list. Returns what left it and is kept until {@link forget} or {@link settle} names it. */
  list(pending: readonly PendingMessage[], isStored: (id: string) => boolean): readonly PendingMessage[] {
    const ids = new Set(pending.map((entry) => entry.id));
    const left = this.#listed.filter(
      (entry) => !ids.has(entry.id) && entry.state === 'sending' && !isStored(entry.id),
    );
    this.#leaving = [
      ...without(
        this.#leaving,
        left.map((entry) => entry.id),
      ),
      ...left,
    ].filter((entry) => !ids.has(entry.id));
    this.#listed = pending;
    this.#fresh = without(this.#fresh, [...ids]);
    return left;
  }

  /** These are stored now. */
  settle(ids: readonly string[]): void {
    this.#fresh = without(this.#fresh, ids);
    this.#listed = without(this.#listed, ids);
    this.#leaving = without(this.#leaving, ids);
  }

  /**
   * Gives up what the host took off its list and what did not turn up among the stored. What was listed again since, and left once
   * more, is another matter.
   */
  forget(left: readonly PendingMessage[]): void {
    this.#leaving = this.#leaving.filter((entry) => !left.includes(entry));
  }

  clear(): void {
    this.#fresh = [];
    this.#listed = [];
    this.#leaving = [];
  }
}

function without(entries: readonly PendingMessage[], ids: readonly string[]): readonly PendingMessage[] {
  return entries.filter((entry) => !ids.includes(entry.id));
}
