import { css } from 'lit';

export const composerStyles = css`
  :host {
    display: block;
    padding-inline: var(--lc-start) var(--lc-end);
  }

  .field {
    border: 1px solid var(--vscode-input-border, var(--lc-frame));
    border-radius: var(--lc-radius);
    background: var(--vscode-input-background);
    color: var(--vscode-input-foreground);
    cursor: text;
  }

  .field:focus-within {
    border-color: var(--lc-focus);
  }

  .field[data-problem='too-long'] {
    border-color: var(--vscode-inputValidation-errorBorder, var(--lc-error));
  }

  textarea {
    display: block;
    /* Grows with its text, to a third of the page. */
    field-sizing: content;
    width: 100%;
    min-height: calc(var(--lc-line) + 12px);
    max-height: max(33vh, calc(var(--lc-line) * 3));
    padding: 8px 11px 4px;
    border: 0;
    outline: none;
    background: transparent;
    color: inherit;
    font: inherit;
    line-height: var(--lc-line);
    resize: none;
    overflow-y: auto;
    scrollbar-width: thin;
    scrollbar-color: var(--vscode-scrollbarSlider-background) transparent;
  }

  textarea::placeholder {
    color: var(--vscode-input-placeholderForeground);
    opacity: 1;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  textarea:focus-visible {
    outline: none;
  }

  .tools {
    display: flex;
    align-items: center;
    gap: 4px;
    padding: 0 5px 5px 7px;
    cursor: default;
  }

  .tools .icon-button {
    color: var(--lc-quiet);
  }

  .grow {
    flex: 1 1 0;
  }

  .hint {
    margin-inline-end: 8px;
  }

  .field[data-problem='too-long'] .hint {
    color: var(--lc-error);
  }

  .send {
    display: inline-flex;
    flex: none;
    align-items: center;
    justify-content: center;
    width: 28px;
    height: 22px;
    padding: 0;
    border: 1px solid var(--vscode-button-border, transparent);
    border-radius: var(--lc-radius-small);
    background: var(--vscode-button-background);
    color: var(--vscode-button-foreground);
    cursor: pointer;
  }

  .send .icon {
    font-size: 14px;
  }

  .send:hover {
    background: var(--vscode-button-hoverBackground);
  }

  .send:focus-visible {
    outline-offset: 1px;
  }

  .send:disabled {
    background: transparent;
    border-color: transparent;
    color: var(--vscode-disabledForeground, var(--lc-quiet));
    cursor: default;
  }

  /* A view can be made very low: one row then, so that messages keep some room. */
  @media (max-height: 280px) {
    .field {
      display: flex;
      align-items: flex-end;
    }

    textarea {
      flex: 1;
      min-width: 0;
      min-height: calc(var(--lc-line) + 8px);
      max-height: max(33vh, calc(var(--lc-line) + 8px));
      padding-block: 4px;
    }

    .tools {
      padding: 0 3px 3px;
    }

    .tools .icon-button,
    .field:not([data-problem='too-long']) .hint {
      display: none;
    }
  }

  @media (max-width: 320px) {
    .field:not([data-problem='too-long']) .hint {
      display: none;
    }
  }
`;
