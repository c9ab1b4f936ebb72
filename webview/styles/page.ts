import { css } from 'lit';

export const pageStyles = css`
  :host {
    display: grid;
    grid-template-rows: auto minmax(0, 1fr) 20px;
    height: 100%;
    overflow: hidden;
  }

  main {
    display: flex;
    flex-direction: column;
    min-height: 0;
    min-width: 0;
  }

  lc-message-list {
    flex: 1 1 0;
    min-height: 0;
    /* A card that is cut off here and the field below shall not look like one box. */
    margin-block-end: 8px;
  }

  lc-composer,
  lc-notice {
    flex: none;
  }

  .waiting {
    justify-content: flex-end;
    overflow: hidden;
    /* Room for the composer that comes. */
    padding-block-end: 84px;
  }

  /* The state of the connection: always there, so that nothing moves when it has something to say. */
  .status {
    padding-inline: var(--lc-start) var(--lc-end);
    line-height: 18px;
  }

  @media (max-height: 280px) {
    :host {
      --lc-header: 30px;
      grid-template-rows: auto minmax(0, 1fr) 16px;
    }

    lc-message-list {
      margin-block-end: 4px;
    }

    .status {
      line-height: 15px;
    }
  }
`;
