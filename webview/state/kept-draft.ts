import * as v from 'valibot';
import type { Seat } from './page-view.ts';

const PREFIX = 'local-chat.draft.';
/** Longer than a page that lost its host takes to be made anew; what is older was typed by somebody who has gone on since. */
const AGE_LIMIT = 60_000;

const keptSchema = v.object({ text: v.string(), at: v.number() });

/**
 * What stands in the composer and no host has taken yet, where the next page of this origin finds it: a host can be killed, and
 * the page be closed for it, while somebody types. As with messages on their way, see {@link Handover}.
 */
export class KeptDraft {
  readonly #storage: Storage | null;

  constructor(storage: Storage | null) {
    this.#storage = storage;
  }

  keep(seat: Seat, text: string): void {
    try {
      this.#storage?.setItem(keyOf(seat), JSON.stringify({ text, at: Date.now() }));
    } catch {
      // No room, or not allowed. The host has it in a moment.
    }
  }

  /** A host has it, or it was sent. */
  release(seat: Seat): void {
    try {
      this.#storage?.removeItem(keyOf(seat));
    } catch {
      // It grows too old by itself.
    }
  }

  /** What an earlier page had typed beyond what the host knows; null when there is nothing of that kind. */
  newerThan(seat: Seat, known: string): string | null {
    try {
      const kept = v.safeParse(keptSchema, JSON.parse(this.#storage?.getItem(keyOf(seat)) ?? 'null'));
      if (!kept.success || Date.now() - kept.output.at > AGE_LIMIT) return null;
      const { text } = kept.output;
      return text !== known && text.startsWith(known) ? text : null;
    } catch {
      return null;
    }
  }
}

function keyOf({ roomId, profileId }: Seat): string {
  return `${PREFIX}${profileId}.${roomId}`;
}
