import * as vscode from 'vscode';
import { DisposableStore } from '../../common/disposable.ts';
import { ChatError } from '../../model/errors.ts';
import { isId } from '../../model/ids.ts';
import { viewIds } from '../ids.ts';
import { roomTitled, titleOf } from '../room-facts.ts';
import { untilChat } from '../until-chat.ts';
import { ChatPanel, type PageTools } from './chat-panel.ts';
import { pageOptions } from './page-setup.ts';
import { roomTabsTitled } from './room-tabs.ts';

/** The panels of this window, one per room. */
export class ChatPanels {
  readonly #tools: PageTools;
  readonly #panels = new Map<string, ChatPanel>();
  /** Brought back by the editor, their room not known yet. */
  readonly #restoring = new Set<vscode.WebviewPanel>();
  readonly #owned = new DisposableStore();
  #lastRoom: string | undefined;

  constructor(tools: PageTools) {
    this.#tools = tools;
    this.#owned.add(
      vscode.window.registerWebviewPanelSerializer(viewIds.panel, {
        deserializeWebviewPanel: (panel: vscode.WebviewPanel, state: unknown) => this.#restore(panel, state),
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

  /** Whether this tab, in front in its group, may be one of our panels: one that answers. */
  shows(tab: vscode.Tab): boolean {
    const answering = [...this.#restoring, ...[...this.#panels.values()].map(({ panel }) => panel)];
    return answering.some((panel) => panel.visible && panel.title === tab.label && !isElsewhere(panel, tab));
  }

  /** Whether the room's panel is on screen in another group than this tab. */
  showsElsewhere(roomId: string, tab: vscode.Tab): boolean {
    const panel = this.#panels.get(roomId)?.panel;
    return panel?.visible === true && isElsewhere(panel, tab);
  }

  /**
   * Shows the room, in its panel or in a new one; at a message if one is named.
   *
   * @throws ChatError NO_SUCH_ROOM
   */
  open(roomId: string, seq?: number): void {
    const { state, connection } = this.#tools.client;
    if (connection.state === 'ready' && !state.rooms.has(roomId))
      throw new ChatError('NO_SUCH_ROOM', { room: roomId });
    const panel = this.#panels.get(roomId) ?? this.#createInPlace(roomId);
    this.#lastRoom = roomId;
    panel.show(seq);
  }

  /** Brings the room's panel to the front, or makes one, without taking the focus from where it is. */
  openQuietly(roomId: string, viewColumn: vscode.ViewColumn): void {
    const known = this.#panels.get(roomId);
    if (known === undefined) this.#create(roomId, viewColumn, true);
    else known.panel.reveal(undefined, true);
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

  /**
   * Where a tab of this room waits to be shown for the first time since a start, or was left by an extension host that is gone, the
   * panel takes its place: the editor offers no way to have it.
   */
  #createInPlace(roomId: string): ChatPanel {
    const { state } = this.#tools.client;
    const room = state.rooms.get(roomId);
    const waiting = room === undefined ? [] : roomTabsTitled(titleOf(state, room));
    const panel = this.#create(roomId, waiting[0]?.group.viewColumn ?? this.#column(), false);
    void this.#close(waiting);
    return panel;
  }

  async #close(tabs: readonly vscode.Tab[]): Promise<void> {
    try {
      if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
    } catch (error) {
      // Somebody was faster, or the editor made its panel after all, which then ends by itself.
      this.#tools.log.log('debug', 'a tab was left as it is', { error: String(error) });
    }
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

  async #restore(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    this.#restoring.add(panel);
    panel.onDidDispose(() => this.#restoring.delete(panel));
    const roomId = roomOf(state) ?? (await this.#roomTitled(panel.title));
    // Closed while we waited.
    if (!this.#restoring.delete(panel)) return;
    if (roomId === undefined || this.#panels.has(roomId)) panel.dispose();
    else this.#adopt(panel, roomId);
  }

  /** For a panel without state: the editor had no time to store what the page had told it. */
  async #roomTitled(title: string): Promise<string | undefined> {
    const { client } = this.#tools;
    await untilChat(client);
    return roomTitled(client.state, title)?.id;
  }

  #adopt(panel: vscode.WebviewPanel, roomId: string): ChatPanel {
    let isGone = false;
    panel.onDidDispose(() => {
      isGone = true;
      if (this.#panels.get(roomId)?.panel === panel) this.#panels.delete(roomId);
    });
    panel.onDidChangeViewState(() => {
      if (panel.active) this.#lastRoom = roomId;
    });
    const chatPanel = new ChatPanel(panel, roomId, this.#tools);
    // Nothing of a panel can be asked any more once it has ended.
    if (!isGone) this.#panels.set(roomId, chatPanel);
    return chatPanel;
  }
}

/** False while the editor has not said where the panel is: a panel it has just brought back reports column 0. */
function isElsewhere(panel: vscode.WebviewPanel, tab: vscode.Tab): boolean {
  const column = panel.viewColumn ?? 0;
  return column > 0 && column !== tab.group.viewColumn;
}

function roomOf(state: unknown): string | undefined {
  if (typeof state !== 'object' || state === null || !('roomId' in state)) return undefined;
  const { roomId } = state;
  return typeof roomId === 'string' && isId(roomId) ? roomId : undefined;
}
