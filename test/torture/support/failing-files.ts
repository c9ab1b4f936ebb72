import { type FileAccess, nodeFiles } from '../../../src/store/files.ts';

/** Every call the store makes to the system. `rename` is made only where there are no links, so there are none then. */
export const CALLS = [
  'create',
  'write',
  'sync',
  'syncData',
  'close',
  'isStill',
  'read',
  'link',
  'rename',
  'remove',
  'list',
  'syncDirectory',
] as const;
export type Call = (typeof CALLS)[number];

/** `short`: the call does half of it and says so, as a full disk does. */
export type Fault = 'EIO' | 'ENOSPC' | 'EMFILE' | 'short';

export interface Injection {
  readonly call: Call;
  readonly fault: Fault;
  /** Which call of this kind goes wrong, from 1. */
  readonly nth: number;
  /** Whether all after it go wrong, too, until {@link FailingFiles.heal}. */
  readonly goesOn: boolean;
}

/** The real file system, of which one call goes wrong; and whoever goes on with a file that has failed is found out. */
export class FailingFiles implements FileAccess {
  readonly #injection: Injection;
  readonly #failed = new Set<number>();
  #count = 0;
  #healed = false;
  /** Whether anything went wrong yet. */
  hit = false;
  /** Calls on a file after a failed write or sync of it. */
  readonly touchedAgain: string[] = [];

  constructor(injection: Injection) {
    this.#injection = injection;
  }

  heal(): void {
    this.#healed = true;
  }

  create = (path: string): number => this.#call('create', () => nodeFiles.create(path));

  write(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number {
    return this.#onFile(fd, 'write', () => {
      const isShort = this.#injection.fault === 'short' && this.#isNow('write');
      if (isShort) this.#failed.add(fd);
      return nodeFiles.write(fd, bytes, offset, isShort ? Math.floor(length / 2) : length, position);
    });
  }

  sync = (fd: number): void => this.#onFile(fd, 'sync', () => nodeFiles.sync(fd));
  syncData = (fd: number): void => this.#onFile(fd, 'syncData', () => nodeFiles.syncData(fd));

  close(fd: number): void {
    this.#failed.delete(fd);
    // The file is closed all the same: so does Linux, whatever it answers.
    nodeFiles.close(fd);
    this.#call('close', () => undefined);
  }

  isStill = (fd: number, path: string, length: number | null): boolean =>
    this.#call('isStill', () => nodeFiles.isStill(fd, path, length));
  read = (path: string): Buffer => this.#call('read', () => nodeFiles.read(path));

  link(from: string, to: string): void {
    if (this.#injection.call === 'rename') throw systemError('EPERM');
    this.#call('link', () => nodeFiles.link(from, to));
  }

  rename = (from: string, to: string): void => this.#call('rename', () => nodeFiles.rename(from, to));
  remove = (path: string): void => this.#call('remove', () => nodeFiles.remove(path));
  list = (directory: string): readonly string[] => this.#call('list', () => nodeFiles.list(directory));
  syncDirectory = (directory: string): void =>
    this.#call('syncDirectory', () => nodeFiles.syncDirectory(directory));

  #onFile<T>(fd: number, call: Call, work: () => T): T {
    if (this.#failed.has(fd)) this.touchedAgain.push(call);
    try {
      return this.#call(call, work);
    } catch (error) {
      this.#failed.add(fd);
      throw error;
    }
  }

  #call<T>(call: Call, work: () => T): T {
    const { fault } = this.#injection;
    if (fault !== 'short' && this.#isNow(call)) throw systemError(fault);
    return work();
  }

  /** Counts. */
  #isNow(call: Call): boolean {
    const { call: wanted, nth, goesOn } = this.#injection;
    if (call !== wanted || this.#healed) return false;
    this.#count += 1;
    const isNow = goesOn ? this.#count >= nth : this.#count === nth;
    this.hit ||= isNow;
    return isNow;
  }
}

function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: made by the test`), { code });
}
