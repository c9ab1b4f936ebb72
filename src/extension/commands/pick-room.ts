import * as vscode from 'vscode';
import type { Client } from '../../client/api.ts';
import type { Room } from '../../model/entities.ts';
import { plainText } from '../plain-text.ts';
import { activeRooms, compareNames, labelOf } from '../room-facts.ts';
import { unreadWords } from '../rooms/tree-items.ts';

interface RoomItem extends vscode.QuickPickItem {
  /** Null for the last row, which is no room. */
  readonly roomId: string | null;
}

export interface PickRoomOptions {
  readonly title: string;
  readonly rooms: readonly Room[];
  /** The room to put first: the one that is looked at. */
  readonly first?: string | undefined;
  /** A last row that leads elsewhere. */
  readonly otherwise?: { readonly label: string; readonly run: () => Thenable<unknown> };
}

/** Asks for a room; undefined when the person went away, or took the last row. */
export async function pickRoom(client: Client, options: PickRoomOptions): Promise<string | undefined> {
  const { title, rooms, first, otherwise } = options;
  const items = [...rooms]
    .sort((a, b) => Number(b.id === first) - Number(a.id === first))
    .map((room) => roomItem(client, room));
  if (otherwise !== undefined) {
    items.push({ label: '', kind: vscode.QuickPickItemKind.Separator, roomId: null });
    items.push({ label: `$(add) ${otherwise.label}`, alwaysShow: true, roomId: null });
  }
  const chosen = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('Type to find a room'),
    matchOnDescription: true,
  });
  if (chosen === undefined) return undefined;
  if (chosen.roomId === null) await otherwise?.run();
  return chosen.roomId ?? undefined;
}

function roomItem({ state }: Client, room: Room): RoomItem {
  const label = labelOf(state, room).replace(/^@/, '');
  return {
    label: `$(${room.kind === 'direct' ? 'account' : 'comment-discussion'}) ${label}`,
    description: [unreadWords(room.unread), plainText(room.topic, 80)]
      .filter((part) => part !== '')
      .join(' · '),
    roomId: room.id,
  };
}

/** Rooms with a name that are not archived, by name. */
export function namedRooms(client: Client): readonly Room[] {
  return activeRooms(client.state)
    .filter((room) => room.kind === 'room')
    .sort((a, b) => compareNames(a.name ?? '', b.name ?? ''));
}
