import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ChatError } from '../model/errors.ts';
import { systemCode } from './system-error.ts';

/** Bits of the mode that let anybody but the owner in. */
const OTHERS = 0o077;

export interface DirectoryChoice {
  /** May be relative to the working directory, and may not exist yet. */
  readonly directory: string;
  /**
   * Whether a person or a variable named it. A directory of the default place is made private when it is ours; a named one is
   * never changed: somebody may share it on purpose, and then it is no place for a chat.
   */
  readonly named: boolean;
}

/**
 * Makes sure that a data directory exists, is ours and is closed to others, and returns its absolute path. This is the one
 * place that decides so; everything else may rely on it. On Windows the folder of the user is closed to others by its
 * access list, and owner and mode say nothing.
 *
 * @throws ChatError DIRECTORY_LINK, DIRECTORY_FOREIGN or DIRECTORY_OPEN for a named directory that is refused;
 *   DIRECTORY_FOREIGN for a default one that belongs to somebody else; DIRECTORY_UNUSABLE for a file, a path that can not be
 *   created or a directory without permission.
 */
export function openDirectory({ directory: given, named }: DirectoryChoice): string {
  // Without a trailing slash: with one, a link looks like the directory behind it.
  const directory = resolve(given);
  try {
    // Not when it is there: on a read-only disk some systems answer with that, whatever is there.
    if (lstatSync(directory, { throwIfNoEntry: false }) === undefined) {
      make(directory);
    }
    check(directory, named);
    accessSync(directory, constants.R_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof ChatError) throw error;
    throw unusable(directory, error);
  }
  return directory;
}

/**
 * With its parents, one by one: on a file system that takes no folders (/proc) `mkdir` says that the parent is missing, and Node's
 * own recursive form then tries for ever (seen with Node 20).
 */
function make(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    // Somebody else has just made it; whether it will do is checked next.
    if (systemCode(error) === 'EEXIST') return;
    const parent = dirname(directory);
    if (systemCode(error) !== 'ENOENT' || existsSync(parent)) throw error;
    make(parent);
    make(directory);
  }
}

function check(directory: string, named: boolean): void {
  const entry = lstatSync(directory);
  if (named && entry.isSymbolicLink()) throw new ChatError('DIRECTORY_LINK', { directory });
  const target = entry.isSymbolicLink() ? statSync(directory) : entry;
  if (!target.isDirectory()) throw new ChatError('DIRECTORY_UNUSABLE', { directory, detail: 'ENOTDIR' });
  if (process.platform === 'win32') return;
  // Also under sudo: root could read the directory of the user, but what root creates in it the user could not.
  const user = process.geteuid?.();
  if (target.uid !== user) throw new ChatError('DIRECTORY_FOREIGN', { directory, owner: target.uid });
  if (!isOpen(target)) return;
  if (named) throw new ChatError('DIRECTORY_OPEN', { directory, mode: (target.mode & 0o777).toString(8) });
  chmodSync(directory, 0o700);
}

function isOpen(entry: Stats): boolean {
  return (entry.mode & OTHERS) !== 0;
}

function unusable(directory: string, cause: unknown): ChatError {
  // A file in the place of the directory, or of one of its parents.
  const code = systemCode(cause);
  const detail = code === 'EEXIST' ? 'ENOTDIR' : (code ?? String(cause));
  return new ChatError('DIRECTORY_UNUSABLE', { directory, detail }, { cause });
}
