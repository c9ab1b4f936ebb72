import { LitElement, html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { controls } from '../styles/controls.ts';

/** How long the region stays empty between two sentences: an equal one would not be spoken otherwise. Milliseconds. */
const PAUSE = 100;

/** Asks the page to say something to those who cannot see it. */
export class AnnounceEvent extends Event {
  static readonly type = 'lc-announce';
  readonly sentence: string;

  constructor(sentence: string) {
    super(AnnounceEvent.type, { bubbles: true, composed: true });
    this.sentence = sentence;
  }
}

/** The one region whose changes a screen reader speaks, beside the line of state. */
@customElement('lc-announcer')
export class Announcer extends LitElement {
  static override styles = controls;

  @state() accessor #spoken = '';
  #waiting: readonly string[] = [];

  say(sentence: string): void {
    if (this.#waiting.length === 0) {
      this.#spoken = '';
      setTimeout(() => this.#speak(), PAUSE);
    }
    this.#waiting = [...this.#waiting, sentence];
  }

  protected override render(): TemplateResult {
    return html`<div class="only-spoken" aria-live="polite">${this.#spoken}</div>`;
  }

  #speak(): void {
    this.#spoken = this.#waiting.join('\n');
    this.#waiting = [];
  }
}
