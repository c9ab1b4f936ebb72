import { accessSync, constants, statfsSync } from 'node:fs';

/** Room on the disk of a directory, in bytes and in files. `freeFiles` is infinite where the file system does not count them. */
export interface DiskRoom {
  readonly totalBytes: number;
  readonly freeBytes: number;
  readonly freeFiles: number;
}

/** Null when the system does not say. */
export function diskRoom(directory: string): DiskRoom | null {
  try {
    const { bsize, blocks, bavail, files, ffree } = statfsSync(directory);
    const freeFiles = files === 0 ? Infinity : ffree;
    return { totalBytes: blocks * bsize, freeBytes: bavail * bsize, freeFiles };
  } catch {
    return null;
  }
}

/** False where nothing can be written, for whatever reason but a lack of room: a disk that was mounted read-only, for one. */
export function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
