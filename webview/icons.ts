import { html, type TemplateResult } from 'lit';

/**
 * Code points of the editor's icon font, by the font's own names. The class rules of the font's style sheet do not reach into
 * shadow roots, so a glyph is written as text. A unit test holds this table against the font's own.
 */
export const icons = {
  archive: '\uea98',
  'arrow-down': '\uea9a',
  check: '\ueab2',
  'chevron-down': '\ueab4',
  'chevron-up': '\ueab7',
  clockface: '\uec75',
  code: '\ueac4',
  'comment-discussion': '\ueac7',
  copy: '\uebcc',
  discard: '\ueae2',
  ellipsis: '\uea7c',
  error: '\uea87',
  info: '\uea74',
  account: '\ueb99',
  link: '\ueb15',
  refresh: '\ueb37',
  robot: '\uec20',
  send: '\uec0f',
  terminal: '\uea85',
  warning: '\uea6c',
} as const;

export type IconName = keyof typeof icons;

/** A glyph for the eye only; what it means is said by the label of the control around it. */
export function icon(name: IconName): TemplateResult {
  return html`<span class="icon" aria-hidden="true">${icons[name]}</span>`;
}
