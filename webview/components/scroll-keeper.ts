/** This close to the end counts as being there. Pixels. */
const END_TOLERANCE = 16;

/** A shown element, and how far one of its edges was from the upper edge of the viewport. */
interface Anchor {
  readonly element: Element;
  readonly edge: 'top' | 'bottom';
  readonly at: number;
}

/**
 * Keeps what is being read where it is while content grows and shrinks around it: at the end it follows the end, elsewhere the first
 * visible message stays at its place to the pixel. The browser's own scroll anchoring is off, it would correct twice.
 *
 * The lower edge is the anchor because a message that loses its avatar line (an older one of the same author was put in
 * front of it) changes at its upper one.
 */
export class ScrollKeeper {
  readonly #scroller: HTMLElement;
  readonly #items: () => readonly HTMLElement[];
  readonly #onFollow: (following: boolean) => void;
  #following = true;
  #canFollow = true;
  #anchor: Anchor | null = null;
  /** True from a change of the content until its layout has been corrected. */
  #dirty = false;
  #lastTop = 0;

  /** `items` gives the elements that can be anchors, in their order; `onFollow` hears when the end is reached or left. */
  constructor(
    scroller: HTMLElement,
    items: () => readonly HTMLElement[],
    onFollow: (following: boolean) => void,
  ) {
    this.#scroller = scroller;
    this.#items = items;
    this.#onFollow = onFollow;
  }

  get following(): boolean {
    return this.#following;
  }

  /** The content is about to change. `canFollow` is false when it does not reach the end of the room. */
  changing(canFollow: boolean): void {
    if (!this.#dirty && !this.#following) this.#capture();
    this.#dirty = true;
    this.#canFollow = canFollow;
    if (!canFollow && this.#following) {
      this.#capture();
      this.#follow(false);
    }
  }

  /** The content has its new layout: puts what was read back in its place. */
  settle(): void {
    const scroller = this.#scroller;
    if (this.#following) {
      scroller.scrollTop = scroller.scrollHeight;
    } else if (this.#anchor?.element.isConnected === true) {
      const moved = this.#edgeOf(this.#anchor.element, this.#anchor.edge) - this.#anchor.at;
      if (Math.abs(moved) >= 0.5) scroller.scrollTop += moved;
    }
    this.#lastTop = scroller.scrollTop;
    this.#dirty = false;
  }

  /** The person, or `settle`, scrolled. */
  scrolled(): void {
    const top = this.#scroller.scrollTop;
    const delta = top - this.#lastTop;
    this.#lastTop = top;
    if (this.#dirty) {
      // In the middle of a change positions mean nothing yet, only how far the person scrolled does.
      if (this.#following && delta < -1) {
        this.#capture();
        this.#follow(false);
      } else if (this.#anchor !== null) {
        this.#anchor = { ...this.#anchor, at: this.#anchor.at - delta };
      }
      return;
    }
    const atEnd = this.#atEnd();
    // Content that grew below is no reason to stop following; only a move upwards is.
    if (this.#following && !atEnd && delta >= -1) return;
    this.#capture();
    this.#follow(atEnd && this.#canFollow);
  }

  /** What the person opened will grow or shrink downwards: its upper edge stays where it is, even at the end. */
  hold(element: Element): void {
    this.#anchor = { element, edge: 'top', at: this.#edgeOf(element, 'top') };
    this.#follow(false);
  }

  toEnd(): void {
    this.#follow(this.#canFollow);
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#after();
  }

  /** Brings the upper edge of `element` to `share` (0…1) of the viewport's height. */
  to(element: HTMLElement, share: number): void {
    const scroller = this.#scroller;
    const offset = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    scroller.scrollTop += offset - share * scroller.clientHeight;
    this.#follow(this.#canFollow && this.#atEnd());
    this.#after();
  }

  #after(): void {
    this.#lastTop = this.#scroller.scrollTop;
    this.#dirty = false;
    this.#capture();
  }

  #atEnd(): boolean {
    const { scrollHeight, clientHeight, scrollTop } = this.#scroller;
    return scrollHeight - clientHeight - scrollTop <= END_TOLERANCE;
  }

  #follow(following: boolean): void {
    if (following === this.#following) return;
    this.#following = following;
    this.#onFollow(following);
  }

  #edgeOf(element: Element, edge: Anchor['edge']): number {
    return element.getBoundingClientRect()[edge] - this.#scroller.getBoundingClientRect().top;
  }

  /** The first item that reaches into the viewport, found by halving. */
  #capture(): void {
    const items = this.#items();
    let low = 0;
    let high = items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const item = items[middle];
      if (item !== undefined && this.#edgeOf(item, 'bottom') <= 0) low = middle + 1;
      else high = middle;
    }
    const element = items[low];
    this.#anchor =
      element === undefined ? null : { element, edge: 'bottom', at: this.#edgeOf(element, 'bottom') };
  }
}
