import { ShortWriteError, systemCode } from './errors.ts';
import type { FileAccess } from './files.ts';

/** A file that only grows. After a failed call it must not be used again: nobody can know what reached the disk. */
export class DurableFile {
  readonly #files: FileAccess;
  readonly #fd: number;
  #path: string;
  #length = 0;
  #isWhole = true;
  /** Whether the file system knows an open file again by its name. */
  #isRecognised = true;
  #open = true;

  /** Makes the file; fails if it is there. */
  constructor(files: FileAccess, path: string) {
    this.#files = files;
    this.#path = path;
    this.#fd = files.create(path);
  }

  get length(): number {
    return this.#length;
  }

  /** @throws ShortWriteError when the disk took less than all; one call is one write, nothing is tried again. */
  append(bytes: Uint8Array): void {
    this.#isWhole = false;
    const written = this.#files.write(this.#fd, bytes, 0, bytes.length, this.#length);
    this.#length += written;
    if (written !== bytes.length) throw new ShortWriteError(written, bytes.length);
    this.#isWhole = true;
  }

  /** See {@link publish}. It is known by this name from then on. */
  publish(name: string): void {
    publish(this.#files, this.#path, name);
    this.#path = name;
    // Some network and FUSE file systems number each name of a file on its own. What has just got its name is the right one.
    this.#isRecognised = isStill(this.#files, this.#fd, name) ?? true;
  }

  /**
   * Whether what is read under its name is what was written here. Not when it was removed or replaced, or when something
   * else wrote into it: by whoever restores an older copy of the directory, for one. Always true where the file system can not
   * tell.
   */
  get isInPlace(): boolean {
    try {
      if (!this.#open) return false;
      if (!this.#isRecognised) return true;
      return this.#files.isStill(this.#fd, this.#path, this.#isWhole ? this.#length : null);
    } catch {
      // It is gone, or the file system does not say: only a clear answer counts.
      return false;
    }
  }

  sync(): void {
    this.#files.sync(this.#fd);
  }

  syncData(): void {
    this.#files.syncData(this.#fd);
  }

  /** What counts was synced before: a system that complains now says nothing new, and nothing could be done about it. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    try {
      this.#files.close(this.#fd);
    } catch {
      // The descriptor is given back all the same.
    }
  }
}

/** Null when there is no answer. */
function isStill(files: FileAccess, fd: number, path: string): boolean | null {
  try {
    return files.isStill(fd, path, null);
  } catch {
    return null;
  }
}

/**
 * What file systems without hard links, or with none left, answer. A full one may still rename: a memory file system counts each
 * link as a file of its own.
 */
const NO_LINKS = new Set(
  'EPERM ENOTSUP EOPNOTSUPP ENOSYS EMLINK EXDEV EISDIR EINVAL ENOSPC EDQUOT'.split(' '),
);

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
