import { statSync } from 'node:fs';
import { ChatError } from '../model/errors.ts';
import type { DirectoryChoice } from './directory.ts';
import { readRegistry } from './registry.ts';

export interface LocateOptions {
  /** `--data-dir`, if it was given. */
  readonly dataDir?: string | undefined;
  readonly env?: NodeJS.ProcessEnv;
  /** Folder of the registry, for tests. */
  readonly stateFolder?: string;
}

/**
 * Where a program outside an editor finds the chat: the directory named on its command line, else in LOCAL_CHAT_DIR, else the
 * one an editor used last and that is still there. To be opened with `openDirectory`.
 *
 * @throws ChatError NO_STORE when there is none; USAGE for an empty name on the command line. An empty variable is none.
 */
export function locateStore({
  dataDir,
  env = process.env,
  stateFolder,
}: LocateOptions = {}): DirectoryChoice {
  // Never passed over: whoever gave an empty one did not mean some other chat.
  if (dataDir === '') throw new ChatError('USAGE', { detail: 'The data directory is empty.' });
  const named = dataDir ?? (env['LOCAL_CHAT_DIR'] || undefined);
  if (named !== undefined) return { directory: named, named: true };
  const found = readRegistry(stateFolder).find(({ directory }) => isDirectory(directory));
  if (found === undefined) throw new ChatError('NO_STORE');
  // Whoever noted it has checked it; should it have been opened since, it is refused like any other.
  return { directory: found.directory, named: true };
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
