import { closeSync, fsyncSync, linkSync, openSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { hasNoLinks, isFull, systemCode } from './system-error.ts';

/** What becomes of a file that was begun under its own name and could not be finished. */
export type Unfinished = 'removed' | 'left';

/**
 * Creates the file `path` with `bytes`, mode 0600, for the one who is first. It is written and synced under the name
 * `temporary` and then linked, so nobody ever sees half of it. Where there are no links it is created under its own name: then
 * a reader may meet it incomplete, for a moment or, with `left`, for good. A memory file system without room for a further file
 * has none for a link either, and the file fits once its temporary one is gone.
 *
 * @returns false when somebody else was first; nothing was changed.
 * @throws the error of the system; ENOSPC also for a write that came out short, ENOENT also when `temporary` was removed
 *   before it was linked.
 */
export function createFirst(
  path: string,
  temporary: string,
  bytes: Buffer,
  unfinished: Unfinished = 'removed',
): boolean {
  writeNew(temporary, bytes);
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    if (!hasNoLinks(error) && !isFull(error)) throw error;
  } finally {
    // It may be gone: whoever leads by now tidies up what older attempts left.
    rmSync(temporary, { force: true });
  }
  try {
    writeNew(path, bytes, unfinished);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Writes and syncs a file that must not exist yet. */
export function writeNew(path: string, bytes: Buffer, unfinished: Unfinished = 'removed'): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    // A full disk shortens a write without any error.
    const written = writeSync(file, bytes);
    if (written !== bytes.length) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
    fsyncSync(file);
  } catch (error) {
    if (unfinished === 'removed') unlinkSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
}
