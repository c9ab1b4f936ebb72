import type { Disposable } from '../common/disposable.ts';
import { toChatError } from '../model/errors.ts';
import type { StallClock } from './stall-clock.ts';

const BEAT_MS = 500;
/** Without an answer for this long the connection is given up, and a fresh one probes whether the hub still runs. */
const GIVE_UP_MS = 2_000;

/**
 * Asks the hub for a sign of life twice a second. A stopped process keeps its connections open and silent; only asking tells
 * it from a quiet one.
 */
export class Heartbeat implements Disposable {
  readonly #timer: NodeJS.Timeout;
  #asking = false;

  constructor(ping: () => Promise<unknown>, stall: StallClock, giveUp: () => void) {
    const ask = async (): Promise<void> => {
      this.#asking = true;
      stall.silent();
      try {
        await ping();
        stall.alive();
      } catch (error) {
        // A refusal is a sign of life, too. Of a closed connection its holder hears by itself.
        if (toChatError(error).code !== 'CONNECTION_CLOSED') stall.alive();
      } finally {
        this.#asking = false;
      }
    };
    this.#timer = setInterval(() => {
      if (!this.#asking) void ask();
      else if (stall.silence >= GIVE_UP_MS) giveUp();
    }, BEAT_MS);
  }

  dispose(): void {
    clearInterval(this.#timer);
  }
}
