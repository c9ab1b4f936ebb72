import { accessSync, constants, lstatSync, readFileSync, type Stats, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SECRET_BYTES, SECRET_FILE } from './secret.ts';
import { systemCode } from './system-error.ts';

/** What a data directory is like, for whoever only looks: nothing is made, mended or changed. */
export type DirectoryFacts =
  | { readonly kind: 'missing' }
  /** It is no directory, or can not be looked into; `detail` is the code of the system. */
  | { readonly kind: 'unusable'; readonly detail: string }
  | {
      readonly kind: 'directory';
      /** Permissions in octal; meaningless on Windows. */
      readonly mode: string;
      readonly owner: number;
      readonly isOurs: boolean;
      readonly isOpen: boolean;
      readonly isLink: boolean;
      /** Code of the system when nothing can be written here, null when something can. */
      readonly readOnly: string | null;
      readonly disk: DiskFacts;
    };

export interface DiskFacts {
  /** Kind of file system, where it is one whose number is known. */
  readonly fileSystem: string | null;
  readonly isNetwork: boolean;
  /** For us, in bytes; null where the system does not tell. */
  readonly freeBytes: number | null;
  /** How many files can still be made; null where there is no such limit, or nobody tells. */
  readonly freeInodes: number | null;
}

/** From statfs(2) of Linux, whose header names them. */
const FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext'],
  [0x01021994, 'tmpfs'],
  [0x9123683e, 'btrfs'],
  [0x58465342, 'xfs'],
  [0x2fc12fc1, 'zfs'],
  [0xf2f52010, 'f2fs'],
  [0x794c7630, 'overlay'],
  [0x65735546, 'fuse'],
  [0x4d44, 'fat'],
  [0x2011bab0, 'exfat'],
  [0x6969, 'nfs'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb'],
  [0x01021997, '9p'],
]);
const NETWORK: ReadonlySet<string> = new Set(['nfs', 'cifs', 'smb', '9p']);

export function inspectDirectory(directory: string): DirectoryFacts {
  try {
    const entry = lstatSync(directory, { throwIfNoEntry: false });
    if (entry === undefined) return { kind: 'missing' };
    const target = entry.isSymbolicLink() ? statSync(directory) : entry;
    if (!target.isDirectory()) return { kind: 'unusable', detail: 'ENOTDIR' };
    const isOurs = process.platform === 'win32' || target.uid === process.geteuid?.();
    accessSync(directory, constants.R_OK | constants.X_OK);
    return {
      kind: 'directory',
      mode: (target.mode & 0o777).toString(8),
      owner: target.uid,
      isOurs,
      isOpen: isOpen(target),
      isLink: entry.isSymbolicLink(),
      readOnly: readOnlyReason(directory),
      disk: inspectDisk(directory),
    };
  } catch (error) {
    return { kind: 'unusable', detail: systemCode(error) ?? String(error) };
  }
}

/** The secret as it lies there; `unusable` for one that programs refuse. Unlike `loadSecret` this makes and mends nothing. */
export type SecretFacts =
  | { readonly kind: 'missing' }
  | { readonly kind: 'unusable'; readonly detail: string }
  | { readonly kind: 'there'; readonly secret: Buffer; readonly mode: string; readonly isOpen: boolean };

export function inspectSecret(directory: string): SecretFacts {
  const path = join(directory, SECRET_FILE);
  try {
    const entry = lstatSync(path, { throwIfNoEntry: false });
    if (entry === undefined) return { kind: 'missing' };
    if (!entry.isFile()) return { kind: 'unusable', detail: 'no plain file' };
    if (process.platform !== 'win32' && entry.uid !== process.geteuid?.())
      return { kind: 'unusable', detail: `owned by ${entry.uid}` };
    const secret = readFileSync(path);
    if (secret.length !== SECRET_BYTES) return { kind: 'unusable', detail: `${secret.length} bytes` };
    return { kind: 'there', secret, mode: (entry.mode & 0o777).toString(8), isOpen: isOpen(entry) };
  } catch (error) {
    return { kind: 'unusable', detail: systemCode(error) ?? String(error) };
  }
}

function isOpen(entry: Stats): boolean {
  return process.platform !== 'win32' && (entry.mode & 0o077) !== 0;
}

function readOnlyReason(directory: string): string | null {
  try {
    accessSync(directory, constants.W_OK);
    return null;
  } catch (error) {
    return systemCode(error) ?? String(error);
  }
}

function inspectDisk(directory: string): DiskFacts {
  try {
    const { type, bavail, bsize, files, ffree } = statfsSync(directory);
    const fileSystem = process.platform === 'linux' ? (FILE_SYSTEMS.get(type >>> 0) ?? null) : null;
    return {
      fileSystem,
      isNetwork: fileSystem !== null && NETWORK.has(fileSystem),
      freeBytes: bavail * bsize,
      // Some file systems make their inodes as they need them and say 0 of 0.
      freeInodes: files === 0 ? null : ffree,
    };
  } catch {
    // Not every system tells; then nothing is said about it.
    return { fileSystem: null, isNetwork: false, freeBytes: null, freeInodes: null };
  }
}
