import * as vscode from 'vscode';
import type { Disposable } from '../../common/disposable.ts';
import { newId } from '../../model/ids.ts';
import type { ChatWindow } from '../chat-window.ts';
import { registerCommand, roomOfArgument } from './command.ts';
import { pickRoom } from './pick-room.ts';

export function registerRestoreRoom(window: ChatWindow): Disposable {
  const { client } = window;
  return registerCommand(window, 'restoreRoom', async (argument) => {
    await client.whenReady();
    const title = vscode.l10n.t('Restore Room');
    const rooms = [...client.state.rooms.values()].filter(({ archived }) => archived);
    const roomId = roomOfArgument(argument) ?? (await pickRoom(client, { title, rooms }));
    if (roomId === undefined) return;
    await client.request('room.change', { id: newId(), roomId, archived: false });
  });
}
