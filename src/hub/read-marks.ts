import { type Deferred, deferred } from '../common/deferred.ts';
import type { Disposable } from '../common/disposable.ts';
import type { Acknowledgement, CommandParams } from '../model/commands.ts';
import { ChatError, toChatError } from '../model/errors.ts';

/** One durable mark per profile and room in this time, in milliseconds. */
const INTERVAL_MS = 1_000;

type Mark = (upTo: number) => Promise<Acknowledgement>;

interface Lane {
  timer: NodeJS.Timeout;
  /** What came in since the last durable mark. */
  next: { upTo: number; mark: Mark; answer: Deferred<Acknowledgement> } | null;
}

/**
 * Reading along in a busy room moves the mark with every message, in every window of a profile; each one as an event would
 * double the log. The first mark is stored at once; those that follow within a second become one at its end. A request is
 * answered when the mark that includes its own is durable, so an answer means the same as everywhere else.
 */
export class ReadMarks implements Disposable {
  readonly #lanes = new Map<string, Lane>();

  /** `mark` stores it; of several that are merged the last one's is called, with the highest `upTo`. */
  async mark(profileId: string, params: CommandParams<'read.mark'>, mark: Mark): Promise<Acknowledgement> {
    const { roomId, upTo } = params;
    const key = `${profileId} ${roomId}`;
    const lane = this.#lanes.get(key);
    if (lane === undefined) {
      this.#lanes.set(key, { timer: this.#startTimer(key), next: null });
      return mark(upTo);
    }
    const { next } = lane;
    const answer = next?.answer ?? deferred<Acknowledgement>();
    lane.next = { upTo: Math.max(upTo, next?.upTo ?? 0), mark, answer };
    return answer.promise;
  }

  dispose(): void {
    for (const { timer, next } of this.#lanes.values()) {
      clearTimeout(timer);
      next?.answer.reject(new ChatError('CONNECTION_CLOSED'));
    }
    this.#lanes.clear();
  }

  #startTimer(key: string): NodeJS.Timeout {
    return setTimeout(() => void this.#flush(key), INTERVAL_MS);
  }

  async #flush(key: string): Promise<void> {
    const lane = this.#lanes.get(key);
    if (lane === undefined) return;
    const { next } = lane;
    if (next === null) {
      this.#lanes.delete(key);
      return;
    }
    lane.next = null;
    lane.timer = this.#startTimer(key);
    try {
      next.answer.resolve(await next.mark(next.upTo));
    } catch (error) {
      next.answer.reject(toChatError(error));
    }
  }
}
