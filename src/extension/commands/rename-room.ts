import * as vscode from 'vscode';
import type { Disposable } from '../../common/disposable.ts';
import { ChatError } from '../../model/errors.ts';
import { newId } from '../../model/ids.ts';
import { checkRoomName } from '../../model/names.ts';
import type { ChatWindow } from '../chat-window.ts';
import { askName } from './ask-name.ts';
import { registerCommand, roomOfArgument } from './command.ts';
import { roomNames } from './new-room.ts';
import { namedRooms, pickRoom } from './pick-room.ts';

export function registerRenameRoom(window: ChatWindow): Disposable {
  const { client, panels } = window;
  return registerCommand(window, 'renameRoom', async (argument) => {
    await client.whenReady();
    const title = vscode.l10n.t('Rename Room');
    const first = panels.activeRoom;
    const roomId =
      roomOfArgument(argument) ?? (await pickRoom(client, { title, rooms: namedRooms(client), first }));
    if (roomId === undefined) return;
    const before = client.state.rooms.get(roomId)?.name;
    if (before === undefined || before === null) throw new ChatError('NOT_A_DIRECT_ROOM', { room: roomId });
    const name = await askName({
      title,
      prompt: vscode.l10n.t('Messages and links stay as they are.'),
      value: before,
      taken: roomNames(client, roomId),
      check: checkRoomName,
    });
    if (name === undefined || name === before) return;
    await client.request('room.change', { id: newId(), roomId, name });
  });
}
