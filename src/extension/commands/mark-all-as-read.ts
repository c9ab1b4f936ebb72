import type { Disposable } from '../../common/disposable.ts';
import type { ChatWindow } from '../chat-window.ts';
import { registerCommand } from './command.ts';

export function registerMarkAllAsRead(window: ChatWindow): Disposable {
  const { client } = window;
  return registerCommand(window, 'markAllAsRead', async () => {
    await client.whenReady();
    const unread = [...client.state.rooms.values()].filter((room) => room.unread > 0);
    await Promise.all(
      unread.map(({ id, lastSeq }) => client.request('read.mark', { roomId: id, upTo: lastSeq })),
    );
  });
}
