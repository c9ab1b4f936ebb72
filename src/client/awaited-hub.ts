import type { Disposable } from '../common/disposable.ts';

/** Until a hub that handed over is given up, from its word to the claim of its successor. Milliseconds. */
const AWAITED_MS = 2_000;
/** From the end of such a hub on, the change is no news for so long. Milliseconds. */
const QUIET_MS = 1_000;

/** What a client knows of a hub that hands over: who comes next, and that it is no reason for alarm. */
export class AwaitedHub implements Disposable {
  readonly #now: () => number;
  #until = 0;
  #isOther = false;
  #quiet: NodeJS.Timeout | undefined;

  /** `now` in milliseconds, from a clock that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The hub named its successor: this client, or another. */
  announced(isOther: boolean): void {
    this.#until = this.#now() + AWAITED_MS;
    this.#isOther = isOther;
  }

  /** Whether another client begins the next hub just now, so that this one had better wait. */
  get isElsewhere(): boolean {
    return this.#isOther && this.#isAwaited;
  }

  /** The connection ended. `tell` is called at once, or, while a successor is awaited, when it has not come for a while. */
  lost(tell: () => void): void {
    if (this.#isAwaited) {
      this.#quiet ??= setTimeout(tell, QUIET_MS);
      return;
    }
    this.settled();
    tell();
  }

  /** A hub serves this client, or something else is told about it. */
  settled(): void {
    clearTimeout(this.#quiet);
    this.#quiet = undefined;
  }

  dispose(): void {
    this.settled();
  }

  get #isAwaited(): boolean {
    return this.#now() < this.#until;
  }
}
