import { css, unsafeCSS } from 'lit';
import { placeholderLengths } from '../components/skeleton.ts';

const widths = placeholderLengths.map((length) => `.ghost[data-length='${length}'] { width: ${length}%; }`);

/** Grey lines in the measure of messages, visible only when waiting takes longer than 150 ms. */
export const placeholderStyles = css`
  .placeholders {
    opacity: 0;
    animation: appear 1ms linear 150ms forwards;
  }

  @keyframes appear {
    to {
      opacity: 1;
    }
  }

  .placeholder {
    display: grid;
    grid-template-columns: var(--lc-avatar) minmax(0, 1fr);
    gap: var(--lc-gap);
    padding-block: 8px 2px;
    padding-inline: var(--lc-start) var(--lc-end);
  }

  .avatar-ghost {
    width: var(--lc-avatar);
    height: var(--lc-avatar);
    margin-block-start: 3px;
    border-radius: var(--lc-radius);
    background: var(--lc-hover);
  }

  .placeholder > div {
    display: grid;
  }

  .ghost {
    height: calc(var(--lc-line) / 2);
    margin-block: calc(var(--lc-line) / 4);
    border-radius: 3px;
    background: var(--lc-hover);
  }

  ${unsafeCSS(widths.join('\n'))}

  @media (forced-colors: active) {
    .ghost,
    .avatar-ghost {
      border: 1px solid;
    }
  }
`;
