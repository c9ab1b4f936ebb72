/** Reports come at most this often. Milliseconds. */
const REPORT_DELAY = 200;

/**
 * Watches which messages are really on screen and reports the newest of them, as long as the document is visible. A message taller
 * than the screen counts when it fills half of it.
 */
export class SeenTracker {
  readonly #report: (seq: number, hasFocus: boolean) => void;
  readonly #observer: IntersectionObserver;
  readonly #onScreen = new Map<Element, number>();
  readonly #again = (): void => {
    this.#reported = 0;
    this.#schedule();
  };
  #reported = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(root: Element, report: (seq: number, hasFocus: boolean) => void) {
    this.#report = report;
    this.#observer = new IntersectionObserver((entries) => this.#take(entries), {
      root,
      threshold: [0, 0.25, 0.5, 0.75, 1],
    });
    document.addEventListener('visibilitychange', this.#again);
    // The host only counts what is on screen while the window is looked at: tell it again when that begins.
    window.addEventListener('focus', this.#again);
  }

  /** Watches an element whose `data-seq` tells its message. Watching it twice is no harm. */
  watch(element: Element): void {
    this.#observer.observe(element);
  }

  /** Another room or another profile: what was on screen is not, and what is has been told to nobody. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#observer.disconnect();
    this.#onScreen.clear();
    this.#reported = 0;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#observer.disconnect();
    document.removeEventListener('visibilitychange', this.#again);
    window.removeEventListener('focus', this.#again);
  }

  #take(entries: readonly IntersectionObserverEntry[]): void {
    for (const entry of entries) {
      const screen = entry.rootBounds?.height ?? 0;
      const shown =
        entry.intersectionRatio >= 0.99 || (screen > 0 && entry.intersectionRect.height >= screen / 2);
      if (entry.isIntersecting && shown) {
        this.#onScreen.set(entry.target, Number(entry.target.getAttribute('data-seq')));
      } else {
        this.#onScreen.delete(entry.target);
        if (!entry.target.isConnected) this.#observer.unobserve(entry.target);
      }
    }
    this.#schedule();
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (document.visibilityState !== 'visible') return;
      const newest = Math.max(0, ...this.#onScreen.values());
      if (newest <= this.#reported) return;
      this.#reported = newest;
      this.#report(newest, document.hasFocus());
    }, REPORT_DELAY);
  }
}
