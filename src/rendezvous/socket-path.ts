import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, mkdtempSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { ChatError } from '../model/errors.ts';
import { systemCode } from './system-error.ts';

/**
 * The longest path of a socket, in bytes. Systems take 104 to 108, and Node cuts a longer path without a word and then says it
 * listens.
 */
export const MAX_SOCKET_PATH = 100;

const FOLDER_PREFIX = 'local-chat-';
const FOLDER_NAME = /^local-chat-[0-9A-Za-z]{6}$/;
const SOCKET_NAME = /^hub-[0-9a-f]{12}\.sock$/;

export interface SocketPlaces {
  readonly platform: NodeJS.Platform;
  /** Folders for short-lived things, in the order they are tried. */
  readonly folders: readonly string[];
}

function places(): SocketPlaces {
  const runtime = process.env['XDG_RUNTIME_DIR'];
  const folders = runtime !== undefined && isAbsolute(runtime) ? [runtime] : [];
  return { platform: process.platform, folders: [...folders, tmpdir(), '/tmp'] };
}

/**
 * A path nobody used before: in the data directory if it is short enough there, else in a fresh directory of mode 0700
 * elsewhere, which is created. On Windows the name of a pipe. Clients never work it out, they read it from the claim.
 *
 * @throws ChatError DIRECTORY_UNUSABLE when no place is short enough and writable.
 */
export function newSocketPath(directory: string, { platform, folders }: SocketPlaces = places()): string {
  if (platform === 'win32') return `\\\\.\\pipe\\local-chat-${randomBytes(16).toString('hex')}`;
  const beside = join(directory, socketName());
  return fits(beside) ? beside : socketPathElsewhere(directory, { platform, folders });
}

/**
 * The same outside of the data directory, for one that has no room for a socket: it is too deep down, full or read-only, or its
 * file system knows no sockets.
 *
 * @throws ChatError DIRECTORY_UNUSABLE when no place is short enough and writable.
 */
export function socketPathElsewhere(directory: string, { folders }: SocketPlaces = places()): string {
  const name = socketName();
  for (const folder of folders) {
    if (!fits(join(folder, `${FOLDER_PREFIX}XXXXXX`, name))) continue;
    const fresh = freshFolder(folder);
    if (fresh !== null) return join(fresh, name);
  }
  throw new ChatError('DIRECTORY_UNUSABLE', { directory, detail: 'ENAMETOOLONG' });
}

/**
 * Removes the socket of a hub that is over, or the empty file of {@link leaveTombstone}, and the directory that was made
 * for it. Anything that is not exactly that is left alone: the path was read from a file.
 */
export function removeSocket(path: string): void {
  if (process.platform === 'win32' || !SOCKET_NAME.test(basename(path))) return;
  const folder = dirname(path);
  try {
    const entry = lstatSync(path, { throwIfNoEntry: false });
    if (entry?.isSocket() === true || (entry?.isFile() === true && entry.size === 0)) unlinkSync(path);
    if (FOLDER_NAME.test(basename(folder))) rmdirSync(folder);
  } catch (error) {
    // Another process removes the same one, or the directory holds something else or is read-only by now.
    if (
      !['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EACCES', 'EPERM', 'EBUSY', 'EROFS'].includes(
        systemCode(error) ?? '',
      )
    )
      throw error;
  }
}

/**
 * Leaves an empty file where the socket was, for a hub that is over in a process that goes on: to others "no socket, but the
 * process lives" looks like a hub in another mount namespace, which nobody takes over from. A plain file refuses connections,
 * which says what is true: nobody is there any more. {@link removeSocket} took the directory of the socket along, so it is
 * made again.
 *
 * @throws the error of the system; EEXIST when the socket is still there, which refuses by itself.
 */
export function leaveTombstone(path: string): void {
  if (process.platform === 'win32' || !SOCKET_NAME.test(basename(path))) return;
  restoreSocketFolder(path);
  writeFileSync(path, '', { flag: 'wx', mode: 0o600 });
}

/** Whether the socket is where the claim says. A pipe of Windows is there as long as its process. */
export function socketExists(path: string): boolean {
  return process.platform === 'win32' || lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true;
}

/**
 * Makes the directory of a socket anew when something that tidies temporary folders took it away. Only one that was made for
 * the socket; a data directory that is gone stays gone.
 */
export function restoreSocketFolder(path: string): void {
  const folder = dirname(path);
  if (process.platform !== 'win32' && FOLDER_NAME.test(basename(folder)))
    mkdirSync(folder, { recursive: true, mode: 0o700 });
}

function socketName(): string {
  return `hub-${randomBytes(6).toString('hex')}.sock`;
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= MAX_SOCKET_PATH;
}

function freshFolder(parent: string): string | null {
  try {
    return mkdtempSync(join(parent, FOLDER_PREFIX));
  } catch {
    // Not there or not writable: the next place is tried.
    return null;
  }
}
