import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { icon } from '../icons.ts';
import { t } from '../strings.ts';
import { controls } from '../styles/controls.ts';

/** A room in which nothing has been written: what it is for, and one thing to do. */
@customElement('lc-empty-room')
export class EmptyRoom extends LitElement {
  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-direction: column;
        align-items: flex-start;
        gap: 4px;
        padding-block: 24px 20px;
        padding-inline: var(--lc-start) var(--lc-end);
      }
      .icon {
        font-size: 28px;
        color: var(--lc-quiet);
        margin-block-end: 8px;
      }
      h2 {
        margin: 0;
        font-size: var(--lc-size);
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      p {
        max-width: 430px;
        margin: 0;
        color: var(--lc-quiet);
      }
      vscode-button {
        margin-block-start: 12px;
      }
    `,
  ];

  @property({ attribute: false }) accessor label = '';
  @property({ attribute: false }) accessor direct = false;
  @property({ attribute: false }) accessor writable = true;

  protected override render(): TemplateResult {
    const { label, direct } = this;
    return html`
      ${icon('comment-discussion')}
      <h2>${t(direct ? 'empty.direct' : 'empty.room', { label })}</h2>
      <p>${t(direct ? 'empty.directText' : 'empty.roomText')}</p>
      ${
        this.writable
          ? html`<vscode-button appearance="primary" @click=${this.#write}
              >${t('empty.write')}</vscode-button
            >`
          : nothing
      }
    `;
  }

  readonly #write = (): void => {
    this.dispatchEvent(new Event('lc-leave-list', { bubbles: true, composed: true }));
  };
}
