import * as vscode from 'vscode';
import { DisposableStore } from '../../common/disposable.ts';
import { isId } from '../../model/ids.ts';
import { viewIds } from '../ids.ts';
import { titleOf } from '../room-facts.ts';
import { ChatPanel, type PageTools } from './chat-panel.ts';
import { pageOptions } from './page-setup.ts';

/** The panels of this window, one per room. */
export class ChatPanels {
  readonly #tools: PageTools;
  readonly #panels = new Map<string, ChatPanel>();
  readonly #owned = new DisposableStore();
  #lastRoom: string | undefined;

  constructor(tools: PageTools) {
    this.#tools = tools;
    this.#owned.add(
      vscode.window.registerWebviewPanelSerializer(viewIds.panel, {
        deserializeWebviewPanel: (panel: vscode.WebviewPanel, state: unknown) => {
          this.#restore(panel, state);
          return Promise.resolve();
        },
      }),
    );
  }

  /** The room of the panel that has the focus, or had it last in its group. */
  get activeRoom(): string | undefined {
    return [...this.#panels.values()].find(({ panel }) => panel.active)?.roomId;
  }

  /** The room that was last opened, or had the focus last. */
  get lastRoom(): string | undefined {
    const { rooms } = this.#tools.client.state;
    return this.#lastRoom !== undefined && rooms.has(this.#lastRoom) ? this.#lastRoom : undefined;
  }

  /** Whether this tab, in front in its group, is one of our panels: one that answers. */
  shows(tab: vscode.Tab): boolean {
    return [...this.#panels.values()].some(
      ({ panel }) => panel.visible && panel.title === tab.label && panel.viewColumn === tab.group.viewColumn,
    );
  }

  /** Shows the room, in its panel or in a new one; at a message if one is named. */
  open(roomId: string, seq?: number): void {
    const panel = this.#panels.get(roomId) ?? this.#create(roomId, this.#column(), false);
    this.#lastRoom = roomId;
    panel.show(seq);
  }

  /** Makes a panel without taking the focus from where it is. */
  openQuietly(roomId: string, viewColumn: vscode.ViewColumn): void {
    if (!this.#panels.has(roomId)) this.#create(roomId, viewColumn, true);
  }

  dispose(): void {
    // The tabs stay: the editor brings them back with the next start.
    this.#owned.dispose();
  }

  /** Beside the other rooms, if one is on screen; else where the person works. */
  #column(): vscode.ViewColumn {
    const shown = [...this.#panels.values()].find(({ panel }) => panel.visible);
    return shown?.panel.viewColumn ?? vscode.ViewColumn.Active;
  }

  #create(roomId: string, viewColumn: vscode.ViewColumn, preserveFocus: boolean): ChatPanel {
    const { client, extensionUri } = this.#tools;
    const room = client.state.rooms.get(roomId);
    const title = room === undefined ? '#' : titleOf(client.state, room);
    const options = pageOptions(extensionUri);
    const panel = vscode.window.createWebviewPanel(
      viewIds.panel,
      title,
      { viewColumn, preserveFocus },
      options,
    );
    return this.#adopt(panel, roomId);
  }

  #restore(panel: vscode.WebviewPanel, state: unknown): void {
    const roomId = roomOf(state);
    // A second panel of a room can come from a version without this rule, one without a room from a page that never started.
    if (roomId === null || this.#panels.has(roomId)) panel.dispose();
    else this.#adopt(panel, roomId);
  }

  #adopt(panel: vscode.WebviewPanel, roomId: string): ChatPanel {
    const chatPanel = new ChatPanel(panel, roomId, this.#tools);
    this.#panels.set(roomId, chatPanel);
    panel.onDidChangeViewState(() => {
      if (panel.active) this.#lastRoom = roomId;
    });
    panel.onDidDispose(() => {
      if (this.#panels.get(roomId) === chatPanel) this.#panels.delete(roomId);
    });
    return chatPanel;
  }
}

function roomOf(state: unknown): string | null {
  if (typeof state !== 'object' || state === null || !('roomId' in state)) return null;
  const { roomId } = state;
  return typeof roomId === 'string' && isId(roomId) ? roomId : null;
}
