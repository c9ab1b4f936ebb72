import type { Message } from '../../src/model/entities.ts';

/** How many messages a page keeps at most. What falls off the far end is loaded again when it is scrolled to. */
export const WINDOW_LIMIT = 400;
/** Messages asked for at a time. */
export const PAGE_LIMIT = 60;

/** A gapless stretch of the room's messages, ascending by seq. */
export interface HistoryWindow {
  readonly messages: readonly Message[];
  /** True when the room's first message is the first here. */
  readonly reachedStart: boolean;
  /** True when the room's last message is the last here. */
  readonly reachedEnd: boolean;
}

/** Joins two stretches; of a message in both, the one with the higher `rev` stays. */
function join(one: readonly Message[], other: readonly Message[]): readonly Message[] {
  const byId = new Map(one.map((message) => [message.id, message]));
  for (const message of other) {
    const known = byId.get(message.id);
    if (known === undefined || known.rev < message.rev) byId.set(message.id, message);
  }
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}

function keepOldest(window: HistoryWindow, limit: number): HistoryWindow {
  if (window.messages.length <= limit) return window;
  return { ...window, messages: window.messages.slice(0, limit), reachedEnd: false };
}

function keepNewest(window: HistoryWindow, limit: number): HistoryWindow {
  if (window.messages.length <= limit) return window;
  return { ...window, messages: window.messages.slice(-limit), reachedStart: false };
}

/** Puts an older page in front; the newest fall off beyond `limit`. */
export function addOlder(window: HistoryWindow, page: HistoryWindow, limit = WINDOW_LIMIT): HistoryWindow {
  const messages = join(window.messages, page.messages);
  return keepOldest({ ...window, messages, reachedStart: page.reachedStart }, limit);
}

/**
 * Puts a newer page behind; the oldest fall off beyond `limit`. `newestSeq` is the highest seq known of the room: a message
 * may have come while the page was on its way, and then the end was not reached after all.
 */
export function addNewer(
  window: HistoryWindow,
  page: HistoryWindow,
  newestSeq: number,
  limit = WINDOW_LIMIT,
): HistoryWindow {
  const messages = join(window.messages, page.messages);
  const last = messages.at(-1)?.seq ?? 0;
  return keepNewest({ ...window, messages, reachedEnd: page.reachedEnd && last >= newestSeq }, limit);
}

/**
 * Adds messages that have just been written. A window that does not reach the end cannot take them (there would be a gap), and one
 * that is full while older messages are read must not drop what is being read: it gives up the end instead.
 */
export function addLive(
  window: HistoryWindow,
  messages: readonly Message[],
  following: boolean,
  limit = WINDOW_LIMIT,
): HistoryWindow {
  const known = new Set(window.messages.map((message) => message.id));
  const changed = messages.filter((message) => window.reachedEnd || known.has(message.id));
  if (changed.length === 0) return window;
  const joined = { ...window, messages: join(window.messages, changed) };
  return following ? keepNewest(joined, limit) : keepOldest(joined, limit);
}
