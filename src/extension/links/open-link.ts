import * as vscode from 'vscode';
import { ChatError } from '../../model/errors.ts';

/** Nothing that runs a command, opens a file or reaches into another program. */
const OPENED = new Set(['http:', 'https:', 'mailto:']);

/** Opens a link of a message outside of the editor. The page has checked it; what comes from a page is checked again. */
export async function openLink(href: string): Promise<void> {
  let url: URL;
  try {
    url = new URL(href);
  } catch (error) {
    throw new ChatError('BAD_REQUEST', { detail: 'openLink' }, { cause: error });
  }
  if (!OPENED.has(url.protocol)) throw new ChatError('BAD_REQUEST', { detail: 'openLink' });
  // As a string, because a Uri is decoded and encoded again on its way: `%23` would become `%2523` (microsoft/vscode#85930). That way is
  // for web addresses only.
  if (url.protocol === 'mailto:') await vscode.env.openExternal(vscode.Uri.parse(url.href, true));
  else await vscode.commands.executeCommand('vscode.open', url.href);
}
