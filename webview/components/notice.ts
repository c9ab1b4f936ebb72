import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { icon, type IconName } from '../icons.ts';
import { controls } from '../styles/controls.ts';

/** One sentence and one button. */
@customElement('lc-notice')
export class Notice extends LitElement {
  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        align-items: center;
        flex-wrap: wrap;
        gap: 8px;
        margin-block-end: 8px;
        margin-inline: var(--lc-start) var(--lc-end);
        padding: 7px 8px 7px 12px;
        border: 1px solid var(--lc-frame);
        border-radius: var(--lc-radius);
        background: var(--lc-card);
      }
      [data-tone] {
        display: flex;
      }
      .icon {
        color: var(--lc-quiet);
      }
      [data-tone='error'] .icon {
        color: var(--lc-error);
      }
      span.sentence {
        flex: 1 1 12em;
        min-width: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) accessor sign: IconName = 'info';
  @property({ attribute: false }) accessor sentence = '';
  @property({ attribute: false }) accessor action = '';
  @property({ attribute: false }) accessor run: () => void = () => undefined;

  protected override render(): TemplateResult {
    return html`<span data-tone=${this.sign}>${icon(this.sign)}</span
      ><span class="sentence" role="status">${this.sentence}</span
      ><vscode-button appearance="secondary" @click=${() => this.run()}>${this.action}</vscode-button>`;
  }
}
