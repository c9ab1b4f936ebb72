import { dirname } from 'node:path';
import { HubListener, type ListenOptions } from '../ipc/listen.ts';
import { newSocketPath, removeSocket, socketPathElsewhere } from '../rendezvous/socket-path.ts';
import { systemCode, toStorageError } from '../store/errors.ts';

/**
 * Listens on a path nobody used before: in the data directory, or elsewhere when no socket can be made there. A full or
 * read-only disk and a file system without sockets leave the chat readable that way.
 *
 * @throws ChatError STORAGE_… or DIRECTORY_UNUSABLE when there is no place to listen.
 */
export async function listenAnywhere(
  directory: string,
  options: Omit<ListenOptions, 'path'>,
): Promise<HubListener> {
  const beside = newSocketPath(directory);
  try {
    return await listen(beside, options);
  } catch (error) {
    if (dirname(beside) !== directory) throw toStorageError(error);
    options.log.log('warn', 'no socket in the data directory', { code: systemCode(error) ?? 'unknown' });
  }
  try {
    return await listen(socketPathElsewhere(directory), options);
  } catch (error) {
    throw toStorageError(error);
  }
}

async function listen(path: string, options: Omit<ListenOptions, 'path'>): Promise<HubListener> {
  try {
    return await HubListener.open({ ...options, path });
  } catch (error) {
    removeSocket(path);
    throw error;
  }
}
