import type { Disposable } from '../../src/common/disposable.ts';
import { limits } from '../../src/model/limits.ts';

/** Milliseconds from the last key to saving. */
const SAVE_DELAY = 500;
/** Milliseconds from a save that failed to the next one. */
const SAVE_AGAIN = 5_000;

/** Bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/**
 * What stands in the composer, saved at the host a moment after the last key. What is being typed here wins over what another
 * window typed; without unsaved keys the other window's text is taken.
 */
export class Draft implements Disposable {
  readonly #save: (content: string) => Promise<unknown>;
  #text = '';
  /** What the host has, as far as is known. */
  #saved = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving = 0;

  constructor(save: (content: string) => Promise<unknown>) {
    this.#save = save;
  }

  get text(): string {
    return this.#text;
  }

  typed(text: string): void {
    this.#text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), SAVE_DELAY);
  }

  /** A message was sent: the composer is empty, and the host empties the stored draft with the message. */
  sent(): void {
    this.#text = '';
    this.#saved = '';
    this.#stopTimer();
  }

  /** Text that came from outside. Returns whether it was taken. */
  offer(text: string): boolean {
    const unsaved = this.#timer !== undefined || this.#saving > 0 || this.#text !== this.#saved;
    if (unsaved || text === this.#text) return false;
    this.#text = text;
    this.#saved = text;
    return true;
  }

  /** Another room: what was typed for the one before is saved by {@link flush} first. */
  reset(text: string): void {
    this.#stopTimer();
    this.#text = text;
    this.#saved = text;
  }

  flush(): void {
    if (this.#timer === undefined) return;
    this.#stopTimer();
    // A text beyond the limit is kept on the page only; the composer says so.
    if (byteLength(this.#text) > limits.contentBytes) return;
    void this.#saveNow(this.#text);
  }

  async #saveNow(content: string): Promise<void> {
    this.#saving += 1;
    try {
      await this.#save(content);
      this.#saved = content;
    } catch {
      // Whatever it was: the text still stands in the composer, and the next try comes by itself.
      this.#timer ??= setTimeout(() => this.flush(), SAVE_AGAIN);
    } finally {
      this.#saving -= 1;
    }
  }

  dispose(): void {
    this.#stopTimer();
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
