import * as vscode from 'vscode';
import type { Client } from '../../client/api.ts';
import { ChatError } from '../../model/errors.ts';
import { linkPath } from './message-link.ts';

/** Publisher and name of this extension: the authority of links that the editor hands to it. */
export const EXTENSION_ID = 'local-chat.local-chat';

/** Copies a message's source, or a link to it, to the clipboard. */
export async function copyMessage(client: Client, messageId: string, what: 'text' | 'link'): Promise<void> {
  const { message } = await client.request('message.get', { id: messageId });
  if (message === null) throw new ChatError('NO_SUCH_MESSAGE', { id: messageId });
  const link = (): string =>
    `${vscode.env.uriScheme}://${EXTENSION_ID}${linkPath({ roomId: message.roomId, messageId })}`;
  await vscode.env.clipboard.writeText(what === 'text' ? message.content : link());
}
