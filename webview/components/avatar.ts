import { html, type TemplateResult } from 'lit';
import type { Profile, SenderKind } from '../../src/model/entities.ts';
import { icon } from '../icons.ts';
import { initialsOf } from '../initials.ts';

function signOf(kind: SenderKind, name: string): TemplateResult | string {
  switch (kind) {
    case 'person':
      return initialsOf(name);
    case 'script':
      return icon('terminal');
    case 'agent':
      return icon('robot');
    case 'system':
      return icon('info');
  }
}

/** The square beside the first message of a group: initials of a person, a sign for the other kinds. The name stands beside it. */
export function avatar(kind: SenderKind, name: string, profile: Profile | undefined): TemplateResult {
  return html`<span class="avatar" data-colour=${profile?.colour ?? ''} aria-hidden="true"
    >${signOf(kind, name)}</span
  >`;
}
