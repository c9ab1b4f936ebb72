import { setImmediate as nextTurn } from 'node:timers/promises';
import { assertNever } from '../common/assert-never.ts';
import { type Deferred, deferred } from '../common/deferred.ts';
import type { Logger } from '../common/logger.ts';
import type { Decision } from '../core/decision.ts';
import type { Clock, EventDraft, Ledger } from '../core/ports.ts';
import type { Acknowledgement } from '../model/commands.ts';
import { ChatError, toChatError } from '../model/errors.ts';
import { limits } from '../model/limits.ts';
import { FencedError } from '../store/errors.ts';
import type { Committed, EventOrigin, Group, Store } from '../store/store.ts';
import { afterAnswers } from './after-answers.ts';

/** Commands that become durable with one sync, at most. */
const GROUP_COMMANDS = 64;
/** Milliseconds after which a group takes no further command: everybody waits for it. */
const GROUP_MS = 10;
/** The longest event, encoded: content of which every byte is escaped as six, and what stands around it. */
const EVENT_BYTES = 6 * limits.contentBytes + 4 * 1024;
/** A group that holds this many bytes of events takes no further command: with one more it still goes out in one frame. */
const GROUP_BYTES = limits.pageBytes - EVENT_BYTES;

/** Something to be decided by the rules and stored. */
export interface Proposal {
  readonly origin: EventOrigin;
  /** @throws ChatError when the rules refuse it. */
  readonly decide: (ledger: Ledger) => Decision;
}

/** What the loop needs from its hub. */
export interface CommitHost {
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: Store;
  /** Whether what is synced counts. */
  fence(): boolean;
  /** Why nothing can be written now; null when it can. */
  readonly refusal: ChatError | null;
  /** A group is durable and acknowledged; it is sent out now. */
  onCommitted(committed: Committed): void;
  /** A younger hub leads. Nothing of the group may be told to anybody. */
  onFenced(): void;
  /** A group could not be written. The loop goes on when this resolves: with the group, unless there is a `refusal`. */
  onStorageFault(error: ChatError): Promise<void>;
}

type Outcome = { readonly ok: Acknowledgement } | { readonly error: ChatError };

interface Waiting {
  readonly proposal: Proposal;
  readonly answer: Deferred<Acknowledgement>;
  /** Whether it was in a group that could not be written. */
  readonly isSecondTry: boolean;
}

type Job = Waiting | { readonly run: () => Promise<void> };

/**
 * The one place where the store is written. Commands that arrive while a group is being synced form the next group; one group
 * is written only after the one before it is durable, acknowledged and sent out. Work that needs the store to stand still runs
 * between two groups.
 */
export class CommitLoop {
  readonly #host: CommitHost;
  readonly #jobs: Job[] = [];
  #started = false;
  #running = false;
  #stopped = false;

  constructor(host: CommitHost) {
    this.#host = host;
  }

  /** Until it is called, everything waits. */
  start(): void {
    this.#started = true;
    this.#wake();
  }

  /** What waits is refused with CONNECTION_CLOSED, and so is everything after. */
  stop(): void {
    this.#stopped = true;
    for (const job of this.#jobs.splice(0)) {
      if ('answer' in job) job.answer.reject(new ChatError('CONNECTION_CLOSED'));
      else void job.run();
    }
  }

  /** Resolves once what the rules made of it is durable and this hub still leads; rejects with a ChatError. */
  propose(proposal: Proposal): Promise<Acknowledgement> {
    const answer = deferred<Acknowledgement>();
    this.#enqueue({ proposal, answer, isSecondTry: false });
    return answer.promise;
  }

  /** Runs `work` between two groups. Others wait for it, so it must not wait for the outside. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const answer = deferred<T>();
    const run = async (): Promise<void> => {
      try {
        if (this.#stopped) throw new ChatError('CONNECTION_CLOSED');
        answer.resolve(await work());
      } catch (error) {
        answer.reject(toChatError(error));
      }
    };
    this.#enqueue({ run });
    return answer.promise;
  }

  /**
   * Stores events of the hub itself and sends them out. Only within {@link exclusive}, or before {@link start}.
   *
   * @throws ChatError when they could not be stored; CONNECTION_CLOSED when this hub does not lead any more.
   */
  async store(drafts: readonly EventDraft[]): Promise<void> {
    const { refusal } = this.#host;
    if (refusal !== null) throw refusal;
    const result = await this.#commit((group) => {
      for (const draft of drafts) group.add(draft, { sessionId: null, profileId: null });
    });
    if (result instanceof ChatError) throw result;
    this.#publish(result);
  }

  #enqueue(job: Job): void {
    if (this.#stopped) {
      if ('answer' in job) job.answer.reject(new ChatError('CONNECTION_CLOSED'));
      else void job.run();
      return;
    }
    this.#jobs.push(job);
    this.#wake();
  }

  #wake(): void {
    if (!this.#started || this.#running || this.#stopped) return;
    this.#running = true;
    // In the next turn, so that all commands that came in with this one are in the same group.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    for (let job = this.#jobs[0]; job !== undefined; job = this.#jobs[0]) {
      if ('run' in job) {
        this.#jobs.shift();
        await job.run();
      } else {
        await this.#runGroup();
      }
    }
    this.#running = false;
  }

  async #runGroup(): Promise<void> {
    const { refusal } = this.#host;
    if (refusal !== null) {
      for (const { answer } of this.#takeWaiting(Infinity)) answer.reject(refusal);
      return;
    }
    const settled: { waiting: Waiting; outcome: Outcome }[] = [];
    const end = performance.now() + GROUP_MS;
    const result = await this.#commit((group) => {
      while (settled.length < GROUP_COMMANDS && group.stagedBytes < GROUP_BYTES && performance.now() < end) {
        const [waiting] = this.#takeWaiting(1);
        if (waiting === undefined) return;
        settled.push({ waiting, outcome: this.#stage(group, waiting.proposal) });
      }
    });
    if (result instanceof ChatError) {
      this.#tryAgain(
        settled.map(({ waiting }) => waiting),
        result,
      );
      return;
    }
    for (const { waiting, outcome } of settled) {
      if ('ok' in outcome) waiting.answer.resolve(outcome.ok);
      else waiting.answer.reject(outcome.error);
    }
    await afterAnswers();
    this.#publish(result);
    // Meanwhile the next group gathers.
    await nextTurn();
  }

  /**
   * Whether a group that could not be written is on disk all the same is known once its hub has taken over from itself. So it
   * is decided once more there: what was stored is known by its id, the rest is written now. Where nothing can be written, or
   * not for the second time either, the senders hear why.
   */
  #tryAgain(group: readonly Waiting[], error: ChatError): void {
    const again = this.#stopped || this.#host.refusal !== null ? [] : group.filter((one) => !one.isSecondTry);
    // Who leads now may have found the group; asked there, its senders get to know.
    const reason = this.#stopped ? new ChatError('CONNECTION_CLOSED') : error;
    for (const waiting of group) if (!again.includes(waiting)) waiting.answer.reject(reason);
    this.#jobs.unshift(...again.map((waiting) => ({ ...waiting, isSecondTry: true })));
  }

  /** Commands at the head of the queue, up to the first piece of exclusive work. */
  #takeWaiting(most: number): Waiting[] {
    const taken: Waiting[] = [];
    for (let job = this.#jobs[0]; job !== undefined && taken.length < most; job = this.#jobs[0]) {
      if ('run' in job) break;
      this.#jobs.shift();
      taken.push(job);
    }
    return taken;
  }

  #stage(group: Group, { decide, origin }: Proposal): Outcome {
    const { store, clock, log } = this.#host;
    try {
      const decision = decide(store.ledger);
      switch (decision.kind) {
        case 'event': {
          const { seq, timestamp } = group.add(decision.draft, origin);
          return { ok: { seq, timestamp, subject: decision.draft.subject } };
        }
        case 'known':
          return { ok: decision.acknowledgement };
        case 'unchanged': {
          const timestamp = new Date(clock.now()).toISOString();
          return { ok: { seq: store.ledger.lastSeq, timestamp, subject: decision.subject } };
        }
        default:
          return assertNever(decision);
      }
    } catch (error) {
      const fault = toChatError(error);
      // Not its detail: it may quote what somebody wrote.
      if (fault.code === 'INTERNAL') log.log('error', 'a command failed', { code: fault.code });
      return { error: fault };
    }
  }

  /** The group, or why there is none; then the hub has been told already. */
  async #commit(stage: (group: Group) => void): Promise<Committed | ChatError> {
    try {
      return this.#host.store.commit(stage, () => this.#host.fence());
    } catch (error) {
      if (error instanceof FencedError) {
        this.#host.onFenced();
        return new ChatError('CONNECTION_CLOSED');
      }
      const fault = toChatError(error);
      await this.#host.onStorageFault(fault);
      return fault;
    }
  }

  #publish(committed: Committed): void {
    if (committed.events.length > 0 && !this.#stopped) this.#host.onCommitted(committed);
  }
}
