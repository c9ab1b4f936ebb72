import type { Disposable } from '../common/disposable.ts';

const TICK_MS = 250;
/** A tick later than this means that this process itself did not run: the machine slept, or something blocked the thread. */
const GAP_MS = 1_000;

/**
 * Measures how long *another* process has been silent. Time in which this process did not run itself is no evidence against
 * the other one, so a gap in the own timers starts the measurement again.
 */
export class StallClock implements Disposable {
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  #lastTick: number;
  #since: number | null = null;

  /** `now` in milliseconds, from a clock that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#lastTick = now();
    this.#timer = setInterval(() => this.tick(), TICK_MS);
    this.#timer.unref();
  }

  /** Looks for a gap. The timer calls it; a reader may call it too, after its own timer fired first. */
  tick(): void {
    const now = this.#now();
    if (now - this.#lastTick > TICK_MS + GAP_MS && this.#since !== null) this.#since = now;
    this.#lastTick = now;
  }

  /** The other side is silent, from now on if it was not before. */
  silent(): void {
    this.#since ??= this.#now();
  }

  /** The other side gave a sign of life. */
  alive(): void {
    this.#since = null;
  }

  /** For how many milliseconds it has been silent; 0 when it is not. */
  get silence(): number {
    this.tick();
    return this.#since === null ? 0 : this.#now() - this.#since;
  }

  dispose(): void {
    clearInterval(this.#timer);
  }
}
