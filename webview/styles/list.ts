import { css } from 'lit';
import { placeholderStyles } from './placeholder.ts';

export const listStyles = [
  placeholderStyles,
  css`
    :host {
      display: block;
      position: relative;
      min-height: 0;
    }

    .scroller {
      height: 100%;
      overflow: hidden auto;
      /* Corrected by the list itself; the browser would do it a second time. */
      overflow-anchor: none;
      overscroll-behavior: contain;
      scrollbar-color: var(--vscode-scrollbarSlider-background) transparent;
    }

    .content {
      display: flex;
      flex-direction: column;
      justify-content: flex-end;
      min-height: 100%;
      padding-block: 8px 4px;
    }

    .line {
      display: flex;
      align-items: center;
      gap: 12px;
      margin-block: 12px 4px;
      margin-inline: var(--lc-start) var(--lc-end);
      color: var(--lc-quiet);
      font-size: var(--lc-small);
      line-height: var(--lc-small-line);
      user-select: none;
    }

    .line::before,
    .line::after {
      content: '';
      flex: 1;
      height: 1px;
      background: var(--lc-hairline);
    }

    .line.unread {
      color: var(--lc-link);
    }

    .line.unread::before,
    .line.unread::after {
      background: var(--lc-link);
      opacity: var(--faded, 0.6);
    }

    :host-context(body.vscode-high-contrast) .line.unread {
      --faded: 1;
    }

    .edge {
      display: flex;
      align-items: center;
      justify-content: center;
      gap: 8px;
      padding-block: 8px;
      padding-inline: var(--lc-start) var(--lc-end);
    }

    .pill {
      height: 22px;
      padding: 0 10px;
      border: 1px solid var(--lc-frame);
      border-radius: 11px;
      background: transparent;
      color: inherit;
      font: inherit;
      font-size: var(--lc-small);
      line-height: var(--lc-small-line);
      cursor: pointer;
    }

    .pill:hover {
      background: var(--vscode-toolbar-hoverBackground);
    }

    .jump {
      position: absolute;
      inset-block-end: 4px;
      inset-inline-end: calc(var(--lc-end) + 6px);
      display: inline-flex;
      align-items: center;
      gap: 6px;
      min-width: 28px;
      height: 28px;
      padding: 0 5px;
      border: 1px solid var(--lc-frame);
      border-radius: 14px;
      background: var(--lc-float);
      color: var(--lc-text);
      font: inherit;
      line-height: 1;
      box-shadow: var(--lc-shadow);
      cursor: pointer;
    }

    .jump span + span {
      padding-inline-end: 8px;
    }

    .jump:hover {
      background:
        linear-gradient(var(--vscode-toolbar-hoverBackground), var(--vscode-toolbar-hoverBackground)),
        var(--lc-float);
    }
  `,
];
