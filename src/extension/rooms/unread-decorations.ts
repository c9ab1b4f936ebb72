import * as vscode from 'vscode';
import type { Client } from '../../client/api.ts';
import { DisposableStore } from '../../common/disposable.ts';
import { uriSchemes } from '../ids.ts';
import { roomUri, unreadWords } from './tree-items.ts';
import { unreadBadge } from './unread-badge.ts';

/** Draws the unread count at the right of a room in the tree, and gives the room the colour of what is new. */
export class UnreadDecorations implements vscode.FileDecorationProvider {
  readonly #client: Client;
  readonly #owned = new DisposableStore();
  readonly #didChange = this.#owned.add(new vscode.EventEmitter<vscode.Uri[]>());
  readonly onDidChangeFileDecorations = this.#didChange.event;

  constructor(client: Client) {
    this.#client = client;
    this.#owned.add(
      client.onDidChangeState(({ rooms }) => {
        if (rooms.size > 0) this.#didChange.fire([...rooms].map(roomUri));
      }),
    );
    this.#owned.add(vscode.window.registerFileDecorationProvider(this));
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== uriSchemes.room) return undefined;
    const room = this.#client.state.rooms.get(uri.path.slice(1));
    if (room === undefined || room.unread === 0 || room.archived) return undefined;
    return new vscode.FileDecoration(
      unreadBadge(room.unread),
      unreadWords(room.unread),
      new vscode.ThemeColor('textLink.foreground'),
    );
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
