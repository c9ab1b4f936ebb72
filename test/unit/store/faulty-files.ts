import { type FileAccess, nodeFiles } from '../../../src/store/files.ts';

export function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: made by the test`), { code });
}

type Call = 'write' | 'sync' | 'syncData' | 'link' | 'syncDirectory';

/** The real file system, with one call that goes wrong when it is told to. */
export class FaultyFiles implements FileAccess {
  #fault: { call: Call; code: string } | null = null;
  #shortBy = 0;
  readonly create = (file: string): number => nodeFiles.create(file);
  readonly close = (fd: number): void => nodeFiles.close(fd);
  readonly isStill = (fd: number, file: string, length: number | null): boolean =>
    nodeFiles.isStill(fd, file, length);
  readonly rename = (from: string, to: string): void => nodeFiles.rename(from, to);
  /** May be replaced, as may {@link read}. */
  remove = (file: string): void => nodeFiles.remove(file);
  readonly list = (directory: string): readonly string[] => nodeFiles.list(directory);
  /** May be replaced, to read something else than was written. */
  read = (file: string): Buffer => nodeFiles.read(file);
  /** How often the file was written or synced. */
  touched = 0;

  /** From now on this call fails with this code. */
  fail(call: Call, code: string): void {
    this.#fault = { call, code };
  }

  /** From now on writes leave out so many bytes and say so only by their result, as a full disk does. */
  shorten(bytes: number): void {
    this.#shortBy = bytes;
  }

  heal(): void {
    this.#fault = null;
    this.#shortBy = 0;
  }

  write(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number {
    this.#check('write');
    return nodeFiles.write(fd, bytes, offset, Math.max(0, length - this.#shortBy), position);
  }

  sync(fd: number): void {
    this.#check('sync');
    nodeFiles.sync(fd);
  }

  syncData(fd: number): void {
    this.#check('syncData');
    nodeFiles.syncData(fd);
  }

  link(from: string, to: string): void {
    this.#check('link');
    nodeFiles.link(from, to);
  }

  syncDirectory(directory: string): void {
    this.#check('syncDirectory');
    nodeFiles.syncDirectory(directory);
  }

  #check(call: Call): void {
    this.touched += 1;
    if (this.#fault?.call === call) throw systemError(this.#fault.code);
  }
}
