import fs from 'node:fs';

/**
 * The system calls the store makes. One object, so that a test can put a disk that is full, read-only or broken beneath the
 * real store.
 */
export interface FileAccess {
  /** Fails if the file is there; mode 0600. */
  create(path: string): number;
  write(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  /** Data and all metadata. */
  sync(fd: number): void;
  /** Data, and of the metadata what is needed to read it. */
  syncData(fd: number): void;
  close(fd: number): void;
  /** Whether `path` names the very file that is open as `fd`. Its length in bytes has to be `length`, unless that is null. */
  isStill(fd: number, path: string, length: number | null): boolean;
  read(path: string): Buffer;
  link(from: string, to: string): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
  list(directory: string): readonly string[];
  syncDirectory(directory: string): void;
}

export const nodeFiles: FileAccess = {
  create: (path) => fs.openSync(path, 'wx', 0o600),
  write: (fd, bytes, offset, length, position) => fs.writeSync(fd, bytes, offset, length, position),
  sync: (fd) => fs.fsyncSync(fd),
  syncData: (fd) => fs.fdatasyncSync(fd),
  close: (fd) => fs.closeSync(fd),
  isStill: (fd, path, length) => {
    const entry = fs.statSync(path, { bigint: true });
    const own = fs.fstatSync(fd, { bigint: true });
    return (
      entry.ino === own.ino && entry.dev === own.dev && (length === null || entry.size === BigInt(length))
    );
  },
  read: (path) => fs.readFileSync(path),
  link: (from, to) => fs.linkSync(from, to),
  rename: (from, to) => fs.renameSync(from, to),
  remove: (path) => fs.unlinkSync(path),
  list: (directory) => fs.readdirSync(directory),
  syncDirectory: (directory) => {
    // Windows has no handle to a directory that could be synced; NTFS keeps its entries in a journal of its own.
    if (process.platform === 'win32') return;
    const fd = fs.openSync(directory, 'r');
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  },
};
