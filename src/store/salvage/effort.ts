import { setImmediate as nextTurn } from 'node:timers/promises';

/** As with a replay: other work of the thread runs at least this often, in milliseconds. */
const TURN = 20;

/**
 * What may be spent on guessing, in bytes that are hashed: nobody wants to wait minutes for a chat. A gibibyte takes about a
 * second.
 */
export class Effort {
  #left: number;
  #turnStarted = performance.now();

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** False when it is used up. */
  spend(bytes: number): boolean {
    // Each hash costs a little by itself.
    this.#left -= bytes + 512;
    return this.#left >= 0;
  }

  async breathe(): Promise<void> {
    if (performance.now() - this.#turnStarted < TURN) return;
    await nextTurn();
    this.#turnStarted = performance.now();
  }
}
