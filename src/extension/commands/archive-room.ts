import * as vscode from 'vscode';
import type { Disposable } from '../../common/disposable.ts';
import { newId } from '../../model/ids.ts';
import type { ChatWindow } from '../chat-window.ts';
import { registerCommand, roomOfArgument } from './command.ts';
import { namedRooms, pickRoom } from './pick-room.ts';

/** Nobody is asked twice: it can be restored, and nothing is lost. */
export function registerArchiveRoom(window: ChatWindow): Disposable {
  const { client, panels } = window;
  return registerCommand(window, 'archiveRoom', async (argument) => {
    await client.whenReady();
    const title = vscode.l10n.t('Archive Room');
    const first = panels.activeRoom;
    const roomId =
      roomOfArgument(argument) ?? (await pickRoom(client, { title, rooms: namedRooms(client), first }));
    if (roomId === undefined) return;
    await client.request('room.change', { id: newId(), roomId, archived: true });
  });
}
