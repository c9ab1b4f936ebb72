import { css } from 'lit';

/**
 * Cards, and the colours of code. Pages get no token colours from the editor's theme; the colours of the debugger's values and of
 * the symbol icons exist in every theme and are close to them.
 */
export const codeStyles = css`
  lc-code-block {
    display: block;
    max-width: var(--lc-card-width);
    margin-block: 4px 6px;
    container-type: inline-size;
  }

  .card {
    border: 1px solid var(--lc-frame);
    border-radius: var(--lc-radius);
    background: var(--lc-card);
    overflow: hidden;
  }

  .card-head {
    display: flex;
    align-items: center;
    gap: 6px;
    height: 28px;
    padding-inline: 10px 4px;
    border-block-end: 1px solid var(--lc-frame);
    color: var(--lc-quiet);
    font-size: var(--lc-small);
  }

  .card-head .fact {
    flex: none;
    white-space: nowrap;
  }

  .card-head .fact::before {
    content: '·';
    margin-inline-end: 6px;
  }

  .card-head .grow {
    flex: 1;
  }

  .card-head .icon {
    font-size: 14px;
  }

  .card-head .icon-button {
    color: var(--lc-quiet);
  }

  .card pre {
    --code-line: calc(var(--lc-mono-size) * 1.5);
    margin: 0;
    padding: 8px 12px;
    overflow: auto hidden;
    scrollbar-width: thin;
    scrollbar-color: var(--vscode-scrollbarSlider-background) transparent;
    font-family: var(--lc-mono);
    font-size: var(--lc-mono-size);
    line-height: var(--code-line);
    tab-size: 4;
    white-space: pre;
    overflow-wrap: normal;
  }

  .card pre.folded {
    max-height: calc(12 * var(--code-line) + 8px);
    margin-block-end: 8px;
    padding-block-end: 0;
  }

  .card pre code {
    font: inherit;
  }

  .card-foot {
    display: flex;
    align-items: center;
    gap: 6px;
    width: 100%;
    height: 26px;
    padding: 0 10px;
    border: 0;
    border-block-start: 1px solid var(--lc-frame);
    background: transparent;
    color: var(--lc-quiet);
    font: inherit;
    font-size: var(--lc-small);
    cursor: pointer;
  }

  .card-foot span {
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }

  /* The name of the language needs what little there is. */
  @container (max-width: 240px) {
    .card-head .fact {
      display: none;
    }
  }

  .card-foot .icon {
    font-size: 14px;
  }

  .card-foot:hover {
    color: var(--lc-text);
  }

  :is(.hljs-comment, .hljs-quote, .hljs-meta) {
    color: var(--lc-quiet);
  }

  :is(.hljs-keyword, .hljs-doctag, .hljs-selector-tag, .hljs-name, .hljs-literal, .hljs-section) {
    color: var(--vscode-debugTokenExpression-boolean, inherit);
  }

  :is(.hljs-string, .hljs-regexp, .hljs-symbol, .hljs-template-tag, .hljs-code) {
    color: var(--vscode-debugTokenExpression-string, inherit);
  }

  :is(.hljs-number, .hljs-bullet) {
    color: var(--lc-token-number, var(--vscode-debugTokenExpression-number, inherit));
  }

  :is(
    .hljs-attr,
    .hljs-attribute,
    .hljs-property,
    .hljs-selector-attr,
    .hljs-selector-class,
    .hljs-selector-id
  ) {
    color: var(--lc-token-field, var(--vscode-symbolIcon-fieldForeground, inherit));
  }

  :is(.hljs-title, .hljs-title.function_) {
    color: var(--vscode-symbolIcon-methodForeground, inherit);
  }

  :is(.hljs-type, .hljs-title.class_, .hljs-built_in) {
    color: var(--lc-token-type, var(--vscode-debugTokenExpression-type, inherit));
  }

  :is(.hljs-variable, .hljs-template-variable, .hljs-params .hljs-variable) {
    color: var(--lc-token-variable, var(--vscode-symbolIcon-variableForeground, inherit));
  }

  .hljs-addition {
    color: var(--vscode-gitDecoration-addedResourceForeground, inherit);
  }

  .hljs-deletion {
    color: var(--vscode-gitDecoration-deletedResourceForeground, inherit);
  }

  .hljs-emphasis {
    font-style: italic;
  }

  .hljs-strong {
    font-weight: 600;
  }
`;
