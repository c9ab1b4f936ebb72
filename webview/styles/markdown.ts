import { css } from 'lit';

/** The text of a message: two sizes, two weights, whatever the Markdown asks for. */
export const markdownStyles = css`
  .text {
    max-width: var(--lc-text-width);
    overflow-wrap: anywhere;
    unicode-bidi: isolate;
  }

  .text :where(p, ul, ol, blockquote, h1, h2, h3, h4, h5, h6, .table) {
    margin: 0;
  }

  .text > * + * {
    margin-block-start: 6px;
  }

  .text .plain {
    white-space: pre-wrap;
  }

  .text :is(h1, h2, h3, h4, h5, h6) {
    font-size: inherit;
    font-weight: 600;
  }

  .text :is(strong, th) {
    font-weight: 600;
  }

  .text :is(ul, ol) {
    padding-inline-start: 22px;
  }

  .text li > :is(ul, ol, p + *) {
    margin-block-start: 2px;
  }

  .text li.task {
    list-style: none;
    margin-inline-start: -18px;
  }

  .text blockquote {
    padding-inline-start: 10px;
    border-inline-start: 3px solid var(--vscode-textBlockQuote-border, var(--lc-frame));
    color: var(--lc-quiet);
  }

  .text blockquote > * + * {
    margin-block-start: 6px;
  }

  .text hr {
    height: 1px;
    margin-block: 10px;
    border: 0;
    background: var(--lc-hairline);
  }

  .text a {
    color: var(--lc-link);
    text-decoration: none;
    cursor: pointer;
  }

  .text a:hover,
  .text a:focus-visible {
    text-decoration: underline;
  }

  .text :is(p, li, td, th, h1, h2, h3, h4, h5, h6, a) > code {
    padding: 1px 4px;
    border: 1px solid var(--lc-frame);
    border-radius: var(--lc-radius-small);
    background: var(--lc-card);
    font-family: var(--lc-mono);
    font-size: var(--lc-mono-size);
    line-height: 1;
    -webkit-box-decoration-break: clone;
    box-decoration-break: clone;
  }

  .text .table {
    max-width: 100%;
    overflow-x: auto;
    scrollbar-width: thin;
  }

  .text table {
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }

  .text :is(th, td) {
    padding: 3px 12px 3px 0;
    border-block-end: 1px solid var(--lc-hairline);
    text-align: start;
    overflow-wrap: normal;
  }

  .text .align-right {
    text-align: end;
  }

  .text .align-center {
    text-align: center;
  }
`;
