import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Message } from '../../src/model/entities.ts';
import { type Fault, sentenceOf } from '../faults.ts';
import { Formats, untilMidnight } from '../format.ts';
import type { PageView } from '../state/page-view.ts';
import type { RoomPage } from '../state/room-page.ts';
import { type Row, rowsOf } from '../state/rows.ts';
import { t } from '../strings.ts';
import { controls } from '../styles/controls.ts';
import { pageStyles } from '../styles/page.ts';
import { placeholderStyles } from '../styles/placeholder.ts';
import { tokens } from '../styles/tokens.ts';
import type { Composer } from './composer.ts';
import './composer.ts';
import './header.ts';
import './message-list.ts';
import './notice.ts';
import { placeholders } from './skeleton.ts';

/** Spoken announcements are gathered for this long, so that a burst of messages is one sentence. Milliseconds. */
const ANNOUNCE_DELAY = 1_000;
/** Characters of a message that are announced. */
const ANNOUNCE_LENGTH = 200;

/** The whole page: header, messages, composer, and one line of state that never makes the layout jump. */
@customElement('lc-page')
export class ChatPage extends LitElement {
  static override styles = [tokens, controls, placeholderStyles, pageStyles];

  @property({ attribute: false }) accessor page: RoomPage | null = null;
  @state() accessor #view: PageView | null = null;
  @state() accessor #fault: Fault | null = null;
  @state() accessor #announcement = '';
  @query('lc-composer') accessor #composer!: Composer | null;

  #formats = new Formats('en');
  #rows: readonly Row[] = [];
  #rowsFrom: readonly unknown[] = [];
  #arrived: readonly Message[] = [];
  #focusWanted = false;

  /** Connects the page with what it shows. Called once, by the composition root. */
  show(page: RoomPage): void {
    this.page = page;
    page.onDidChange(() => {
      this.#fault = page.view === null ? page.trouble : null;
      this.#take(page.view);
    });
    page.onDidAdd((messages) => this.#gather(messages));
    page.onDidAskFocus(() => this.#focusComposer());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') page.flush();
    });
    window.addEventListener('pagehide', () => page.flush());
    this.#watchMidnight();
  }

  protected override render(): TemplateResult {
    const view = this.#view;
    if (view === null) {
      return html`<lc-header></lc-header>
        <main class="waiting">
          ${this.#fault === null ? placeholders(5, t('list.loading')) : this.#nothingToShow(this.#fault)}
        </main>
        <div class="status"></div>`;
    }
    const label = `${view.room.kind === 'direct' || view.label.startsWith('#') ? '' : '#'}${view.label}`;
    return html`
      <lc-header .page=${this.page} .view=${view} .formats=${this.#formats}></lc-header>
      <main @lc-leave-list=${this.#focusComposer}>
        <lc-message-list
          .page=${this.page}
          .view=${view}
          .rows=${this.#rows}
          .formats=${this.#formats}
          .label=${label}
        ></lc-message-list>
        ${this.#trouble(view)}
        ${
          view.room.archived
            ? html`<lc-notice
                .sign=${'archive'}
                .sentence=${t('room.archived')}
                .action=${t('room.restore')}
                .run=${() => this.page?.run('restoreRoom')}
              ></lc-notice>`
            : html`<lc-composer
                .page=${this.page}
                .view=${view}
                .formats=${this.#formats}
                .label=${label}
              ></lc-composer>`
        }
      </main>
      <div class="status quiet cut" role="status">${this.#status(view)}</div>
      <div class="only-spoken" aria-live="polite">${this.#announcement}</div>
    `;
  }

  protected override updated(): void {
    this.toggleAttribute('data-ready', this.#view !== null);
    if (this.#focusWanted) this.#focusComposer();
  }

  #nothingToShow(fault: Fault): TemplateResult {
    return html`<lc-notice
      .sign=${'error'}
      .sentence=${sentenceOf(fault)}
      .action=${t('menu.openRoom')}
      .run=${() => this.page?.run('openRoom')}
    ></lc-notice>`;
  }

  /** What does not pass by itself: one sentence and the way to the log. */
  #trouble(view: PageView): TemplateResult | typeof nothing {
    const { state, fault } = view.connection;
    if (!view.hostAlive || (state !== 'unreachable' && state !== 'readonly')) return nothing;
    const sentence =
      fault === null
        ? t(`connection.${state}Plain`)
        : t(`connection.${state}`, { reason: sentenceOf(fault) });
    return html`<lc-notice
      .sign=${state === 'unreachable' ? 'error' : 'warning'}
      .sentence=${sentence}
      .action=${t('connection.showLog')}
      .run=${() => this.page?.run('showLog')}
    ></lc-notice>`;
  }

  #status(view: PageView): string {
    if (!view.hostAlive) return t('connection.reconnecting');
    switch (view.connection.state) {
      case 'connecting':
        return t('connection.connecting');
      case 'reconnecting':
        return t('connection.reconnecting');
      case 'ready':
      case 'readonly':
      case 'unreachable':
        return '';
    }
  }

  #take(view: PageView | null): void {
    if (view === null) return;
    if (view.settings.locale !== this.#view?.settings.locale)
      this.#formats = new Formats(view.settings.locale);
    this.setAttribute('place', view.place);
    const from = [view.history.messages, view.pending, view.me, view.unreadAfter];
    // The same rows keep the list from rendering when something else of the page changed.
    if (from.some((part, index) => part !== this.#rowsFrom[index])) {
      this.#rowsFrom = from;
      this.#rows = rowsOf({
        messages: view.history.messages,
        pending: view.pending,
        me: view.me,
        unreadAfter: view.unreadAfter,
      });
    }
    this.#view = view;
  }

  /** What came is told to those who cannot see it: the text of one message, the count of several. Loading history says nothing. */
  #gather(messages: readonly Message[]): void {
    const byOthers = messages.filter((message) => message.senderId !== this.#view?.me);
    if (byOthers.length === 0) return;
    if (this.#arrived.length === 0) setTimeout(() => this.#announce(), ANNOUNCE_DELAY);
    this.#arrived = [...this.#arrived, ...byOthers];
  }

  #announce(): void {
    const [one, ...more] = this.#arrived;
    const count = this.#arrived.length;
    this.#arrived = [];
    if (one === undefined || this.#view === null) return;
    const name = this.#view.profiles.get(one.senderId)?.name ?? t('message.unknownSender');
    this.#announcement =
      more.length === 0
        ? t('announce.message', { name, text: one.content.slice(0, ANNOUNCE_LENGTH) })
        : t('announce.many', { count, label: this.#view.label });
  }

  readonly #focusComposer = (): void => {
    this.#focusWanted = this.#composer === null;
    this.#composer?.focusField();
  };

  /** "Today" becomes "Yesterday" while the page stands open. */
  #watchMidnight(): void {
    setTimeout(
      () => {
        this.#rows = [...this.#rows];
        this.requestUpdate();
        this.#watchMidnight();
      },
      untilMidnight(new Date()) + 1_000,
    );
  }
}
