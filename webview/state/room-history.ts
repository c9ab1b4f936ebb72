import type { Message } from '../../src/model/entities.ts';
import { countsAsUnread } from '../../src/model/unread.ts';
import { addLive, addNewer, addOlder, type HistoryWindow, PAGE_LIMIT } from './history.ts';
import type { Edges, EdgeState } from './page-view.ts';
import type { Shown } from './shown.ts';

/** Which messages to load; with neither bound, the newest. */
export interface HistoryQuestion {
  readonly roomId: string;
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly limit: number;
}
type Bounds = Pick<HistoryQuestion, 'before' | 'after'>;
type Load = (question: HistoryQuestion) => Promise<HistoryWindow>;

const QUIET: Edges = { older: 'quiet', newer: 'quiet' };

/**
 * The stretch of the room's messages that is on the page, and how it grows. It never has a gap: an answer is joined only to the
 * very stretch it was asked for.
 */
export class RoomHistory {
  readonly #load: Load;
  readonly #shown: Shown;
  #roomId = '';
  #window: HistoryWindow = { messages: [], reachedStart: true, reachedEnd: true };
  #edges: Edges = QUIET;
  #missed = 0;
  /** The highest seq known of the room, on the page or not. */
  #newest = 0;
  #following = true;
  /** Grows when the stretch is replaced, or loses the end that something is being loaded for: that answer fits no more. */
  #generation = 0;

  constructor(load: Load, shown: Shown) {
    this.#load = load;
    this.#shown = shown;
  }

  get state(): { history: HistoryWindow; edges: Edges; missed: number } {
    return { history: this.#window, edges: this.#edges, missed: this.#missed };
  }

  get newest(): number {
    return this.#newest;
  }

  isStored(id: string): boolean {
    return this.#window.messages.some((message) => message.id === id);
  }

  /** A snapshot of the host, about to be shown. `anew`: another room, opened at its end or where reading stopped. */
  open(roomId: string, window: HistoryWindow, lastSeq: number, anew: boolean): void {
    this.#roomId = roomId;
    this.#newest = Math.max(lastSeq, lastOf(window));
    this.#missed = 0;
    if (anew) this.#following = true;
    this.#replace(window);
  }

  /** The end is on screen and followed, or not. */
  follow(following: boolean): void {
    this.#following = following;
    if (!following || !this.#window.reachedEnd || this.#missed === 0) return;
    this.#missed = 0;
    this.#show();
  }

  /** Takes new messages. Returns those that were not known, in the page or beyond it. */
  add(messages: readonly Message[], me: string): readonly Message[] {
    const fresh = messages.filter((message) => message.seq > this.#newest);
    this.#newest = Math.max(this.#newest, ...messages.map((message) => message.seq));
    const first = this.#window.messages[0]?.id;
    this.#window = addLive(this.#window, messages, this.#following);
    if (first !== undefined && this.#window.messages[0]?.id !== first) this.#abandon();
    if (!this.#following || !this.#window.reachedEnd)
      this.#missed += fresh.filter((message) => countsAsUnread(message, me)).length;
    this.#show();
    return fresh;
  }

  loadOlder(): void {
    if (this.#loading || this.#window.reachedStart) return;
    void this.#grow('older', { before: this.#window.messages[0]?.seq });
  }

  loadNewer(): void {
    if (this.#loading || this.#window.reachedEnd) return;
    void this.#grow('newer', { after: this.#window.messages.at(-1)?.seq });
  }

  /** Goes to the end, through the newest page if the end had been dropped. */
  async showNewest(): Promise<void> {
    if (!this.#window.reachedEnd) {
      const generation = this.#abandon();
      const page = await this.#ask({});
      if (generation !== this.#generation) return;
      if (page === null) this.#edges = { ...this.#edges, newer: 'failed' };
      else this.#replace({ ...page, reachedEnd: page.reachedEnd && lastOf(page) >= this.#newest });
      this.#show();
    }
    // Where it could not be reached, the end of what is there offers to try again.
    this.#shown.place('end');
  }

  /** Goes to a message, through the pages around it if it is not there. */
  async reveal(seq: number): Promise<void> {
    if (!this.#has(seq)) {
      const generation = this.#abandon();
      const [before, after] = await Promise.all([this.#ask({ before: seq + 1 }), this.#ask({ after: seq })]);
      if (generation !== this.#generation || before === null || after === null) return;
      this.#replace(addNewer(before, after, this.#newest));
      this.#show();
    }
    if (this.#has(seq)) this.#shown.place({ seq });
  }

  /** What failed may work now: scrolling asks again. */
  forgetFailures(): void {
    if (this.#edges.older === 'failed') this.#mark('older', 'quiet');
    if (this.#edges.newer === 'failed') this.#mark('newer', 'quiet');
  }

  /** One at a time: what is added at one end may push off the other, to which the second answer was to be joined. */
  get #loading(): boolean {
    return this.#edges.older === 'loading' || this.#edges.newer === 'loading';
  }

  #has(seq: number): boolean {
    return this.#window.messages.some((message) => message.seq === seq);
  }

  async #grow(edge: 'older' | 'newer', from: Bounds): Promise<void> {
    const generation = this.#generation;
    this.#mark(edge, 'loading');
    const page = await this.#ask(from);
    if (generation !== this.#generation) return;
    if (page !== null) {
      this.#window =
        edge === 'older' ? addOlder(this.#window, page) : addNewer(this.#window, page, this.#newest);
    }
    this.#mark(edge, page === null ? 'failed' : 'quiet');
  }

  /** Null when it failed, for whatever reason: the edge then offers to try again. */
  #ask(bounds: Bounds): Promise<HistoryWindow | null> {
    return this.#load({ roomId: this.#roomId, limit: PAGE_LIMIT, ...bounds }).catch(() => null);
  }

  #replace(window: HistoryWindow): void {
    this.#window = window;
    this.#edges = QUIET;
    this.#generation += 1;
  }

  /** Whatever is being loaded is of no use any more. Returns the generation that begins. */
  #abandon(): number {
    const quiet = (state: EdgeState): EdgeState => (state === 'loading' ? 'quiet' : state);
    this.#edges = { older: quiet(this.#edges.older), newer: quiet(this.#edges.newer) };
    this.#generation += 1;
    return this.#generation;
  }

  #mark(edge: 'older' | 'newer', state: EdgeState): void {
    this.#edges = { ...this.#edges, [edge]: state };
    this.#show();
  }

  #show(): void {
    this.#shown.update(this.state);
  }
}

function lastOf(window: HistoryWindow): number {
  return window.messages.at(-1)?.seq ?? 0;
}
