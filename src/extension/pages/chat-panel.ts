import * as vscode from 'vscode';
import type { Client } from '../../client/api.ts';
import { DisposableStore } from '../../common/disposable.ts';
import { titleOf } from '../room-facts.ts';
import { PageAttention } from './attention.ts';
import { setUpPage } from './page-setup.ts';
import { EditorServices } from './editor-services.ts';
import { PageController, type PageControllerOptions } from './page-controller.ts';

export type PageTools = Pick<PageControllerOptions, 'client' | 'outbox' | 'drafts' | 'log'> & {
  readonly extensionUri: vscode.Uri;
};

/** One room in the editor area. Lives as long as its tab. */
export class ChatPanel {
  readonly roomId: string;
  readonly panel: vscode.WebviewPanel;
  readonly controller: PageController;
  readonly #client: Client;
  readonly #owned = new DisposableStore();
  #visible: boolean;

  /**
   * @param panel fresh, or brought back by the editor; whoever wants to know of its end has subscribed already, since a room that is
   *   not there any more ends it at once
   */
  constructor(panel: vscode.WebviewPanel, roomId: string, { extensionUri, ...tools }: PageTools) {
    this.roomId = roomId;
    this.panel = panel;
    this.#client = tools.client;
    this.#visible = panel.visible;
    const attention = this.#owned.add(new PageAttention(() => panel.visible));
    const { webview } = panel;
    this.controller = this.#owned.add(
      new PageController({ webview, place: 'panel', attention, services: new EditorServices(), ...tools }),
    );
    this.controller.showRoom(roomId);
    this.#owned.add(
      tools.client.onDidChangeState(({ rooms, profiles }) => {
        if (profiles || rooms.has(roomId)) this.#update();
      }),
    );
    // A client that begins tells of its rooms first, and then that it is ready.
    this.#owned.add(tools.client.onDidChangeConnection(() => this.#update()));
    this.#owned.add(
      panel.onDidChangeViewState(() => {
        if (this.#visible !== panel.visible) {
          this.#visible = panel.visible;
          // The editor ends a page that is hidden, and loads it anew when it is shown.
          if (!panel.visible) this.controller.pageWent();
          attention.visibilityChanged();
        }
      }),
    );
    this.#owned.add(panel.onDidDispose(() => this.#owned.dispose()));
    panel.iconPath = {
      light: vscode.Uri.joinPath(extensionUri, 'media', 'room-light.svg'),
      dark: vscode.Uri.joinPath(extensionUri, 'media', 'room-dark.svg'),
    };
    setUpPage(webview, extensionUri, panel.title);
    this.#update();
  }

  /** Brings it to the front, with the cursor in the composer, at a message if one is named. */
  show(seq?: number): void {
    this.panel.reveal(undefined, false);
    if (seq === undefined) this.controller.focusComposer();
    else this.controller.reveal(seq);
  }

  #update(): void {
    const { state, connection } = this.#client;
    const room = state.rooms.get(this.roomId);
    if (room !== undefined) {
      const title = titleOf(state, room);
      if (this.panel.title !== title) this.panel.title = title;
    } else if (connection.state === 'ready') {
      // Not for this profile, or not in this store.
      this.panel.dispose();
    }
  }
}
