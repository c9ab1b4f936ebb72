import type { Disposable } from '../../common/disposable.ts';
import type { ChatWindow } from '../chat-window.ts';
import { registerCommand, roomOfArgument } from './command.ts';
import { askRoom } from './open-room.ts';

/** Shows a room of the tree, or that of the active panel, in the Chat view. */
export function registerOpenInSideBar(window: ChatWindow): Disposable {
  const { client, panels, view } = window;
  return registerCommand(window, 'openInSideBar', async (argument) => {
    await client.whenReady();
    const roomId = roomOfArgument(argument) ?? panels.activeRoom ?? (await askRoom(client));
    if (roomId !== undefined) await view.open(roomId);
  });
}
