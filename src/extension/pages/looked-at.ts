import type { Client } from '../../client/api.ts';
import { DisposableStore } from '../../common/disposable.ts';
import type { Event } from '../../common/emitter.ts';
import type { Logger } from '../../common/logger.ts';
import { toChatError } from '../../model/errors.ts';

/** At most so often is a mark moved; a page that scrolls reports several times a second. Milliseconds. */
const MARK_DELAY = 150;

/** Whether a page is in front of somebody's eyes: its window has the focus and it is the one shown in its place. */
export interface Attention {
  readonly isLookedAt: boolean;
  readonly onDidChange: Event<void>;
}

/**
 * Moves the read mark of a room to what a page shows while it is looked at. What was on screen in the meantime counts from the
 * moment somebody looks.
 */
export class ReadMarker {
  readonly #client: Client;
  readonly #roomId: string;
  readonly #attention: Attention;
  readonly #log: Logger;
  readonly #owned = new DisposableStore();
  /** On screen, be it in front of somebody or not. */
  #seen = 0;
  /** On screen while the page had the focus. */
  #lookedAt = 0;
  #marked = 0;
  /** Whose page it is. */
  #profileId = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(client: Client, roomId: string, attention: Attention, log: Logger) {
    this.#client = client;
    this.#roomId = roomId;
    this.#attention = attention;
    this.#log = log;
    this.#owned.add(attention.onDidChange(() => this.#schedule()));
    this.#owned.add({ dispose: () => clearTimeout(this.#timer) });
  }

  /** The page of this profile has this message on screen; with the focus, if it knows that it has it. */
  saw(seq: number, hasFocus: boolean, profileId: string): void {
    this.#profileId = profileId;
    this.#seen = Math.max(this.#seen, seq);
    if (hasFocus) this.#lookedAt = Math.max(this.#lookedAt, seq);
    this.#schedule();
  }

  /** The page went or shows something else: what it had on screen is not there any more. */
  reset(): void {
    this.#seen = 0;
    this.#lookedAt = 0;
    this.#marked = 0;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** Up to where the room is read. */
  get #read(): number {
    return this.#attention.isLookedAt ? this.#seen : this.#lookedAt;
  }

  #schedule(): void {
    if (this.#read <= this.#marked) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#mark();
    }, MARK_DELAY);
  }

  async #mark(): Promise<void> {
    const room = this.#client.state.rooms.get(this.#roomId);
    const upTo = Math.min(this.#read, room?.lastSeq ?? 0);
    if (room === undefined || upTo <= this.#marked) return;
    this.#marked = Math.max(this.#marked, upTo);
    // Read already, here or in another window of this profile.
    if (upTo <= room.readSeq) return;
    try {
      await this.#client.request('read.mark', { roomId: this.#roomId, upTo }, { as: this.#profileId });
    } catch (thrown) {
      // The next look tries again; until then it counts as unread, which is true as far as the store knows.
      this.#marked = 0;
      this.#log.log('debug', 'a read mark was not stored', { code: toChatError(thrown).code });
    }
  }
}
