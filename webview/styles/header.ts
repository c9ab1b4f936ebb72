import { css } from 'lit';

export const headerStyles = css`
  :host {
    display: block;
    min-width: 0;
  }

  header {
    display: flex;
    align-items: center;
    gap: 8px;
    height: var(--lc-header);
    padding-inline: var(--lc-margin) calc(var(--lc-margin) - 4px);
    border-block-end: 1px solid var(--lc-hairline);
  }

  h1 {
    display: flex;
    /* The name keeps its room; the topic gives way. */
    flex: 0 0 auto;
    max-width: 60%;
    margin: 0;
    font-size: var(--lc-size);
    font-weight: 600;
  }

  .name {
    display: flex;
    max-width: 100%;
    align-items: center;
    gap: 4px;
    color: inherit;
    font: inherit;
  }

  .switch {
    height: 24px;
    padding: 0 2px 0 6px;
    max-width: calc(100% + 6px);
    margin-inline-start: -6px;
    border: 0;
    border-radius: var(--lc-radius-small);
    background: transparent;
    cursor: pointer;
  }

  .switch:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }

  .switch .icon {
    font-size: 14px;
    color: var(--lc-quiet);
  }

  .sign {
    flex: none;
    color: var(--lc-quiet);
    font-weight: 400;
  }

  .topic {
    flex: 0 1 auto;
    min-width: 0;
    color: var(--lc-quiet);
  }

  .grow {
    flex: 1 1 0;
  }

  .people {
    flex: none;
    gap: 4px;
    color: var(--lc-quiet);
    font-variant-numeric: tabular-nums;
  }

  .people .count {
    font-size: var(--lc-size);
  }

  lc-menu {
    flex: none;
  }

  /* The quiet facts go first. */
  @media (max-width: 260px) {
    .topic {
      display: none;
    }
  }

  @media (max-width: 240px) {
    .people .count {
      display: none;
    }
  }
`;
