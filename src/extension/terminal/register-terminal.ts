import { delimiter } from 'node:path';
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../common/disposable.ts';
import type { Logger } from '../../common/logger.ts';
import { toChatError } from '../../model/errors.ts';
import { onDidChangeSetting, settings } from '../settings.ts';
import { launchers } from './launcher.ts';
import { writeLauncher } from './write-launcher.ts';

/**
 * Puts `local-chat` on the PATH of integrated terminals. What is contributed never changes between two starts: the editor asks
 * the person to relaunch every terminal whose variables did.
 */
export function registerTerminal(
  context: vscode.ExtensionContext,
  directory: string,
  log: Logger,
): Disposable {
  const owned = new DisposableStore();
  const { environmentVariableCollection: variables } = context;
  variables.description = vscode.l10n.t('Adds the command `local-chat` to the PATH.');
  const contribute = async (): Promise<void> => {
    if (!settings.terminalPath || !terminalIsHere(context)) {
      variables.clear();
      return;
    }
    const folder = vscode.Uri.joinPath(context.globalStorageUri, 'bin').fsPath;
    const options = {
      runtime: process.execPath,
      script: vscode.Uri.joinPath(context.extensionUri, 'dist', 'local-chat.cjs').fsPath,
      directory,
    };
    for (const launcher of launchers(options, process.platform)) await writeLauncher(folder, launcher);
    // Also after the shell's own start files, which may set PATH from nothing.
    variables.prepend('PATH', `${folder}${delimiter}`, {
      applyAtProcessCreation: true,
      applyAtShellIntegration: true,
    });
  };
  const contributeSafely = (): void => {
    contribute().catch((thrown: unknown) => {
      log.log('warn', 'the terminal command could not be set up', { error: toChatError(thrown).message });
    });
  };
  owned.add(onDidChangeSetting('terminalPath')(contributeSafely));
  contributeSafely();
  return owned;
}

/** False when this extension runs beside the screen and terminals run on another machine, where its files are not. */
function terminalIsHere(context: vscode.ExtensionContext): boolean {
  return (
    vscode.env.remoteName === undefined || context.extension.extensionKind === vscode.ExtensionKind.Workspace
  );
}
