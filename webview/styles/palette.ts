import { css, unsafeCSS } from 'lit';
import { PROFILE_COLOURS, type ProfileColour } from '../../src/model/entities.ts';

/**
 * The avatar colours. White letters on them reach 4.5:1, and each stands at least 2:1 off the usual dark and light backgrounds; a test
 * holds both. High-contrast themes show the letters in the theme's own colours inside a border instead.
 */
export const avatarColours: Readonly<Record<ProfileColour, string>> = {
  violet: '#7c5cc4',
  green: '#2f7d57',
  orange: '#a8572a',
  blue: '#2f6db3',
  pink: '#b3477f',
  teal: '#217a80',
  red: '#b84545',
  olive: '#6f7130',
};

export const avatarText = '#ffffff';

const rules = PROFILE_COLOURS.map(
  (name) => `.avatar[data-colour='${name}'] { --tint: ${avatarColours[name]}; }`,
);

export const palette = css`
  .avatar {
    --tint: #5d6470;
    display: flex;
    align-items: center;
    justify-content: center;
    width: var(--lc-avatar);
    height: var(--lc-avatar);
    border: 1px solid var(--vscode-contrastBorder, transparent);
    border-radius: var(--lc-radius);
    background: var(--tint);
    color: ${unsafeCSS(avatarText)};
    font-size: var(--lc-small);
    font-weight: 600;
    line-height: 1;
    user-select: none;
  }

  ${unsafeCSS(rules.join('\n'))}

  :host-context(body.vscode-high-contrast) .avatar {
    background: transparent;
    color: var(--lc-text);
  }
`;
