import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import type { Profile } from '../../src/model/entities.ts';
import { sentenceOf } from '../faults.ts';
import type { Formats } from '../format.ts';
import { icon } from '../icons.ts';
import { messageMarkup } from '../markdown/message-markup.ts';
import { spokenText } from '../markdown/spoken.ts';
import type { RoomPage } from '../state/room-page.ts';
import type { ShownMessage } from '../state/rows.ts';
import { t } from '../strings.ts';
import { AnnounceEvent } from './announcer.ts';
import { avatar } from './avatar.ts';
import { COPIED_SHOWN, CopyCodeEvent } from './code-block.ts';
import { LightElement } from './light-element.ts';

/** Characters of a message's text that are part of its name. */
const SPOKEN_LENGTH = 300;

/** What a screen reader says when it comes to a message: who, when, what, and how far it got. */
export function messageLabel(message: ShownMessage, author: Profile | undefined, formats: Formats): string {
  const name = author?.name ?? t('message.unknownSender');
  const time = formats.time(message.timestamp);
  const who =
    message.kind === 'person'
      ? t('message.label', { name, time })
      : t('message.labelKind', { name, kind: t(`kind.${message.kind}`), time });
  const label = t('message.labelText', { who, text: wordsOf(message) });
  const delivery = deliveryOf(message);
  return delivery === null ? label : t('message.labelDelivery', { message: label, delivery });
}

/** How far a message got that is not stored. */
function deliveryOf({ delivery, fault }: ShownMessage): string | null {
  switch (delivery) {
    case 'stored':
      return null;
    case 'sending':
      return t('message.sending');
    case 'failed':
      return t('message.notSent', { reason: fault === null ? '' : sentenceOf(fault) });
  }
}

/** The list asks for all names at each change, and the messages stay the same. */
const words = new WeakMap<ShownMessage, string>();

function wordsOf(message: ShownMessage): string {
  const known = words.get(message);
  if (known !== undefined) return known;
  const made = spokenText(message.content, SPOKEN_LENGTH);
  words.set(message, made);
  return made;
}

/** One message: avatar and name if it is the first of its group, the text, its delivery, and what can be done with it. */
@customElement('lc-message')
export class MessageElement extends LightElement {
  @property({ attribute: false }) accessor page: RoomPage | null = null;
  @property({ attribute: false }) accessor message: ShownMessage | null = null;
  @property({ attribute: false }) accessor author: Profile | undefined;
  @property({ attribute: false }) accessor formats: Formats | null = null;
  @property({ attribute: false }) accessor first = false;
  /** The one that the keyboard is at: only its links and buttons are stops of the Tab key. */
  @property({ attribute: false }) accessor active = false;
  @state() accessor #copied: 'text' | 'link' | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('click', this.#followLink);
    this.addEventListener('auxclick', this.#followLink);
    this.addEventListener(CopyCodeEvent.type, this.#copyCode);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener('click', this.#followLink);
    this.removeEventListener('auxclick', this.#followLink);
    this.removeEventListener(CopyCodeEvent.type, this.#copyCode);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { message, formats } = this;
    if (message === null || formats === null) return nothing;
    return html`
      <div class="side">${this.first ? this.#avatar(message) : this.#time(message, formats)}</div>
      <div class="main">
        ${this.first ? this.#head(message, formats) : nothing}
        <div class="text">${unsafeHTML(messageMarkup(message.id, message.content))}</div>
        ${this.#delivery(message)}
      </div>
      ${message.delivery === 'stored' ? this.#toolbar() : nothing}
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('active') && !changed.has('message')) return;
    for (const stop of this.querySelectorAll<HTMLElement>('a, button')) stop.tabIndex = this.active ? 0 : -1;
  }

  /** Puts the focus on the first of the message's actions. */
  focusActions(): void {
    this.querySelector<HTMLElement>('.toolbar button, .delivery button')?.focus();
  }

  #avatar(message: ShownMessage): TemplateResult {
    return avatar(message.kind, this.author?.name ?? t('message.unknownSender'), this.author);
  }

  #time(message: ShownMessage, formats: Formats): TemplateResult {
    return html`<time class="quiet" datetime=${message.timestamp} title=${formats.full(message.timestamp)}
      >${formats.time(message.timestamp)}</time
    >`;
  }

  #head(message: ShownMessage, formats: Formats): TemplateResult {
    return html`<div class="head">
      <bdi class="name">${this.author?.name ?? t('message.unknownSender')}</bdi>
      ${message.kind === 'person' ? nothing : html`<span class="kind">${t(`kind.${message.kind}`)}</span>`}
      ${this.#time(message, formats)}
    </div>`;
  }

  #delivery(message: ShownMessage): TemplateResult | typeof nothing {
    switch (message.delivery) {
      case 'stored':
        return nothing;
      case 'sending':
        return html`<span class="sending quiet" title=${deliveryOf(message)}
          >${icon('clockface')}<span class="only-spoken">${deliveryOf(message)}</span></span
        >`;
      case 'failed':
        return html`<div class="delivery" role="group">
          ${icon('error')}<span>${deliveryOf(message)}</span>
          <button class="pill" type="button" @click=${this.#retry}>${t('message.retry')}</button>
          <button class="pill" type="button" @click=${this.#takeBack}>${t('message.takeBack')}</button>
        </div>`;
    }
  }

  #toolbar(): TemplateResult {
    const copyButton = (what: 'text' | 'link'): TemplateResult => {
      const label = what === 'text' ? t('message.copyText') : t('message.copyLink');
      const copied = this.#copied === what;
      return html`<button
        class="icon-button"
        type="button"
        tabindex=${this.active ? 0 : -1}
        aria-label=${label}
        title=${copied ? t('message.copied') : label}
        @click=${() => this.#copy(what)}
      >
        ${icon(copied ? 'check' : what === 'text' ? 'copy' : 'link')}
      </button>`;
    };
    return html`<div class="toolbar" role="toolbar" aria-label=${t('message.actions')}>
      ${copyButton('text')}${copyButton('link')}
    </div>`;
  }

  #copy(what: 'text' | 'link'): void {
    const { message, page } = this;
    if (message === null || page === null) return;
    const copied = what === 'text' ? page.copyText(message.content) : page.copyLink(message.id);
    this.#whenCopied(copied, () => {
      this.#copied = what;
      setTimeout(() => {
        this.#copied = null;
      }, COPIED_SHOWN);
    });
  }

  readonly #copyCode = (event: Event): void => {
    if (event instanceof CopyCodeEvent && this.page !== null)
      this.#whenCopied(this.page.copyText(event.text), event.done);
  };

  #whenCopied(copied: Promise<void>, show: () => void): void {
    copied.then(
      () => {
        show();
        this.dispatchEvent(new AnnounceEvent(t('message.copied')));
      },
      // The sign of success stays away; the host tells why.
      () => undefined,
    );
  }

  /** Links never navigate: the host opens them. The editor's own handler must not see the click, or it would open it twice. */
  readonly #followLink = (event: Event): void => {
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    if (!(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    event.stopPropagation();
    if (link.hasAttribute('href')) this.page?.openLink(link.href);
  };

  readonly #retry = (): void => {
    if (this.message !== null) this.page?.retry(this.message.id);
  };

  readonly #takeBack = (): void => {
    if (this.message !== null) void this.page?.takeBack(this.message.id);
  };
}
