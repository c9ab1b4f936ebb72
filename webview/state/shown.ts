import type { Disposable } from '../../src/common/disposable.ts';
import { Emitter } from '../../src/common/emitter.ts';
import type { PageFrame, PageView, PageWait, Placement } from './page-view.ts';

/** What is on screen. All that know a part of it put it together here; the components look at nothing else. */
export class Shown implements Disposable {
  readonly #changed = new Emitter<void>();
  #now: PageView | PageWait | null = null;
  #lastTurn = 0;

  readonly onDidChange = this.#changed.event;

  /** Null until the host has answered once. */
  get now(): PageView | PageWait | null {
    return this.#now;
  }

  /** The room, if one is on screen. */
  get room(): PageView | null {
    return this.#now?.shows === 'room' ? this.#now : null;
  }

  show(now: PageView | PageWait): void {
    this.#now = now;
    this.#changed.fire();
  }

  /** Changes what is there with and without a room. */
  frame(change: Partial<PageFrame>): void {
    if (this.#now !== null) this.show({ ...this.#now, ...change });
  }

  /** Changes the room that is on screen; nothing without one. */
  update(change: Partial<Omit<PageView, 'shows'>>): void {
    if (this.room !== null) this.show({ ...this.room, ...change });
  }

  /** Marks an order that is to be carried out once. */
  nextTurn(): number {
    this.#lastTurn += 1;
    return this.#lastTurn;
  }

  /** Sends the list to a place, once. */
  place(to: Placement['to']): void {
    this.update({ placement: { turn: this.nextTurn(), to } });
  }

  /** Puts a text into the composer, once: from then on it is the person's. */
  write(text: string): void {
    this.update({ draft: { turn: this.nextTurn(), text } });
  }

  /** Something beside it changed that decides what is on screen. */
  touch(): void {
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
