import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Formats } from '../format.ts';
import { icon } from '../icons.ts';
import { type PageView, type Placement, sameSeat, type Seat, seatOf } from '../state/page-view.ts';
import type { RoomPage } from '../state/room-page.ts';
import type { Row } from '../state/rows.ts';
import { t } from '../strings.ts';
import { codeStyles } from '../styles/code.ts';
import { controls } from '../styles/controls.ts';
import { listStyles } from '../styles/list.ts';
import { markdownStyles } from '../styles/markdown.ts';
import { messageStyles } from '../styles/message.ts';
import { palette } from '../styles/palette.ts';
import { FoldEvent } from './code-block.ts';
import './empty-room.ts';
import { MessageElement, messageLabel } from './message.ts';
import { MessageKeys } from './message-keys.ts';
import { ScrollKeeper } from './scroll-keeper.ts';
import { SeenTracker } from './seen-tracker.ts';
import { placeholders } from './skeleton.ts';

/** More messages are asked for when less than this many screens of them are left. */
const SCREENS_AHEAD = 2;
/** Where the unread line and a revealed message come to stand, as a share of the screen's height. */
const PLACE_AT = 0.2;
/** How long a revealed message is marked. Milliseconds. */
const REVEAL_SHOWN = 2_000;

/** The messages of the room. It owns what is about the screen: scrolling, the keyboard's place, what has been seen. */
@customElement('lc-message-list')
export class MessageList extends LitElement {
  static override styles = [controls, palette, listStyles, messageStyles, markdownStyles, codeStyles];

  @property({ attribute: false }) accessor page: RoomPage | null = null;
  @property({ attribute: false }) accessor view: PageView | null = null;
  @property({ attribute: false }) accessor rows: readonly Row[] = [];
  @property({ attribute: false }) accessor formats: Formats | null = null;
  @property({ attribute: false }) accessor label = '';
  @state() accessor #following = true;
  @state() accessor #active: string | null = null;
  @state() accessor #revealed: number | null = null;
  @query('.scroller', true) accessor #scroller!: HTMLElement;
  @query('.content', true) accessor #content!: HTMLElement;

  #keeper: ScrollKeeper | null = null;
  #seen: SeenTracker | null = null;
  #resizes: ResizeObserver | null = null;
  #placed = 0;
  #seat: Seat | null = null;
  readonly #keys = new MessageKeys({
    items: () => this.#messages(),
    leave: () => this.dispatchEvent(new Event('lc-leave-list', { bubbles: true, composed: true })),
    end: () => this.page?.showNewest(),
  });

  protected override firstUpdated(): void {
    this.#keeper = new ScrollKeeper(
      this.#scroller,
      () => this.#messages(),
      (following) => {
        this.#following = following;
        this.page?.follow(following);
      },
    );
    this.#seen = new SeenTracker(this.#scroller, (seq, hasFocus) => this.page?.seen(seq, hasFocus));
    this.#resizes = new ResizeObserver(() => this.#settle());
    this.#resizes.observe(this.#scroller);
    this.#resizes.observe(this.#content);
    this.#scroller.addEventListener(FoldEvent.type, (event) => {
      const [card] = event.composedPath();
      if (card instanceof Element) this.#keeper?.hold(card);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#seen?.dispose();
    this.#resizes?.disconnect();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('rows') || changed.has('view')) {
      this.#keeper?.changing(this.view?.history.reachedEnd === true);
    }
    const messages = this.rows.filter((row) => row.kind === 'message');
    if (this.#active === null || !messages.some((row) => row.key === this.#active)) {
      this.#active = messages.at(-1)?.key ?? null;
    }
  }

  protected override updated(): void {
    if (this.view !== null && !sameSeat(this.#seat, seatOf(this.view))) {
      this.#seat = seatOf(this.view);
      this.#seen?.reset();
    }
    for (const item of this.#messages()) {
      if (item.dataset['seq'] !== undefined) this.#seen?.watch(item);
    }
    // The messages render after this, in the same task; the layout is known in the next frame, before it is painted.
    requestAnimationFrame(() => this.#settle());
  }

  protected override render(): TemplateResult {
    const { view } = this;
    const empty =
      view !== null && this.rows.length === 0 && view.history.reachedStart && view.history.reachedEnd;
    return html`
      <div
        class="scroller"
        role="log"
        aria-live="off"
        aria-label=${t('list.label', { label: this.label })}
        aria-busy=${view !== null && Object.values(view.edges).includes('loading')}
        @scroll=${this.#onScroll}
        @keydown=${this.#keys.onKeyDown}
        @focusin=${this.#onFocus}
      >
        <div class="content">
          ${this.#olderEdge()}${repeat(
            this.rows,
            (row) => row.key,
            (row) => this.#row(row),
          )}
          ${this.#newerEdge()}
          ${
            empty
              ? html`<lc-empty-room
                  .label=${this.label}
                  .direct=${view.room.kind === 'direct'}
                  .writable=${!view.room.archived}
                ></lc-empty-room>`
              : nothing
          }
        </div>
      </div>
      ${this.#jump()}
    `;
  }

  /** Its height is there before it is needed, so that nothing moves when loading begins. */
  #olderEdge(): TemplateResult | typeof nothing {
    const { view } = this;
    if (view === null || view.history.reachedStart) return nothing;
    if (view.edges.older === 'failed')
      return this.#failure(t('list.olderFailed'), () => this.page?.loadOlder());
    return placeholders(2, t('list.loadingOlder'));
  }

  #newerEdge(): TemplateResult | typeof nothing {
    const { view } = this;
    if (view === null || view.history.reachedEnd) return nothing;
    if (view.edges.newer === 'failed')
      return this.#failure(t('list.newerFailed'), () => this.page?.loadNewer());
    return view.edges.newer === 'loading' ? placeholders(2, t('list.loadingNewer')) : nothing;
  }

  #failure(sentence: string, again: () => void): TemplateResult {
    return html`<div class="edge">
      <span class="quiet" role="status">${sentence}</span>
      <button class="pill" type="button" @click=${again}>${t('message.retry')}</button>
    </div>`;
  }

  #row(row: Row): TemplateResult {
    switch (row.kind) {
      case 'day': {
        const label = this.formats?.day(row.timestamp, new Date()) ?? '';
        return html`<div class="line" role="separator" aria-label=${label}><span>${label}</span></div>`;
      }
      case 'unread':
        return html`<div class="line unread" role="separator" aria-label=${t('list.unreadLabel')}>
          <span>${t('list.unread')}</span>
        </div>`;
      case 'message':
        return this.#message(row);
    }
  }

  #message({ message, first }: Extract<Row, { kind: 'message' }>): TemplateResult {
    const author = this.view?.profiles.get(message.senderId);
    const active = message.id === this.#active;
    const label = this.formats === null ? '' : messageLabel(message, author, this.formats);
    return html`<lc-message
      role="article"
      aria-label=${label}
      tabindex=${active ? 0 : -1}
      data-id=${message.id}
      data-seq=${message.seq ?? nothing}
      data-delivery=${message.delivery}
      ?data-first=${first}
      ?data-revealed=${message.seq !== null && message.seq === this.#revealed}
      .page=${this.page}
      .message=${message}
      .author=${author}
      .formats=${this.formats}
      .first=${first}
      .active=${active}
    ></lc-message>`;
  }

  #jump(): TemplateResult | typeof nothing {
    const missed = this.view?.missed ?? 0;
    const away = !this.#following || this.view?.history.reachedEnd === false;
    if (!away || this.rows.length === 0) return nothing;
    const label = missed > 0 ? t('list.jumpCount', { count: missed }) : t('list.jump');
    return html`<button
      class="jump"
      type="button"
      aria-label=${label}
      title=${t('list.jump')}
      @click=${() => this.page?.showNewest()}
    >
      ${icon('arrow-down')}${missed > 0 ? html`<span>${label}</span>` : nothing}
    </button>`;
  }

  #messages(): readonly MessageElement[] {
    return [...this.#content.children].filter((child) => child instanceof MessageElement);
  }

  readonly #onFocus = (event: FocusEvent): void => {
    const item = event.composedPath().find((node) => node instanceof MessageElement);
    if (item instanceof MessageElement) this.#active = item.dataset['id'] ?? null;
  };

  readonly #onScroll = (): void => {
    this.#keeper?.scrolled();
    this.#loadAhead();
  };

  #settle(): void {
    const { view } = this;
    if (view === null || this.#keeper === null || !this.isConnected) return;
    if (this.#placed === view.placement.turn) this.#keeper.settle();
    else if (this.#place(view.placement.to)) this.#placed = view.placement.turn;
    this.#loadAhead();
  }

  /** Returns false when what is asked for is not there (yet). */
  #place(to: Placement['to']): boolean {
    if (to === 'end') {
      this.#keeper?.toEnd();
      return true;
    }
    const target =
      to === 'unread'
        ? this.#content.querySelector<HTMLElement>('.unread')
        : this.#content.querySelector<HTMLElement>(`[data-seq="${to.seq}"]`);
    if (target === null) {
      if (to === 'unread') this.#keeper?.toEnd();
      return to === 'unread';
    }
    this.#keeper?.to(target, PLACE_AT);
    if (to !== 'unread') this.#markRevealed(to.seq, target);
    return true;
  }

  #markRevealed(seq: number, target: HTMLElement): void {
    this.#revealed = seq;
    target.focus({ preventScroll: true });
    setTimeout(() => {
      if (this.#revealed === seq) this.#revealed = null;
    }, REVEAL_SHOWN);
  }

  #loadAhead(): void {
    const { view } = this;
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    if (view === null || clientHeight === 0) return;
    // After a failure only the person's Retry asks again: a scroll event would do so for ever.
    const { older, newer } = view.edges;
    const ahead = clientHeight * SCREENS_AHEAD;
    if (newer === 'quiet' && scrollHeight - clientHeight - scrollTop < ahead) this.page?.loadNewer();
    if (older === 'quiet' && scrollTop < ahead) this.page?.loadOlder();
  }
}
