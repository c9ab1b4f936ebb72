import * as v from 'valibot';
import { idSchema, timestampSchema } from '../../src/model/ids.ts';
import type { Seat } from './page-view.ts';

/** One key per message: two pages of this origin never write the same one. */
const PREFIX = 'local-chat.sent.';
/** What nobody took over within this time is not sent any more: nobody expects it. Milliseconds. */
const AGE_LIMIT = 24 * 60 * 60 * 1000;
const COUNT_LIMIT = 100;

const handedSchema = v.object({
  id: idSchema,
  roomId: idSchema,
  profileId: idSchema,
  content: v.string(),
  /** When it was sent by this window's clock. */
  timestamp: timestampSchema,
});
export type HandedMessage = v.InferOutput<typeof handedSchema>;

/**
 * The messages that were sent and that no host has answered for yet. A host can be killed the moment before, and the page hears of
 * it seconds later; then it may be closed itself, and a page of the next host is made in its place. So they are kept where
 * all pages of this origin find them, until a host, whichever, has said yes or no. Nothing is lost when the same message
 * is sent by two of them: its id makes it one.
 */
export class Handover {
  readonly #storage: Storage | null;

  constructor(storage: Storage | null) {
    this.#storage = storage;
  }

  keep(message: HandedMessage): void {
    try {
      this.#storage?.setItem(PREFIX + message.id, JSON.stringify(message));
    } catch {
      // No room, or not allowed: the host that answers in the next moment is the rule, this is the exception's net.
    }
    for (const { id } of this.#all().slice(0, -COUNT_LIMIT)) this.release(id);
  }

  /** A host has answered for it. */
  release(id: string): void {
    this.#remove(PREFIX + id);
  }

  /** What was sent from this seat and waits for an answer, in the order of sending. */
  waiting(seat: Seat): readonly HandedMessage[] {
    return this.#all().filter(
      ({ roomId, profileId }) => roomId === seat.roomId && profileId === seat.profileId,
    );
  }

  /** All that is kept, oldest first. What is too old or not ours to read is removed. */
  #all(): readonly HandedMessage[] {
    const all: HandedMessage[] = [];
    for (const key of this.#keys()) {
      const message = this.#read(key);
      if (message !== null && Date.now() - Date.parse(message.timestamp) < AGE_LIMIT) all.push(message);
      else this.#remove(key);
    }
    // Ids begin with the time they were made.
    return all.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #keys(): readonly string[] {
    const storage = this.#storage;
    if (storage === null) return [];
    try {
      const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '');
      return keys.filter((key) => key.startsWith(PREFIX));
    } catch {
      return [];
    }
  }

  #read(key: string): HandedMessage | null {
    try {
      const parsed = v.safeParse(handedSchema, JSON.parse(this.#storage?.getItem(key) ?? 'null'));
      return parsed.success ? parsed.output : null;
    } catch {
      return null;
    }
  }

  #remove(key: string): void {
    try {
      this.#storage?.removeItem(key);
    } catch {
      // It grows too old by itself.
    }
  }
}

/** The storage of this origin, or null where the page may have none. */
export function pageStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
