import { ShortWriteError, systemCode } from './errors.ts';
import type { FileAccess } from './files.ts';

/** A file that only grows. After a failed call it must not be used again: nobody can know what reached the disk. */
export class DurableFile {
  readonly #files: FileAccess;
  readonly #fd: number;
  #length = 0;
  #open = true;

  /** Makes the file; fails if it is there. */
  constructor(files: FileAccess, path: string) {
    this.#files = files;
    this.#fd = files.create(path);
  }

  get length(): number {
    return this.#length;
  }

  /** @throws ShortWriteError when the disk took less than all; one call is one write, nothing is tried again. */
  append(bytes: Uint8Array): void {
    const written = this.#files.write(this.#fd, bytes, 0, bytes.length, this.#length);
    this.#length += written;
    if (written !== bytes.length) throw new ShortWriteError(written, bytes.length);
  }

  sync(): void {
    this.#files.sync(this.#fd);
  }

  syncData(): void {
    this.#files.syncData(this.#fd);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#files.close(this.#fd);
  }
}

/** What file systems without hard links, or with none left, answer. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV', 'EISDIR', 'EINVAL']);

/** Gives the file a further name. False where the file system cannot. */
export function tryLink(files: FileAccess, from: string, to: string): boolean {
  try {
    files.link(from, to);
    return true;
  } catch (error) {
    if (NO_LINKS.has(systemCode(error) ?? '')) return false;
    throw error;
  }
}

/**
 * Gives a finished temporary file its real name, which appears at once and whole. Linking refuses to replace a file; where
 * there are no links it is renamed, which is as safe here because nobody else writes files of this epoch.
 */
export function publish(files: FileAccess, temporary: string, name: string): void {
  if (tryLink(files, temporary, name)) files.remove(temporary);
  else files.rename(temporary, name);
}

/** Removes a file that may not be there, and does not mind when it cannot: a later epoch cleans up. */
export function discard(files: FileAccess, path: string): boolean {
  try {
    files.remove(path);
    return true;
  } catch {
    return false;
  }
}
