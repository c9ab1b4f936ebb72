import { ChatError } from '../model/errors.ts';

/** A time by which something has to be done, in whatever number of attempts. */
export class Patience {
  readonly #seconds: number;
  readonly #end: number;

  /** `ms` from now; `Infinity` never ends. */
  constructor(ms: number) {
    this.#seconds = ms / 1000;
    this.#end = performance.now() + ms;
  }

  get isEndless(): boolean {
    return this.#end === Infinity;
  }

  get isOver(): boolean {
    return performance.now() >= this.#end;
  }

  /** Settles as `value` does, or rejects with TIMEOUT when the time is over first. */
  async limit<T>(value: Promise<T>): Promise<T> {
    if (this.isEndless) return value;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      const left = Math.max(0, this.#end - performance.now());
      timer = setTimeout(() => reject(new ChatError('TIMEOUT', { seconds: this.#seconds })), left);
    });
    try {
      return await Promise.race([value, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }
}
