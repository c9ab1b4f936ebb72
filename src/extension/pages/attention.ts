import * as vscode from 'vscode';
import { DisposableStore } from '../../common/disposable.ts';
import { Emitter } from '../../common/emitter.ts';
import type { Attention } from './looked-at.ts';

/**
 * Attention for a page in the editor: the window has the focus and the editor shows the page. That the document itself is visible
 * is the page's to know; it reports nothing otherwise.
 */
export class PageAttention implements Attention {
  readonly #isVisible: () => boolean;
  readonly #owned = new DisposableStore();
  readonly #didChange = this.#owned.add(new Emitter<void>());
  readonly onDidChange = this.#didChange.event;

  constructor(isVisible: () => boolean) {
    this.#isVisible = isVisible;
    this.#owned.add(vscode.window.onDidChangeWindowState(() => this.#didChange.fire()));
  }

  get isLookedAt(): boolean {
    return vscode.window.state.focused && this.#isVisible();
  }

  /** The editor showed or hid the page. */
  visibilityChanged(): void {
    this.#didChange.fire();
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
