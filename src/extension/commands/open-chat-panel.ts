import type { Disposable } from '../../common/disposable.ts';
import { ChatError } from '../../model/errors.ts';
import type { ChatWindow } from '../chat-window.ts';
import { activeRooms, defaultRoom } from '../room-facts.ts';
import { registerCommand } from './command.ts';

/** Opens the first room with unread messages; without any, the room that was open last, or the general one. */
export function registerOpenChatPanel(window: ChatWindow): Disposable {
  const { client, panels } = window;
  return registerCommand(window, 'openChatPanel', async () => {
    await client.whenReady();
    const unread = activeRooms(client.state).find((room) => room.unread > 0)?.id;
    const roomId = unread ?? panels.lastRoom ?? defaultRoom(client.state)?.id;
    if (roomId === undefined) throw new ChatError('NO_SUCH_ROOM');
    panels.open(roomId);
  });
}
