import * as vscode from 'vscode';
import { createClient } from '../client/client.ts';
import { type Disposable, DisposableStore } from '../common/disposable.ts';
import type { Logger } from '../common/logger.ts';
import { toChatError } from '../model/errors.ts';
import { openDataDirectory } from './data-directory.ts';
import { windowIdentity } from './identity.ts';
import type { ProfileMemory } from './profile-memory.ts';
import { reportFault } from './report-fault.ts';
import { onDidChangeSetting } from './settings.ts';
import { registerTerminal } from './terminal/register-terminal.ts';
import type { UnsentFiles } from './unsent/unsent-files.ts';
import type { WindowClient } from './window-client.ts';

/** From the last change of the setting to its taking effect. Milliseconds. */
const SETTLE_DELAY = 2_000;

export interface OpenChatOptions {
  readonly context: vscode.ExtensionContext;
  readonly client: WindowClient;
  readonly profile: ProfileMemory;
  readonly files: UnsentFiles;
  readonly log: Logger;
}

/** Connects this window to the chat of its data directory, and to another one when the setting changes. */
export function openChat({ context, client, profile, files, log }: OpenChatOptions): Disposable {
  const owned = new DisposableStore();
  let ofDirectory = owned.add(new DisposableStore());
  const { version } = context.extension.packageJSON as { version: string };

  const open = (): void => {
    ofDirectory.dispose();
    ofDirectory = owned.add(new DisposableStore());
    try {
      const directory = openDataDirectory(context, log);
      files.use(directory);
      client.use(
        createClient({
          directory,
          bundleFolder: vscode.Uri.joinPath(context.extensionUri, 'dist').fsPath,
          version,
          identity: windowIdentity(),
          profile: profile.choice,
          log,
        }),
      );
      ofDirectory.add(registerTerminal(context, directory, log));
    } catch (thrown) {
      const error = toChatError(thrown);
      log.log('error', 'there is no chat in this window', { error: error.message });
      client.refuse(error);
      void reportFault(error);
    }
  };

  // A path that is still being typed would be made, or complained of, letter by letter.
  let settling: NodeJS.Timeout | undefined;
  owned.add(
    onDidChangeSetting('dataDirectory')(() => {
      clearTimeout(settling);
      settling = setTimeout(open, SETTLE_DELAY);
    }),
  );
  owned.add({ dispose: () => clearTimeout(settling) });
  owned.add(
    client.onDidChangeConnection(({ fault }) => {
      // The profile this workspace remembers is of another store: it takes the one last used there.
      if (fault?.code === 'NO_SUCH_PROFILE') void startOver(client, profile, log);
    }),
  );
  open();
  return owned;
}

async function startOver(client: WindowClient, profile: ProfileMemory, log: Logger): Promise<void> {
  try {
    await profile.forget();
    await client.switchProfile(profile.fallback);
  } catch (thrown) {
    log.log('warn', 'no profile could be taken', { error: toChatError(thrown).message });
  }
}
