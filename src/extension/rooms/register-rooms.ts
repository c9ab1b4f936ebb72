import * as vscode from 'vscode';
import { assertNever } from '../../common/assert-never.ts';
import { type Disposable, DisposableStore } from '../../common/disposable.ts';
import type { ChatWindow } from '../chat-window.ts';
import { calmly } from '../calm-connection.ts';
import { commandIds, innerCommandIds, viewIds } from '../ids.ts';
import { totalUnread } from '../room-facts.ts';
import { sentenceOf } from '../sentences.ts';
import type { ConnectionStatus } from '../../client/api.ts';
import { RoomsTreeData } from './rooms-tree.ts';
import { unreadWords } from './tree-items.ts';
import { UnreadDecorations } from './unread-decorations.ts';

/** The Rooms view: the tree, the unread counts in it and the total on the icon in the activity bar. */
export function registerRooms({ client }: Pick<ChatWindow, 'client'>): Disposable {
  const owned = new DisposableStore();
  const treeDataProvider = owned.add(new RoomsTreeData(client));
  owned.add(new UnreadDecorations(client));
  const view = owned.add(vscode.window.createTreeView(viewIds.rooms, { treeDataProvider }));

  // Without an argument: the editor forgets those of an item the moment it is drawn anew, and a click that was on its way then ends
  // in "Actual command not found". What is selected it tells before it runs the command.
  owned.add(
    vscode.commands.registerCommand(innerCommandIds.openSelectedRoom, async () => {
      const [node] = view.selection;
      if (node?.type === 'room')
        await vscode.commands.executeCommand(commandIds.openRoom, { roomId: node.room.id });
    }),
  );

  const showBadge = (): void => {
    const value = totalUnread(client.state);
    if (value === (view.badge?.value ?? 0)) return;
    view.badge = value === 0 ? undefined : { value, tooltip: unreadWords(value) };
  };
  owned.add(client.onDidChangeState(showBadge));
  owned.add(
    calmly(client, (status) => {
      view.message = lineAbout(status);
    }),
  );
  showBadge();
  return owned;
}

/** The one line above the tree; empty when everything is as it should be. */
function lineAbout({ state, fault }: ConnectionStatus): string {
  switch (state) {
    case 'ready':
    case 'connecting':
      return '';
    case 'reconnecting':
      return vscode.l10n.t('Reconnecting…');
    case 'readonly':
      return vscode.l10n.t(
        'Read only: nothing can be stored just now. What is stored is safe; Show Status says why.',
      );
    case 'unreachable':
      return fault === null ? vscode.l10n.t('Not connected.') : `${sentenceOf(fault)} (${fault.code})`;
    default:
      return assertNever(state);
  }
}
