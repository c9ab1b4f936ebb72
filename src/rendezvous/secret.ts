import { randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChatError } from '../model/errors.ts';
import { createFirst } from './first-wins.ts';
import { systemCode } from './system-error.ts';

/** Name of the file in the data directory. */
export const SECRET_FILE = 'secret';
export const SECRET_BYTES = 32;
const ATTEMPTS = 20;

/**
 * The 32 bytes with which hub and clients of a data directory prove themselves. The first who asks makes them; of several at
 * once the first wins and all get the same. Whoever can read the file may talk to the hub, so it is 0600; a copy that came
 * out more open is closed again, which is enough since its directory is closed too.
 *
 * @throws ChatError DIRECTORY_LINK or DIRECTORY_FOREIGN when the file is a link or somebody else's, STORE_CORRUPT when it has
 *   not 32 bytes, DIRECTORY_UNUSABLE when it can be neither read nor made.
 */
export function loadSecret(directory: string): Buffer {
  const path = join(directory, SECRET_FILE);
  try {
    for (let attempt = 1; ; attempt += 1) {
      const found = readSecret(path);
      if (found?.length === SECRET_BYTES) return found;
      // Without links the winner writes in place, so for a moment the file may be short.
      if (found !== null && attempt === ATTEMPTS) {
        throw new ChatError('STORE_CORRUPT', { file: SECRET_FILE, detail: `${found.length} bytes` });
      }
      if (found === null) createSecret(path);
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  } catch (error) {
    if (error instanceof ChatError) throw error;
    const detail = systemCode(error) ?? String(error);
    throw new ChatError('DIRECTORY_UNUSABLE', { directory, detail }, { cause: error });
  }
}

function readSecret(path: string): Buffer | null {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry === undefined) return null;
  if (!entry.isFile()) throw new ChatError('DIRECTORY_LINK', { directory: path });
  if (process.platform !== 'win32') {
    if (entry.uid !== process.geteuid?.()) {
      throw new ChatError('DIRECTORY_FOREIGN', { directory: path, owner: entry.uid });
    }
    if ((entry.mode & 0o077) !== 0) chmodSync(path, 0o600);
  }
  return readFileSync(path);
}

function createSecret(path: string): void {
  createFirst(path, `${path}.${randomBytes(8).toString('hex')}.tmp`, randomBytes(SECRET_BYTES));
}
