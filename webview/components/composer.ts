import { LitElement, html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { limits } from '../../src/model/limits.ts';
import type { Formats } from '../format.ts';
import { icon } from '../icons.ts';
import { endsInCode } from '../markdown/fence.ts';
import { byteLength } from '../state/draft.ts';
import type { PageView } from '../state/page-view.ts';
import type { RoomPage } from '../state/room-page.ts';
import { t } from '../strings.ts';
import { composerStyles } from '../styles/composer.ts';
import { controls } from '../styles/controls.ts';
import { AnnounceEvent } from './announcer.ts';

/** From this share of the limit on the composer shows how many bytes there are. */
const NEAR_LIMIT = 0.9;

const isMac = navigator.platform.startsWith('Mac');

/** The field in which a message is written, with its tools inside. */
@customElement('lc-composer')
export class Composer extends LitElement {
  static override styles = [controls, composerStyles];

  @property({ attribute: false }) accessor page: RoomPage | null = null;
  @property({ attribute: false }) accessor view: PageView | null = null;
  @property({ attribute: false }) accessor formats: Formats | null = null;
  @property({ attribute: false }) accessor label = '';
  @state() accessor #bytes = 0;
  @state() accessor #blank = true;
  @query('textarea', true) accessor #field!: HTMLTextAreaElement;
  #turn = 0;

  /** Also right after it was made, when there is no field yet. */
  focusField(): void {
    void this.updateComplete.then(() => this.#field.focus());
  }

  protected override render(): TemplateResult {
    const tooLong = this.#tooLong;
    const label = t('composer.label', { label: this.label });
    return html`<div class="field" data-problem=${tooLong ? 'too-long' : ''} @mousedown=${this.#onMouseDown}>
      <textarea
        rows="1"
        dir="auto"
        spellcheck="true"
        aria-label=${label}
        aria-describedby="hint"
        aria-invalid=${tooLong}
        placeholder=${label}
        @input=${this.#onInput}
        @keydown=${this.#onKeyDown}
      ></textarea>
      <div class="tools">
        <button
          class="icon-button"
          type="button"
          aria-label=${t('composer.code')}
          title=${t('composer.code')}
          @click=${this.#insertCode}
        >
          ${icon('code')}
        </button>
        <span class="grow"></span>
        <span id="hint" class="quiet hint cut">${this.#hint()}</span>
        <button
          class="send"
          type="button"
          aria-label=${t('composer.send')}
          title=${t('composer.send')}
          ?disabled=${!this.#canSend()}
          @click=${this.#send}
        >
          ${icon('send')}
        </button>
      </div>
    </div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const draft = this.view?.draft;
    if (!changed.has('view') || draft === undefined || draft.turn === this.#turn) return;
    this.#turn = draft.turn;
    // Setting an equal text would still move the caret.
    if (this.#field.value === draft.text) return;
    this.#field.value = draft.text;
    this.#measure();
  }

  get #tooLong(): boolean {
    return this.#bytes > limits.contentBytes;
  }

  #hint(): string {
    const actual = this.formats?.number(this.#bytes) ?? this.#bytes;
    const limit = this.formats?.number(limits.contentBytes) ?? limits.contentBytes;
    if (this.#tooLong) return t('composer.tooLong', { actual, limit });
    if (this.#bytes > limits.contentBytes * NEAR_LIMIT) return t('composer.nearLimit', { actual, limit });
    if (this.view?.settings.enterSends !== false) return t('composer.hintEnter');
    return t('composer.hintModEnter', { key: isMac ? '⌘' : 'Ctrl' });
  }

  #canSend(): boolean {
    const { view } = this;
    if (view === null || this.#blank || this.#tooLong) return false;
    return view.hostAlive && view.connection.state !== 'readonly';
  }

  #measure(): void {
    const text = this.#field.value;
    const tooLong = this.#tooLong;
    this.#blank = text.trim() === '';
    this.#bytes = byteLength(text);
    // Once, when it becomes so: the count that goes on with each key is for the eye.
    if (this.#tooLong && !tooLong) this.dispatchEvent(new AnnounceEvent(this.#hint()));
  }

  readonly #onInput = (): void => {
    this.#measure();
    this.page?.typed(this.#field.value);
  };

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes, Enter picks a candidate. Some report only the code 229.
    if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229) return;
    const enterSends = this.view?.settings.enterSends !== false;
    const modified = event.ctrlKey || event.metaKey;
    const sends = modified || (enterSends && !event.shiftKey && !event.altKey && !this.#inCode());
    if (!sends) return;
    event.preventDefault();
    this.#send();
  };

  /** Whether the caret is in a code block that is not closed before it: there a line follows, not the end of the message. */
  #inCode(): boolean {
    return endsInCode(this.#field.value.slice(0, this.#field.selectionStart));
  }

  readonly #send = (): void => {
    this.#measure();
    if (!this.#canSend() || this.page?.send(this.#field.value) !== true) return;
    this.#field.value = '';
    this.#measure();
    this.#field.focus();
  };

  /** A click beside the text, on the frame or between the tools, is meant for the text. */
  readonly #onMouseDown = (event: MouseEvent): void => {
    const target = event.composedPath()[0];
    if (!(target instanceof Element) || target.closest('button, textarea') !== null) return;
    event.preventDefault();
    this.#field.focus();
  };

  /** Puts what is selected into a code block, in a way that Undo takes back. */
  readonly #insertCode = (): void => {
    const field = this.#field;
    const { selectionStart, selectionEnd, value } = field;
    const selected = value.slice(selectionStart, selectionEnd);
    const before = selectionStart === 0 || value[selectionStart - 1] === '\n' ? '' : '\n';
    const after = selectionEnd === value.length || value[selectionEnd] === '\n' ? '' : '\n';
    const fence = '`'.repeat(Math.max(3, ...[...selected.matchAll(/`+/g)].map(([run]) => run.length + 1)));
    const opening = `${before}${fence}\n`;
    field.focus();
    document.execCommand('insertText', false, `${opening}${selected}\n${fence}${after}`);
    const caret = selectionStart + opening.length;
    field.setSelectionRange(caret, caret + selected.length);
    this.#onInput();
  };
}
