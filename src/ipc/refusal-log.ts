import type { Disposable } from '../common/disposable.ts';
import type { Logger } from '../common/logger.ts';

/** Between two lines, in milliseconds. */
const PAUSE_MS = 10_000;

/**
 * Connections that did not prove themselves, in the log. The first is told at once and the others are counted, since somebody
 * who goes on and on must not fill the log of whoever happens to hold the hub.
 */
export class RefusalLog implements Disposable {
  readonly #log: Logger;
  readonly #pauseMs: number;
  #timer: NodeJS.Timeout | null = null;
  #untold = 0;

  constructor(log: Logger, pauseMs = PAUSE_MS) {
    this.#log = log;
    this.#pauseMs = pauseMs;
  }

  /** `detail`: why it was closed, in words of this side. */
  add(detail: string): void {
    if (this.#timer !== null) {
      this.#untold += 1;
      return;
    }
    this.#log.log('info', 'a connection did not prove itself', { detail });
    this.#wait();
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#untold === 0) return;
      this.#log.log('warn', 'connections did not prove themselves', { count: this.#untold });
      this.#untold = 0;
      this.#wait();
    }, this.#pauseMs);
    this.#timer.unref();
  }
}
