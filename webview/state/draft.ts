import type { Disposable } from '../../src/common/disposable.ts';
import type { KeptDraft } from './kept-draft.ts';
import { sameSeat, type Seat } from './page-view.ts';

/** Milliseconds from a key to handing its text to the host. */
const SAVE_DELAY = 50;
/** Milliseconds from a save that failed to the next one. */
const SAVE_AGAIN = 5_000;
/** Characters that are kept, the limit of the wire. */
const SAVE_LIMIT = 1_000_000;

/** Bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

type Save = (seat: Seat, content: string) => Promise<unknown>;

/** The text of one seat. Versions grow with each change, so that a save says which text it was about. */
interface Sheet {
  readonly seat: Seat;
  text: string;
  version: number;
  /** The latest version that was given to the host, and the latest it has taken. */
  handed: number;
  saved: number;
  /** Saves under way. */
  saving: number;
}

/**
 * What stands in the composer. The host has it a moment after each key, whatever its length: the window may be gone with the next
 * one. What is being typed here wins over what another window typed; without unsaved keys the other window's text is taken.
 */
export class Draft implements Disposable {
  readonly #save: Save;
  readonly #kept: KeptDraft;
  #sheet: Sheet | null = null;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;

  /** @param kept outlives this page */
  constructor(save: Save, kept: KeptDraft) {
    this.#save = save;
    this.#kept = kept;
  }

  get text(): string {
    return this.#sheet?.text ?? '';
  }

  /** A snapshot of the host. In another seat it begins anew, and what was typed in the one before goes there. */
  open(seat: Seat, text: string): void {
    if (this.#sheet !== null && sameSeat(this.#sheet.seat, seat)) {
      // It may be a new host, and what is under way may have gone to the one before.
      if (this.#sheet.saved !== this.#sheet.version) void this.#hand(this.#sheet);
      else this.offer(text);
      return;
    }
    this.flush();
    this.#sheet = { seat, text, version: 0, handed: 0, saved: 0, saving: 0 };
    const newer = this.#kept.newerThan(seat, text);
    if (newer !== null) this.typed(newer);
  }

  typed(text: string): void {
    if (this.#sheet === null) return;
    this.#sheet.text = text;
    this.#sheet.version += 1;
    this.#kept.keep(this.#sheet.seat, text);
    this.#schedule();
  }

  /** A message was sent: the composer is empty, and the host empties the stored draft with the message. */
  sent(): void {
    const sheet = this.#sheet;
    if (sheet === null) return;
    sheet.text = '';
    sheet.version += 1;
    sheet.handed = sheet.version;
    sheet.saved = sheet.version;
    this.#kept.release(sheet.seat);
    this.#stopTimers();
  }

  /** Text that came from outside. Returns whether it was taken. */
  offer(text: string): boolean {
    const sheet = this.#sheet;
    if (sheet === null || sheet.saved !== sheet.version || sheet.saving > 0 || text === sheet.text)
      return false;
    sheet.text = text;
    return true;
  }

  /** Hands over at once what has not been. */
  flush(): void {
    if (this.#sheet !== null && this.#sheet.handed !== this.#sheet.version) void this.#hand(this.#sheet);
  }

  dispose(): void {
    this.#stopTimers();
  }

  #schedule(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      // One at a time: a long text typed fast would fill the wire. The answer to that one brings up the next.
      if (this.#sheet?.saving === 0) this.flush();
    }, SAVE_DELAY);
  }

  async #hand(sheet: Sheet): Promise<void> {
    this.#stopTimers();
    const { version } = sheet;
    sheet.handed = version;
    sheet.saving += 1;
    try {
      await this.#save(sheet.seat, sheet.text.slice(0, SAVE_LIMIT));
      // It was this text: what was typed or sent meanwhile is another one.
      sheet.saved = Math.max(sheet.saved, version);
      if (sheet.saved === sheet.version) this.#kept.release(sheet.seat);
      sheet.saving -= 1;
      if (sheet === this.#sheet && sheet.handed !== sheet.version) this.#schedule();
    } catch {
      sheet.saving -= 1;
      // Whatever it was: the text still stands in the composer, and the next try comes by itself.
      if (sheet !== this.#sheet || sheet.saving > 0 || sheet.saved === sheet.version) return;
      sheet.handed = sheet.saved;
      this.#again ??= setTimeout(() => this.flush(), SAVE_AGAIN);
    }
  }

  #stopTimers(): void {
    clearTimeout(this.#soon);
    clearTimeout(this.#again);
    this.#soon = undefined;
    this.#again = undefined;
  }
}
