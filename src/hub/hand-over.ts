import type { Disposable } from '../common/disposable.ts';
import { type Deferred, deferred } from '../common/deferred.ts';
import type { Logger } from '../common/logger.ts';
import type { Session } from '../model/entities.ts';
import { successors } from '../model/succession.ts';
import { isNewerVersion } from '../model/version.ts';
import type { HubState } from '../protocol/handshake.ts';
import type { Sessions } from './sessions.ts';

/** For all attempts of a hub that ends: whoever waits for the end of its process does so for no longer. Milliseconds. */
const HAND_OVER_MS = 1_500;
/** Between two looks for the successor's claim. What is asked meanwhile has to wait for the successor anyway. */
const LOOK_MS = 10;

/** What became of a hand-over. `gone`: the successor went before it had claimed. `late`: it did not claim in time. */
type HandOverEnd = 'taken' | 'gone' | 'late';

export interface HandOverHost {
  readonly log: Logger;
  readonly sessions: Sessions;
  readonly state: HubState;
  /** Of this program. */
  readonly version: string;
  /** The epoch after which the successor begins. */
  readonly epoch: number;
  fence(): boolean;
  /** Another leads. */
  onFenced(): void;
}

interface Waiting {
  readonly successor: string;
  readonly until: number;
  readonly answer: Deferred<HandOverEnd>;
}

/**
 * A hand-over of the hub while it still serves. One of its sessions is named to all of them; that one begins the next epoch, as
 * if this hub were dead, and the others know whom to wait for. With the successor's claim this hub is fenced like any other that
 * was taken over from; until then it goes on as ever. So nothing rests on it: a successor that never comes costs the time that
 * was waited for it.
 */
export class HandOver implements Disposable {
  readonly #host: HandOverHost;
  #waiting: Waiting | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isOver = false;

  constructor(host: HandOverHost) {
    this.#host = host;
  }

  get isUnderWay(): boolean {
    return this.#waiting !== null;
  }

  /** For a hub that ends: tries those who may follow, one after the other, and resolves when one does, or none. */
  async toAnybody(): Promise<void> {
    const until = performance.now() + HAND_OVER_MS;
    // A window asked for it just before.
    await this.#waiting?.answer.promise;
    const tried = new Set<string>();
    while (!this.#isOver && this.#host.state === 'ready' && performance.now() < until) {
      const next = successors(this.#host.sessions.all, process.pid).find(
        ({ id, version }) => version !== undefined && !tried.has(id),
      );
      if (next === undefined) return;
      tried.add(next.id);
      if ((await this.#to(next, until)) === 'taken') return;
    }
  }

  /** A window asks for it. Begins with it, or returns false; two of different versions must not play ball with the hub. */
  toWindow(session: Session): boolean {
    const { state, version } = this.#host;
    const isBetter = session.surface === 'window' && isNewerVersion(session.version ?? '', version);
    if (!isBetter || state !== 'ready' || this.isUnderWay) return false;
    void this.#to(session, performance.now() + HAND_OVER_MS);
    return true;
  }

  /** The hub is over, most often because the successor leads. */
  dispose(): void {
    this.#isOver = true;
    this.#settle('taken');
  }

  #to({ id, pid, version = '' }: Session, until: number): Promise<HandOverEnd> {
    const { log, sessions, epoch } = this.#host;
    log.log('info', 'handing over', { session: id, pid, version, epoch });
    const answer = deferred<HandOverEnd>();
    this.#waiting = { successor: id, until, answer };
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    sessions.tell('handOver', { epoch, sessionId: id });
    return answer.promise;
  }

  #look(): void {
    if (this.#waiting === null) return;
    const { successor, until } = this.#waiting;
    if (!this.#host.fence()) this.#host.onFenced();
    else if (!this.#host.sessions.has(successor)) this.#settle('gone');
    else if (performance.now() >= until) this.#settle('late');
  }

  #settle(end: HandOverEnd): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting === null) return;
    if (end !== 'taken') this.#host.log.log('info', 'nobody took over', { end });
    waiting.answer.resolve(end);
  }
}
