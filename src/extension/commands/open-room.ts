import * as vscode from 'vscode';
import type { Client } from '../../client/api.ts';
import type { Disposable } from '../../common/disposable.ts';
import type { ChatWindow } from '../chat-window.ts';
import { commandIds } from '../ids.ts';
import { activeRooms } from '../room-facts.ts';
import { registerCommand, roomOfArgument } from './command.ts';
import { pickRoom } from './pick-room.ts';

export function registerOpenRoom(window: ChatWindow): Disposable {
  const { client, panels } = window;
  return registerCommand(window, 'openRoom', async (argument) => {
    await client.whenReady();
    const roomId = roomOfArgument(argument) ?? (await askRoom(window.client));
    if (roomId !== undefined) panels.open(roomId);
  });
}

/** Asks which room to go to, those with unread messages first. */
export function askRoom(client: Client): Promise<string | undefined> {
  return pickRoom(client, {
    title: vscode.l10n.t('Open Room'),
    rooms: activeRooms(client.state),
    otherwise: {
      label: vscode.l10n.t('New Room…'),
      run: () => vscode.commands.executeCommand(commandIds.newRoom),
    },
  });
}
