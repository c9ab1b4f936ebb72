import type { MessageElement } from './message.ts';

/** What the keys need of the list. */
export interface MessageKeysTarget {
  items(): readonly MessageElement[];
  /** Escape: back to the composer. */
  leave(): void;
  /** End: the newest message may not be loaded. */
  end(): void;
}

/**
 * The keyboard's way through the messages. Up, Down, Home and End move between messages; Enter goes to what can be done with one,
 * Left and Right move there, and Escape leads back, one step at a time.
 */
export class MessageKeys {
  readonly #target: MessageKeysTarget;

  constructor(target: MessageKeysTarget) {
    this.#target = target;
  }

  readonly onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const path = event.composedPath();
    const items = this.#target.items();
    const at = items.findIndex((item) => path.includes(item));
    const current = items[at];
    if (current === undefined) return;
    const inside = path[0] !== current;
    const handled =
      (inside && this.#inside(event.key, current, path[0])) || this.#between(event.key, items, at, inside);
    if (handled) event.preventDefault();
  };

  #between(key: string, items: readonly MessageElement[], at: number, inside: boolean): boolean {
    switch (key) {
      case 'ArrowUp':
        return focusItem(items[at - 1]);
      case 'ArrowDown':
        return focusItem(items[at + 1]);
      case 'Home':
        return focusItem(items[0]);
      case 'End':
        this.#target.end();
        return focusItem(items.at(-1));
      case 'ContextMenu':
        items[at]?.focusActions();
        return true;
      case 'Enter':
        // On a link or a button it is theirs.
        if (!inside) items[at]?.focusActions();
        return !inside;
      case 'Escape':
        this.#target.leave();
        return true;
      default:
        return false;
    }
  }

  #inside(key: string, current: MessageElement, from: EventTarget | undefined): boolean {
    switch (key) {
      case 'Escape':
        current.focus();
        return true;
      case 'ArrowRight':
        return step(from, 1);
      case 'ArrowLeft':
        return step(from, -1);
      default:
        return false;
    }
  }
}

function focusItem(item: MessageElement | undefined): boolean {
  item?.focus({ preventScroll: true });
  item?.scrollIntoView({ block: 'nearest' });
  return true;
}

/** To the next or previous button of the same row of buttons, round its ends. */
function step(from: EventTarget | undefined, by: 1 | -1): boolean {
  if (!(from instanceof HTMLElement)) return false;
  const row = from.closest('.toolbar, .delivery');
  const buttons = [...(row?.querySelectorAll('button') ?? [])];
  const at = buttons.findIndex((button) => button === from);
  if (at < 0) return false;
  buttons[(at + by + buttons.length) % buttons.length]?.focus();
  return true;
}
