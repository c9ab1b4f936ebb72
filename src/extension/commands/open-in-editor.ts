import type { Disposable } from '../../common/disposable.ts';
import type { ChatWindow } from '../chat-window.ts';
import { registerCommand, roomOfArgument } from './command.ts';

/** Opens the room of the Chat view in the editor area. */
export function registerOpenInEditor(window: ChatWindow): Disposable {
  const { client, panels, view } = window;
  return registerCommand(window, 'openInEditor', async (argument) => {
    await client.whenReady();
    const roomId = roomOfArgument(argument) ?? view.roomId;
    if (roomId !== undefined) panels.open(roomId);
  });
}
