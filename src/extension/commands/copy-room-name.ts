import * as vscode from 'vscode';
import type { Disposable } from '../../common/disposable.ts';
import type { ChatWindow } from '../chat-window.ts';
import { labelOf } from '../room-facts.ts';
import { registerCommand, roomOfArgument } from './command.ts';

/** As the terminal takes it: `general`, `@Grace`. */
export function registerCopyRoomName(window: ChatWindow): Disposable {
  const { client } = window;
  return registerCommand(window, 'copyRoomName', async (argument) => {
    const room = client.state.rooms.get(roomOfArgument(argument) ?? '');
    if (room !== undefined) await vscode.env.clipboard.writeText(labelOf(client.state, room));
  });
}
