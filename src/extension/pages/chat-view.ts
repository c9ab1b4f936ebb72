import * as vscode from 'vscode';
import { DisposableStore } from '../../common/disposable.ts';
import { isId } from '../../model/ids.ts';
import { askRoom } from '../commands/open-room.ts';
import { memoryKeys, viewIds } from '../ids.ts';
import { defaultRoom, titleOf } from '../room-facts.ts';
import { PageAttention } from './attention.ts';
import type { PageTools } from './chat-panel.ts';
import { setUpPage } from './page-setup.ts';
import { RoomController } from './room-controller.ts';

/** The Chat view: one room in the side bar, or wherever the person put it. It stays with the room last chosen for it. */
export class ChatView implements vscode.WebviewViewProvider {
  readonly #tools: PageTools;
  readonly #memory: vscode.Memento;
  readonly #owned = new DisposableStore();
  #view: vscode.WebviewView | null = null;
  #attention: PageAttention | null = null;
  #controller: RoomController | null = null;
  #wantsFocus = false;

  constructor(tools: PageTools, memory: vscode.Memento) {
    this.#tools = tools;
    this.#memory = memory;
    this.#owned.add(vscode.window.registerWebviewViewProvider(viewIds.chat, this));
    this.#owned.add(
      tools.client.onDidChangeState(({ rooms, profiles }) => {
        if (profiles || rooms.size > 0) this.#follow();
      }),
    );
    this.#owned.add({ dispose: () => this.#controller?.dispose() });
    this.#owned.add({ dispose: () => this.#attention?.dispose() });
  }

  /** The room the view shows, or would show. */
  get roomId(): string | undefined {
    const { state } = this.#tools.client;
    const chosen = this.#memory.get<unknown>(memoryKeys.viewRoom);
    const isThere = typeof chosen === 'string' && isId(chosen) && state.rooms.has(chosen);
    return isThere ? chosen : defaultRoom(state)?.id;
  }

  /** Shows the room in the view, and the view. */
  async open(roomId: string): Promise<void> {
    await this.#memory.update(memoryKeys.viewRoom, roomId);
    this.#wantsFocus = true;
    this.#follow();
    await vscode.commands.executeCommand(`${viewIds.chat}.focus`);
    this.#giveFocus();
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#controller?.dispose();
    this.#controller = null;
    this.#attention?.dispose();
    this.#view = view;
    this.#attention = new PageAttention(() => view.visible);
    view.onDidChangeVisibility(() => {
      if (!view.visible) this.#controller?.pageWent();
      this.#attention?.visibilityChanged();
    });
    view.onDidDispose(() => {
      if (this.#view !== view) return;
      this.#controller?.dispose();
      this.#controller = null;
      this.#view = null;
    });
    this.#follow();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** Takes the view to the room it should show; a page of another room ends. */
  #follow(): void {
    const view = this.#view;
    const attention = this.#attention;
    const roomId = this.roomId;
    if (view === null || attention === null || roomId === undefined) return;
    const { client, extensionUri, ...rest } = this.#tools;
    const room = client.state.rooms.get(roomId);
    if (room !== undefined) view.description = titleOf(client.state, room);
    const before = this.#controller;
    if (before?.roomId === roomId) return;
    before?.dispose();
    this.#controller = new RoomController({
      ...rest,
      webview: view.webview,
      place: 'view',
      roomId,
      attention,
      client,
      // Another room for the view stays in the view.
      runCommand: (command, room) =>
        command === 'openRoom' ? this.#choose() : rest.runCommand(command, room),
    });
    // A page that is there stays, and is told of its other room.
    if (before === null) setUpPage(view.webview, extensionUri, view.description ?? '');
    else this.#controller.takeOver();
    this.#giveFocus();
  }

  async #choose(): Promise<void> {
    const roomId = await askRoom(this.#tools.client);
    if (roomId !== undefined) await this.open(roomId);
  }

  #giveFocus(): void {
    if (!this.#wantsFocus || this.#controller === null) return;
    this.#wantsFocus = false;
    this.#controller.focusComposer();
  }
}
