import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { icon } from '../icons.ts';
import { highlight, languageName, whenIdle } from '../markdown/highlight.ts';
import { t } from '../strings.ts';
import { LightElement } from './light-element.ts';

/** A block of more lines than this is folded… */
const FOLD_BEYOND = 14;
/** …to this many. The style sheet has the same number in its height. */
const FOLDED_LINES = 12;
/** How often colouring is begun that turns out to take too long. */
const COLOUR_TRIES = 3;
/** How long a button says that it has copied. Milliseconds. */
export const COPIED_SHOWN = 1_500;

/** Asks whoever holds the wire to the host to copy. */
export class CopyCodeEvent extends Event {
  static readonly type = 'lc-copy-code';
  readonly text: string;
  /** Called when the text is in the clipboard. */
  readonly done: () => void;

  constructor(text: string, done: () => void) {
    super(CopyCodeEvent.type, { bubbles: true, composed: true });
    this.text = text;
    this.done = done;
  }
}

/** Says that something is about to change its height on the reader's wish: what is on screen shall stay where it is. */
export class FoldEvent extends Event {
  static readonly type = 'lc-fold';
  constructor() {
    super(FoldEvent.type, { bubbles: true, composed: true });
  }
}

/** A card of code. It takes its code from the text it is created with, and its language from `data-language`. */
@customElement('lc-code-block')
export class CodeBlock extends LightElement {
  @state() accessor #folded = true;
  @state() accessor #markup: string | null = null;
  @state() accessor #copied = false;
  #code: string | null = null;

  override connectedCallback(): void {
    if (this.#code === null) {
      this.#code = this.textContent;
      this.replaceChildren();
      whenIdle(() => this.#colour(COLOUR_TRIES));
    }
    super.connectedCallback();
  }

  protected override render(): TemplateResult {
    const code = this.#code ?? '';
    const tag = this.dataset['language'] ?? '';
    const lines = code.split('\n').length;
    const long = lines > FOLD_BEYOND;
    const folded = long && this.#folded;
    return html`<div class="card" dir="ltr">
      <div class="card-head">
        ${icon('code')}
        <span class="cut">${languageName(tag) ?? (tag || t('code.plain'))}</span>
        ${long ? html`<span class="quiet fact">${t('code.lines', { count: lines })}</span>` : nothing}
        <span class="grow"></span>
        <button
          class="icon-button"
          type="button"
          tabindex="-1"
          title=${this.#copied ? t('message.copied') : t('code.copy')}
          aria-label=${this.#copied ? t('message.copied') : t('code.copy')}
          @click=${this.#copy}
        >
          ${icon(this.#copied ? 'check' : 'copy')}
        </button>
      </div>
      <pre
        class=${folded ? 'folded' : ''}
      ><code>${this.#markup === null ? code : unsafeHTML(this.#markup)}</code></pre>
      ${long ? this.#foldButton(folded, lines) : nothing}
    </div>`;
  }

  #foldButton(folded: boolean, lines: number): TemplateResult {
    const label = folded ? t('code.unfold', { count: lines - FOLDED_LINES }) : t('code.fold');
    return html`<button
      class="card-foot"
      type="button"
      tabindex="-1"
      aria-expanded=${!folded}
      @click=${this.#toggle}
    >
      ${icon(folded ? 'chevron-down' : 'chevron-up')}<span>${label}</span>
    </button>`;
  }

  #colour(tries: number): void {
    if (!this.isConnected) return;
    const { markup, late } = highlight(this.#code ?? '', this.dataset['language'] ?? '');
    if (late && tries > 1) whenIdle(() => this.#colour(tries - 1));
    else this.#markup = markup;
  }

  readonly #toggle = (): void => {
    this.dispatchEvent(new FoldEvent());
    this.#folded = !this.#folded;
  };

  readonly #copy = (): void => {
    this.dispatchEvent(
      new CopyCodeEvent(this.#code ?? '', () => {
        this.#copied = true;
        setTimeout(() => {
          this.#copied = false;
        }, COPIED_SHOWN);
      }),
    );
  };
}
