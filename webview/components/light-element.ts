import { LitElement } from 'lit';

/**
 * An element without a shadow root of its own, for what is inside the message list. A selection of text cannot be copied
 * whole when it crosses shadow roots, so all messages share the one of the list, and its styles.
 */
export class LightElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
