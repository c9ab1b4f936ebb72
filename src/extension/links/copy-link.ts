import * as vscode from 'vscode';
import { type LinkTarget, linkPath } from './message-link.ts';

/** Publisher and name of this extension: the authority of links that the editor hands to it. */
export const EXTENSION_ID = 'local-chat.local-chat';

/** Copies a link to a message or a room to the clipboard. */
export async function copyLink(target: LinkTarget): Promise<void> {
  await vscode.env.clipboard.writeText(`${vscode.env.uriScheme}://${EXTENSION_ID}${linkPath(target)}`);
}
