import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { icon } from '../icons.ts';
import { controls } from '../styles/controls.ts';

export interface MenuItem {
  readonly label: string;
  readonly run: () => void;
  /** True for the first item of a group: a line stands before it. */
  readonly group?: boolean;
}

/** Distance of the menu from the edge of the page. Pixels. */
const EDGE = 8;

/**
 * A "…" button with its menu. The menu is in the top layer; Escape, a click elsewhere and leaving it with Tab close it. That the
 * button is the menu's own is told to the browser: to a click handler, a click that closes would be one elsewhere, and open it again.
 */
@customElement('lc-menu')
export class Menu extends LitElement {
  static override styles = [
    controls,
    css`
      .menu {
        position: fixed;
        inset: auto;
        margin: 0;
        min-width: 180px;
        max-width: calc(100vw - 16px);
        padding: 4px;
        border: 1px solid var(--vscode-menu-border, var(--lc-frame));
        border-radius: var(--lc-radius);
        background: var(--vscode-menu-background, var(--lc-float));
        color: var(--vscode-menu-foreground, var(--lc-text));
        box-shadow: var(--lc-shadow);
        font-size: var(--lc-size);
      }
      .menu button {
        display: block;
        width: 100%;
        padding: 2px 16px;
        border: 0;
        border-radius: var(--lc-radius-small);
        background: transparent;
        color: inherit;
        font: inherit;
        line-height: 22px;
        text-align: start;
        cursor: pointer;
      }
      .menu button:hover,
      .menu button:focus-visible {
        background: var(--vscode-menu-selectionBackground, var(--lc-hover));
        color: var(--vscode-menu-selectionForeground, inherit);
        outline: 1px solid var(--vscode-menu-selectionBorder, transparent);
        outline-offset: -1px;
      }
      vscode-divider {
        margin: 4px 0;
      }
    `,
  ];

  @property({ attribute: false }) accessor items: readonly MenuItem[] = [];
  @property({ attribute: false }) accessor label = '';
  @state() accessor #open = false;
  @query('.icon-button', true) accessor #button!: HTMLButtonElement;
  @query('.menu', true) accessor #menu!: HTMLElement;

  protected override render(): TemplateResult {
    return html`<button
        class="icon-button"
        type="button"
        aria-haspopup="menu"
        aria-expanded=${this.#open}
        aria-label=${this.label}
        title=${this.label}
        popovertarget="menu"
      >
        ${icon('ellipsis')}
      </button>
      <div
        id="menu"
        class="menu"
        popover="auto"
        role="menu"
        aria-label=${this.label}
        @beforetoggle=${this.#toggles}
        @toggle=${this.#toggled}
        @keydown=${this.#onKeyDown}
      >
        ${this.items.map((item) => this.#item(item))}
      </div>`;
  }

  #item(item: MenuItem): TemplateResult {
    return html`${item.group === true ? html`<vscode-divider role="separator"></vscode-divider>` : nothing}
      <button type="button" role="menuitem" tabindex="-1" @click=${() => this.#choose(item)}>
        ${item.label}
      </button>`;
  }

  /** The browser gives the focus back to the button only outside of a shadow root; it would be nowhere. */
  readonly #toggles = (event: ToggleEvent): void => {
    if (event.newState === 'closed' && this.#menu.matches(':focus-within')) this.#button.focus();
  };

  readonly #toggled = (event: ToggleEvent): void => {
    this.#open = event.newState === 'open';
    if (!this.#open) return;
    const anchor = this.#button.getBoundingClientRect();
    // Through the object model: a style attribute would break the page's policy.
    this.#menu.style.top = `${anchor.bottom + 2}px`;
    this.#menu.style.right = `${Math.max(EDGE, window.innerWidth - anchor.right)}px`;
    this.#buttons()[0]?.focus();
  };

  #choose(item: MenuItem): void {
    this.#menu.hidePopover();
    item.run();
  }

  #buttons(): readonly HTMLButtonElement[] {
    return [...this.#menu.querySelectorAll('button')];
  }

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    const buttons = this.#buttons();
    const at = buttons.findIndex((button) => button.matches(':focus'));
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (next !== undefined) {
      buttons.at(next % buttons.length)?.focus();
      event.preventDefault();
    } else if (event.key === 'Tab') {
      this.#menu.hidePopover();
    }
  };
}
