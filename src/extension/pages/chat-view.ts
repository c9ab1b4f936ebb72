import * as vscode from 'vscode';
import { DisposableStore } from '../../common/disposable.ts';
import { isId } from '../../model/ids.ts';
import { askRoom } from '../commands/open-room.ts';
import { memoryKeys, viewIds } from '../ids.ts';
import { defaultRoom, titleOf } from '../room-facts.ts';
import { PageAttention } from './attention.ts';
import type { PageTools } from './chat-panel.ts';
import { EditorServices } from './editor-services.ts';
import { PageController } from './page-controller.ts';
import { setUpPage } from './page-setup.ts';

/** What there is while the editor shows the view, or keeps it ready to be shown. */
interface Resolved {
  readonly view: vscode.WebviewView;
  readonly controller: PageController;
}

/**
 * The Chat view: one room in the side bar, or wherever the person put it. It stays with the room last chosen for it, and until one is
 * chosen with the one it began with.
 */
export class ChatView implements vscode.WebviewViewProvider {
  readonly #tools: PageTools;
  readonly #memory: vscode.Memento;
  readonly #owned = new DisposableStore();
  #ofView = new DisposableStore();
  #resolved: Resolved | null = null;
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
    this.#owned.add({ dispose: () => this.#ofView.dispose() });
  }

  /** The room the view shows, or would show. */
  get roomId(): string | undefined {
    const { state } = this.#tools.client;
    const chosen = this.#memory.get<unknown>(memoryKeys.viewRoom);
    const shown = this.#resolved?.controller.roomId;
    const candidates = [typeof chosen === 'string' && isId(chosen) ? chosen : null, shown];
    return candidates.find((id) => id != null && state.rooms.has(id)) ?? defaultRoom(state)?.id;
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
    this.#ofView.dispose();
    const ofView = new DisposableStore();
    this.#ofView = ofView;
    const { extensionUri, ...tools } = this.#tools;
    const attention = ofView.add(new PageAttention(() => view.visible));
    const controller = ofView.add(
      new PageController({
        ...tools,
        webview: view.webview,
        place: 'view',
        attention,
        // Another room for the view stays in the view.
        services: new EditorServices(() => this.#choose()),
      }),
    );
    this.#resolved = { view, controller };
    ofView.add(
      view.onDidChangeVisibility(() => {
        if (!view.visible) controller.pageWent();
        attention.visibilityChanged();
      }),
    );
    ofView.add(view.onDidDispose(() => ofView.dispose()));
    ofView.add({
      dispose: () => {
        if (this.#resolved?.view === view) this.#resolved = null;
      },
    });
    this.#follow();
    setUpPage(view.webview, extensionUri, view.description ?? '');
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** Takes the view to the room it should show. */
  #follow(): void {
    if (this.#resolved === null) return;
    const { view, controller } = this.#resolved;
    const { state } = this.#tools.client;
    const roomId = this.roomId ?? null;
    const room = roomId === null ? undefined : state.rooms.get(roomId);
    view.description = room === undefined ? '' : titleOf(state, room);
    controller.showRoom(roomId);
    this.#giveFocus();
  }

  async #choose(): Promise<void> {
    const roomId = await askRoom(this.#tools.client);
    if (roomId !== undefined) await this.open(roomId);
  }

  #giveFocus(): void {
    if (!this.#wantsFocus || this.#resolved === null) return;
    this.#wantsFocus = false;
    this.#resolved.controller.focusComposer();
  }
}
