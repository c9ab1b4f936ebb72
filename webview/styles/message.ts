import { css } from 'lit';

export const messageStyles = css`
  lc-message {
    position: relative;
    display: grid;
    grid-template-columns: var(--lc-avatar) minmax(0, 1fr);
    column-gap: var(--lc-gap);
    padding-block: 1px 2px;
    padding-inline: var(--lc-start) var(--lc-end);
  }

  lc-message[data-first] {
    margin-block-start: 4px;
    padding-block-start: 4px;
  }

  lc-message:hover,
  lc-message:focus-visible,
  lc-message:has(:focus-visible) {
    background: var(--lc-hover);
  }

  lc-message:focus-visible {
    outline: 1px solid var(--lc-focus);
    outline-offset: -1px;
  }

  lc-message[data-revealed] {
    background: var(--vscode-editor-findMatchHighlightBackground);
  }

  .side {
    position: relative;
  }

  .side .avatar {
    margin-block-start: 3px;
  }

  /* The time of a message without a head of its own: shown where the eye is, right-aligned to the text. */
  .side time {
    position: absolute;
    inset-block-start: 1px;
    inset-inline-end: -4px;
    line-height: var(--lc-line);
    visibility: hidden;
  }

  lc-message:hover .side time,
  lc-message:focus-visible .side time,
  lc-message:has(:focus-visible) .side time {
    visibility: visible;
  }

  .main {
    position: relative;
    min-width: 0;
  }

  .head {
    display: flex;
    align-items: baseline;
    gap: 8px;
    min-width: 0;
    line-height: var(--lc-line);
  }

  .head .name {
    min-width: 0;
    overflow: hidden;
    font-weight: 600;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .head time,
  .head .kind {
    flex: none;
  }

  .kind {
    padding: 0 4px;
    border: 1px solid var(--lc-frame);
    border-radius: 3px;
    color: var(--lc-quiet);
    font-size: var(--lc-small);
    line-height: calc(var(--lc-small-line) - 2px);
  }

  .sending {
    position: absolute;
    inset-block-end: 0;
    inset-inline-end: 0;
    display: flex;
    align-items: center;
    height: var(--lc-line);
    opacity: 0;
    animation: appear 1ms linear 400ms forwards;
  }

  .sending .icon {
    font-size: 14px;
  }

  lc-message[data-delivery='sending'] .text {
    padding-inline-end: 20px;
  }

  lc-message[data-delivery='failed'] .text {
    color: var(--lc-quiet);
  }

  .delivery {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
    margin-block: 2px 4px;
    font-size: var(--lc-small);
    line-height: var(--lc-small-line);
  }

  .delivery .icon {
    color: var(--lc-error);
    font-size: 14px;
  }

  .delivery > span:not(.icon) {
    color: var(--lc-error);
  }

  /*
   * Floats over the upper edge; never takes room in the text. Not taken out by display or visibility: while the focus moves from
   * the message to a button, neither has it for a moment, and a button that is not shown then cannot get it.
   */
  .toolbar {
    position: absolute;
    z-index: 1;
    inset-block-start: -13px;
    inset-inline-end: calc(var(--lc-end) + 6px);
    display: flex;
    gap: 2px;
    padding: 2px;
    border: 1px solid var(--lc-frame);
    border-radius: var(--lc-radius);
    background: var(--lc-float);
    box-shadow: var(--lc-shadow);
    opacity: 0;
    pointer-events: none;
  }

  lc-message:hover .toolbar,
  lc-message:focus-visible .toolbar,
  lc-message:has(:focus-visible) .toolbar {
    opacity: 1;
    pointer-events: auto;
  }
`;
