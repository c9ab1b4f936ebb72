import * as vscode from 'vscode';
import type { Disposable } from '../../common/disposable.ts';
import { ChatError, toChatError } from '../../model/errors.ts';
import type { ChatWindow } from '../chat-window.ts';
import { reportFault } from '../report-fault.ts';
import { parseLinkPath } from './message-link.ts';

/** Opens links to messages and rooms, wherever they were clicked; the editor asks the person before it hands one over. */
export function registerLinks(window: ChatWindow): Disposable {
  return vscode.window.registerUriHandler({
    handleUri: async (uri) => {
      try {
        await openTarget(window, uri.path);
      } catch (thrown) {
        await reportFault(toChatError(thrown));
      }
    },
  });
}

async function openTarget({ client, panels }: ChatWindow, path: string): Promise<void> {
  const target = parseLinkPath(path);
  if (target === null) throw new ChatError('NO_SUCH_ROOM');
  await client.whenReady();
  const { roomId, messageId } = target;
  if (!client.state.rooms.has(roomId)) throw new ChatError('NO_SUCH_ROOM', { room: roomId });
  const found = messageId === null ? null : await client.request('message.get', { id: messageId });
  if (found !== null && found.message?.roomId !== roomId) throw new ChatError('NO_SUCH_MESSAGE');
  panels.open(roomId, found?.message?.seq);
}
