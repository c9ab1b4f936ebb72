import { type Disposable, toDisposable } from './disposable.ts';

/** Subscribes `listener`; disposing the result unsubscribes it. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/**
 * A typed, synchronous event source. Listeners run in the order of their subscription; one that subscribes or unsubscribes
 * during a `fire` takes effect with the next one. A listener that throws does not keep the others from being told: its error
 * goes to `onError`; without one the first error is thrown again once all have run.
 */
export class Emitter<T> implements Disposable {
  readonly #onError: ((error: unknown) => void) | undefined;
  #listeners: readonly ((value: T) => void)[] = [];

  constructor(onError?: (error: unknown) => void) {
    this.#onError = onError;
  }

  readonly event: Event<T> = (listener) => {
    // A fresh function per subscription: the same listener may be subscribed twice and is then removed one by one.
    const entry = (value: T): void => listener(value);
    this.#listeners = [...this.#listeners, entry];
    return toDisposable(() => {
      this.#listeners = this.#listeners.filter((other) => other !== entry);
    });
  };

  fire(value: T): void {
    const failures: unknown[] = [];
    for (const listener of this.#listeners) {
      try {
        listener(value);
      } catch (error) {
        if (this.#onError === undefined) failures.push(error);
        else this.#onError(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  dispose(): void {
    this.#listeners = [];
  }
}
