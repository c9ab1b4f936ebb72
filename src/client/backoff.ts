/** Growing pauses between attempts, in milliseconds, with ±20 % of chance so that many processes do not march in step. */
export class Backoff {
  readonly #first: number;
  readonly #last: number;
  #next: number;

  constructor(first: number, last: number) {
    this.#first = first;
    this.#last = last;
    this.#next = first;
  }

  /** The pause before the next attempt; each one is twice the one before, up to the last. */
  next(): number {
    const pause = this.#next;
    this.#next = Math.min(this.#next * 2, this.#last);
    return Math.round(pause * (0.8 + Math.random() * 0.4));
  }

  reset(): void {
    this.#next = this.#first;
  }
}

/** Resolves after `ms` milliseconds, or at once when `signal` aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish);
  });
}
