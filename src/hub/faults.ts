import type { Clock } from '../core/ports.ts';
import type { ErrorCode } from '../model/errors.ts';

export interface Fault {
  readonly timestamp: string;
  readonly code: ErrorCode;
}

const KEPT = 20;

/** The last faults a hub met, for status: codes and times, never what was being written. */
export class FaultList {
  readonly #clock: Clock;
  #faults: readonly Fault[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Newest last. */
  get all(): readonly Fault[] {
    return this.#faults;
  }

  add(code: ErrorCode): void {
    const timestamp = new Date(this.#clock.now()).toISOString();
    this.#faults = [...this.#faults, { timestamp, code }].slice(-KEPT);
  }
}
