import { css } from 'lit';

/**
 * The measures and colours of the page, set once on its root element and inherited by everything inside. All colours are
 * those of the editor's theme; `contrastBorder` exists in high-contrast themes only and wins there.
 *
 * One measure: 13 px text on 20 px lines and 11 px notes, both following the editor's font size. One grid: margin, avatar,
 * gap, then everything hangs on the same left edge.
 */
export const tokens = css`
  :host {
    --lc-size: var(--vscode-font-size, 13px);
    --lc-line: calc(var(--lc-size) * 20 / 13);
    --lc-small: calc(var(--lc-size) * 11 / 13);
    --lc-small-line: calc(var(--lc-size) * 16 / 13);

    --lc-margin: 16px;
    --lc-avatar: 28px;
    --lc-gap: 10px;
    --lc-radius: 6px;
    --lc-radius-small: 4px;
    --lc-card-width: 640px;
    --lc-text-width: 720px;
    /*
     * Text and all that belongs to it stay within one column, in the middle of a wide page: the eye has to find the next line.
     * Where it starts is counted from the page and not from the list, which is narrower by a scroll bar than the composer.
     */
    --lc-column: calc(var(--lc-avatar) + var(--lc-gap) + var(--lc-text-width));
    --lc-start: max(var(--lc-margin), (100vw - var(--lc-column)) / 2);
    --lc-end: max(var(--lc-margin), 100% - var(--lc-start) - var(--lc-column));
    --lc-header: 38px;

    --lc-text: var(--vscode-foreground);
    --lc-quiet: var(--lc-soft, var(--vscode-descriptionForeground));
    --lc-link: var(--vscode-textLink-foreground);
    --lc-error: var(--lc-error-text, var(--vscode-errorForeground));
    --lc-hairline: var(--vscode-contrastBorder, var(--vscode-panel-border));
    --lc-frame: var(--vscode-contrastBorder, var(--vscode-widget-border, var(--vscode-panel-border)));
    --lc-card: var(--vscode-panel-background);
    --lc-float: var(--vscode-editorWidget-background);
    --lc-hover: var(--vscode-list-hoverBackground);
    --lc-focus: var(--vscode-focusBorder);
    --lc-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
    --lc-mono: var(--vscode-editor-font-family, monospace);
    --lc-mono-size: calc(var(--lc-size) * 12 / 13);

    color: var(--lc-text);
    font-size: var(--lc-size);
    line-height: var(--lc-line);
  }

  /* The dockable view stands on the side bar: what is raised there is what lies below in the editor area. */
  :host([place='view']) {
    --lc-card: var(--vscode-editor-background);
  }

  @media (max-width: 420px) {
    :host {
      --lc-margin: 10px;
    }
  }
`;
