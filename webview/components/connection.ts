import { html, nothing, type TemplateResult } from 'lit';
import { sentenceOf } from '../faults.ts';
import type { PageFrame } from '../state/page-view.ts';
import { t } from '../strings.ts';
import './notice.ts';

/** What passes by itself is told when it lasts this long; most of it does not. Milliseconds. */
const TOLD_AFTER = 2_000;

/** What passes by itself, for the line below. Empty when all is well. `frame` is null until the host has answered once. */
export function passing(frame: PageFrame | null): string {
  if (frame?.hostAlive === false) return t('connection.reconnecting');
  const state = frame?.connection.state ?? 'connecting';
  return state === 'connecting' || state === 'reconnecting' ? t(`connection.${state}`) : '';
}

/** What does not pass by itself: one sentence and the way to the log. */
export function connectionNotice(frame: PageFrame, showLog: () => void): TemplateResult | typeof nothing {
  const { state, fault } = frame.connection;
  if (!frame.hostAlive || (state !== 'unreachable' && state !== 'readonly')) return nothing;
  const sentence =
    fault === null ? t(`connection.${state}Plain`) : t(`connection.${state}`, { reason: sentenceOf(fault) });
  return html`<lc-notice
    .sign=${state === 'unreachable' ? 'error' : 'warning'}
    .sentence=${sentence}
    .action=${t('connection.showLog')}
    .run=${showLog}
  ></lc-notice>`;
}

/** The line that tells how the connection is: bad news when they last, good ones at once. */
export class ConnectionLine {
  readonly #changed: () => void;
  #text = '';
  #coming = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get text(): string {
    return this.#text;
  }

  /** `waited`: it has lasted already. */
  take(text: string, waited: boolean): void {
    if (text === this.#coming) return;
    this.#coming = text;
    clearTimeout(this.#timer);
    // One trouble after another is still trouble.
    if (text === '' || this.#text !== '' || waited) this.#tell();
    else this.#timer = setTimeout(() => this.#tell(), TOLD_AFTER);
  }

  #tell(): void {
    if (this.#text === this.#coming) return;
    this.#text = this.#coming;
    this.#changed();
  }
}
