import { html, type TemplateResult } from 'lit';

/** Line lengths of placeholder messages, as shares of the width: they repeat. */
const LENGTHS: readonly (readonly number[])[] = [[62], [78, 34], [45], [88, 71, 20], [56]];

/**
 * Messages that are still to come, in the height of real ones. The style sheet shows them only after 150 ms: what is quick shall
 * not flicker.
 */
export function placeholders(count: number, label: string): TemplateResult {
  const messages = Array.from({ length: count }, (_, index) => LENGTHS[index % LENGTHS.length] ?? []);
  return html`<div class="placeholders" role="img" aria-label=${label}>
    ${messages.map(
      (lines) =>
        html`<div class="placeholder">
          <span class="avatar-ghost"></span>
          <div>
            <span class="ghost" data-length="20"></span>
            ${lines.map((length) => html`<span class="ghost" data-length=${length}></span>`)}
          </div>
        </div>`,
    )}
  </div>`;
}

/** The lengths that the style sheet needs a rule for. */
export const placeholderLengths: readonly number[] = [...new Set([20, ...LENGTHS.flat()])];
