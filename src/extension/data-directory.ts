import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { examineDirectory } from '../client/examine.ts';
import { type DirectoryChoice, noteStore, openDirectory } from '../client/store-directory.ts';
import type { Logger } from '../common/logger.ts';
import { ChatError, toChatError } from '../model/errors.ts';
import type { Examination } from '../model/findings.ts';
import { settings } from './settings.ts';

/**
 * Which directory holds the chat: the one the setting names, else the one LOCAL_CHAT_DIR names, else the extension's own. The
 * setting comes first because a person can see and change it, while an editor keeps the variables of the moment it was started.
 */
function chooseDirectory(context: vscode.ExtensionContext): DirectoryChoice {
  const set = settings.dataDirectory;
  if (set !== '') {
    // Relative to what, nobody could tell: an extension host has no working directory of its own.
    if (!isAbsolute(set))
      throw new ChatError('DIRECTORY_UNUSABLE', { directory: set, detail: 'not absolute' });
    return { directory: set, named: true };
  }
  const variable = process.env['LOCAL_CHAT_DIR'] ?? '';
  if (variable !== '') return { directory: variable, named: true };
  return { directory: context.globalStorageUri.fsPath, named: false };
}

/**
 * Finds, checks and if need be makes the data directory, and notes it for terminals outside the editor.
 *
 * @returns its absolute path
 * @throws ChatError DIRECTORY_… when it is refused
 */
export function openDataDirectory(context: vscode.ExtensionContext, log: Logger): string {
  const directory = openDirectory(chooseDirectory(context));
  try {
    noteStore(vscode.env.appName, directory, new Date());
  } catch (error) {
    // The chat works without; only a terminal outside has to be told the directory by hand.
    log.log('warn', 'the data directory could not be noted', { code: toChatError(error).message });
  }
  return directory;
}

/**
 * Looks at the same directory, whatever state it is in; makes and changes nothing.
 *
 * @throws ChatError when no directory could be looked at
 */
export async function examineDataDirectory(context: vscode.ExtensionContext): Promise<Examination> {
  const { version } = context.extension.packageJSON as { version: string };
  const bundleFolder = vscode.Uri.joinPath(context.extensionUri, 'dist').fsPath;
  return examineDirectory({ ...chooseDirectory(context), adopt: false, bundleFolder, version });
}
