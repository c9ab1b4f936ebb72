import * as vscode from 'vscode';
import type { ConnectionStatus } from '../client/api.ts';
import { assertNever } from '../common/assert-never.ts';
import { type Disposable, DisposableStore } from '../common/disposable.ts';
import { calmly } from './calm-connection.ts';
import type { ChatWindow } from './chat-window.ts';
import { commandIds, PRODUCT, viewIds } from './ids.ts';
import { plainText } from './plain-text.ts';
import { activeRooms, titleOf, totalUnread } from './room-facts.ts';
import { unreadWords } from './rooms/tree-items.ts';
import { sentenceOf } from './sentences.ts';

const ICON = '$(comment-discussion)';
/** Low: right of what the editor itself shows. */
const PRIORITY = -10;
/** Rooms named in the tooltip. */
const TOOLTIP_ROOMS = 5;

/** One quiet item: an icon, with a number when something is unread. A click opens the first room with news. */
export function registerStatusBar({ client }: Pick<ChatWindow, 'client'>): Disposable {
  const owned = new DisposableStore();
  const { Left } = vscode.StatusBarAlignment;
  const item = owned.add(vscode.window.createStatusBarItem(viewIds.statusBar, Left, PRIORITY));
  item.name = vscode.l10n.t('Local Chat: Unread Messages');
  item.command = commandIds.openChatPanel;
  let status: ConnectionStatus = client.connection;

  const update = (): void => {
    const unread = totalUnread(client.state);
    const trouble = troubleOf(status);
    item.text = [ICON, unread > 0 ? String(unread) : '', trouble?.short ?? '']
      .filter((part) => part !== '')
      .join(' ');
    const rooms = activeRooms(client.state).filter((room) => room.unread > 0);
    const lines = rooms
      .slice(0, TOOLTIP_ROOMS)
      .map((room) => `${titleOf(client.state, room)}: ${room.unread}`);
    if (rooms.length > TOOLTIP_ROOMS) lines.push('…');
    const summary = trouble?.sentence ?? (unreadWords(unread) || vscode.l10n.t('Nothing unread'));
    const { me } = client.state;
    const speaker = me === null ? [] : [vscode.l10n.t('This window speaks as {0}', plainText(me.name))];
    item.tooltip = [`${PRODUCT}: ${summary}`, ...lines, ...speaker].join('\n');
    item.accessibilityInformation = { label: `${PRODUCT}, ${summary}`, role: 'button' };
  };
  owned.add(client.onDidChangeState(update));
  owned.add(
    calmly(client, (now) => {
      status = now;
      update();
    }),
  );
  update();
  item.show();
  return owned;
}

/** Null when there is nothing to say. `short` is shown, `sentence` is read. */
function troubleOf({ state, fault }: ConnectionStatus): { short: string; sentence: string } | null {
  switch (state) {
    case 'ready':
    case 'connecting':
      return null;
    case 'reconnecting':
      return { short: vscode.l10n.t('reconnecting…'), sentence: vscode.l10n.t('Reconnecting…') };
    case 'readonly':
      return {
        short: vscode.l10n.t('read only'),
        sentence: vscode.l10n.t(
          'Read only: nothing can be stored just now. What is stored is safe; Show Status says why.',
        ),
      };
    case 'unreachable':
      return {
        short: '$(circle-slash)',
        sentence: fault === null ? vscode.l10n.t('Not connected.') : `${sentenceOf(fault)} (${fault.code})`,
      };
    default:
      return assertNever(state);
  }
}
