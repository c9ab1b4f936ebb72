import type { Message, Room } from '../../model/entities.ts';
import type { History } from './opening-history.ts';

/** Messages kept: what a page begins with. */
const KEPT = 60;

/**
 * The end of a room's history as its page had it last, kept up to date while the page is hidden: so a room is back at once, and can
 * be read while there is no hub to ask.
 */
export class RecentMessages {
  #history: History | null = null;

  /** What the page was given or told of; null when it is not known to be without gaps any more. */
  keep(history: History | null): void {
    this.#history = history?.reachedEnd === true ? cut(history) : null;
  }

  add(messages: readonly Message[]): void {
    if (this.#history === null || messages.length === 0) return;
    this.#history = cut({ ...this.#history, messages: [...this.#history.messages, ...messages] });
  }

  /** The newest messages, if these are they. */
  of(room: Room): History | null {
    const last = this.#history?.messages.at(-1)?.seq ?? 0;
    return last === room.lastSeq ? this.#history : null;
  }
}

function cut(history: History): History {
  if (history.messages.length <= KEPT) return history;
  return { ...history, messages: history.messages.slice(-KEPT), reachedStart: false };
}
