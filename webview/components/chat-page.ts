import { LitElement, html, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { type Fault, sentenceOf } from '../faults.ts';
import { Formats, untilMidnight } from '../format.ts';
import type { PageView, PageWait } from '../state/page-view.ts';
import type { RoomPage } from '../state/room-page.ts';
import { type Row, rowsOf } from '../state/rows.ts';
import { t } from '../strings.ts';
import { controls } from '../styles/controls.ts';
import { pageStyles } from '../styles/page.ts';
import { placeholderStyles } from '../styles/placeholder.ts';
import { tokens } from '../styles/tokens.ts';
import { AnnounceEvent, type Announcer } from './announcer.ts';
import './announcer.ts';
import { Arrivals } from './arrivals.ts';
import type { Composer } from './composer.ts';
import './composer.ts';
import { ConnectionLine, connectionNotice, passing } from './connection.ts';
import './header.ts';
import './message-list.ts';
import './notice.ts';
import { placeholders } from './skeleton.ts';

/** The whole page: header, messages, composer, and one line of state that never makes the layout jump. */
@customElement('lc-page')
export class ChatPage extends LitElement {
  static override styles = [tokens, controls, placeholderStyles, pageStyles];

  @property({ attribute: false }) accessor page: RoomPage | null = null;
  @state() accessor #now: PageView | PageWait | null = null;
  @state() accessor #fault: Fault | null = null;
  @query('lc-composer') accessor #composer!: Composer | null;
  @query('lc-announcer', true) accessor #announcer!: Announcer;

  #formats = new Formats('en');
  #rows: readonly Row[] = [];
  #rowsFrom: readonly unknown[] = [];
  #focusWanted = false;
  readonly #line = new ConnectionLine(() => this.#tellConnection());
  readonly #arrivals = new Arrivals(
    () => this.#room,
    (sentence) => this.#announcer.say(sentence),
  );

  /** Connects the page with what it shows. Called once, by the composition root. */
  show(page: RoomPage): void {
    this.page = page;
    page.onDidChange(() => this.#take(page));
    page.onDidAdd((messages) => this.#arrivals.take(messages));
    page.onDidAskFocus(() => this.#focusComposer());
    this.addEventListener(AnnounceEvent.type, this.#announce);
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') page.flush();
    });
    window.addEventListener('pagehide', () => page.flush());
    this.#takeConnection();
    this.#watchMidnight();
  }

  get #room(): PageView | null {
    return this.#now?.shows === 'room' ? this.#now : null;
  }

  protected override render(): TemplateResult {
    const view = this.#room;
    return html`
      <lc-header .page=${this.page} .view=${view} .formats=${this.#formats}></lc-header>
      ${view === null ? this.#waiting() : this.#talk(view)}
      <div class="status quiet cut" role="status">${this.#line.text}</div>
      <lc-announcer></lc-announcer>
    `;
  }

  protected override updated(): void {
    this.toggleAttribute('data-ready', this.#room !== null);
    if (this.#focusWanted) this.#focusComposer();
  }

  #talk(view: PageView): TemplateResult {
    const label = `${view.room.kind === 'direct' || view.label.startsWith('#') ? '' : '#'}${view.label}`;
    return html`<main @lc-leave-list=${this.#focusComposer}>
      <lc-message-list
        .page=${this.page}
        .view=${view}
        .rows=${this.#rows}
        .formats=${this.#formats}
        .label=${label}
      ></lc-message-list>
      ${connectionNotice(view, this.#showLog)}
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
    </main>`;
  }

  /** No room: it is on its way, or something stands against it. */
  #waiting(): TemplateResult {
    const state = this.#now?.connection.state;
    const comes = this.#fault === null && state !== 'unreachable' && state !== 'readonly';
    return html`<main class="waiting">
      ${comes ? placeholders(5, t('list.loading')) : this.#obstacle()}
    </main>`;
  }

  #obstacle(): unknown {
    if (this.#fault === null) return this.#now === null ? null : connectionNotice(this.#now, this.#showLog);
    return html`<lc-notice
      .sign=${'error'}
      .sentence=${sentenceOf(this.#fault)}
      .action=${t('menu.openRoom')}
      .run=${() => this.page?.run('openRoom')}
    ></lc-notice>`;
  }

  #take(page: RoomPage): void {
    const { now } = page;
    this.#fault = now?.shows === 'room' ? null : page.trouble;
    if (now !== null) this.#takePage(now);
    this.#takeConnection();
  }

  #takePage(now: PageView | PageWait): void {
    if (now.settings.locale !== this.#now?.settings.locale) this.#formats = new Formats(now.settings.locale);
    this.setAttribute('place', now.place);
    if (now.shows === 'room') this.#takeRows(now);
    this.#now = now;
  }

  #takeConnection(): void {
    const waited = this.#now?.hostAlive === false;
    this.#line.take(this.#fault === null ? passing(this.#now) : '', waited);
  }

  /** The same rows keep the list from rendering when something else of the page changed. */
  #takeRows(view: PageView): void {
    const from = [view.history.messages, view.pending, view.me, view.unreadAfter];
    if (from.every((part, index) => part === this.#rowsFrom[index])) return;
    this.#rowsFrom = from;
    this.#rows = rowsOf({
      messages: view.history.messages,
      pending: view.pending,
      me: view.me,
      unreadAfter: view.unreadAfter,
    });
  }

  #tellConnection(): void {
    this.requestUpdate();
    // An empty line says nothing, and those who heard of the trouble want to know.
    if (this.#line.text === '' && this.#room?.connection.state === 'ready')
      this.#announcer.say(t('connection.ready'));
  }

  readonly #announce = (event: Event): void => {
    if (event instanceof AnnounceEvent) this.#announcer.say(event.sentence);
  };

  readonly #showLog = (): void => this.page?.run('showLog');

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
