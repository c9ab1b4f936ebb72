import { css } from 'lit';

/** What every component needs: icons, the quiet square button, focus, scroll bars, text for screen readers only. */
export const controls = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  .icon {
    font: normal 16px/1 codicon;
    display: inline-block;
    text-align: center;
    user-select: none;
    -webkit-font-smoothing: antialiased;
  }

  .icon-button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    min-width: 24px;
    height: 24px;
    padding: 0 4px;
    border: 1px solid transparent;
    border-radius: var(--lc-radius-small);
    background: transparent;
    color: var(--vscode-icon-foreground, inherit);
    font: inherit;
    cursor: pointer;
  }

  .icon-button:hover {
    background: var(--vscode-toolbar-hoverBackground);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }

  .icon-button:active {
    background: var(--vscode-toolbar-activeBackground, var(--vscode-toolbar-hoverBackground));
  }

  :focus-visible,
  .icon-button:focus-visible {
    outline: 1px solid var(--lc-focus);
    outline-offset: -1px;
  }

  vscode-button {
    border-radius: var(--lc-radius-small);
  }

  .quiet {
    color: var(--lc-quiet);
    font-size: var(--lc-small);
    font-variant-numeric: tabular-nums;
  }

  .only-spoken {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  .cut {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
`;
