import type { ChatError } from '../model/errors.ts';
import type { Ballast } from '../store/ballast.ts';
import { isWritable } from '../store/disk-room.ts';
import type { HubTimes } from './hub-options.ts';

/** From the beginning of a hub to its first look after the ballast, and between two of them: a command ends sooner. */
const FIRST_FILL_MS = 2_000;
const NEXT_FILL_MS = 60_000;
/** The longest pause between two attempts while the disk seems to have room and to be writable. */
const LONGEST_WITH_ROOM_MS = 10_000;

/**
 * Looks after the disk beneath a hub, once a second: makes the ballast while there is plenty of room, and where nothing can be
 * written says when to try again. That is at once when a disk that was full has room, or one that was read-only is writable;
 * else after pauses that double.
 */
export class DiskWatch {
  readonly #directory: string;
  readonly #ballast: Ballast;
  readonly #times: HubTimes;
  /** Whether the hub may change the directory now. */
  readonly #mayWrite: () => boolean;
  #nextFill = performance.now() + FIRST_FILL_MS;
  #pause: number;
  #nextAttempt = 0;
  #wasShut = false;
  #isLooking = false;

  constructor(directory: string, ballast: Ballast, times: HubTimes, mayWrite: () => boolean) {
    this.#directory = directory;
    this.#ballast = ballast;
    this.#times = times;
    this.#mayWrite = mayWrite;
    this.#pause = times.retryMs;
  }

  /** An attempt to write has failed. */
  failed(error: ChatError): void {
    const { longestRetryMs } = this.#times;
    this.#nextAttempt = performance.now() + this.#pause;
    const longest = isSeen(error) ? Math.min(longestRetryMs, LONGEST_WITH_ROOM_MS) : longestRetryMs;
    this.#pause = Math.min(this.#pause * 2, longest);
  }

  /** What was written is on disk. */
  worked(): void {
    this.#pause = this.#times.retryMs;
    this.#wasShut = false;
  }

  /** Whether writing should be tried now. `refusal`: why it was given up; null as long as it works. */
  async look(refusal: ChatError | null): Promise<boolean> {
    if (this.#isLooking) return false;
    this.#isLooking = true;
    try {
      if (refusal === null) {
        await this.#fillIfDue();
        return false;
      }
      return await this.#isTimeToTry(refusal);
    } finally {
      this.#isLooking = false;
    }
  }

  async #fillIfDue(): Promise<void> {
    if (performance.now() < this.#nextFill) return;
    this.#nextFill = performance.now() + NEXT_FILL_MS;
    await this.#ballast.fill(true, this.#mayWrite);
  }

  async #isTimeToTry(refusal: ChatError): Promise<boolean> {
    if (isSeen(refusal)) {
      if (!isWritable(this.#directory)) this.#wasShut = true;
      else {
        // Also where it is not enough for all of it: what is set aside nobody else takes.
        await this.#ballast.fill(false, this.#mayWrite);
        if (!this.#ballast.hasRoom) this.#wasShut = true;
        else if (this.#wasShut) {
          this.worked();
          return true;
        }
      }
      if (this.#wasShut) return false;
    }
    return performance.now() >= this.#nextAttempt;
  }
}

/** Whether one can see from outside that it is over. What a broken disk will do shows only when it is tried. */
function isSeen({ code }: ChatError): boolean {
  return code === 'STORAGE_FULL' || code === 'STORAGE_READONLY';
}
