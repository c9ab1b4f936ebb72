import path from 'node:path';
import { temporaryFileName } from '../model/epoch-files.ts';
import { discard } from './durable-file.ts';
import { type FileAccess, nodeFiles } from './files.ts';
import type { OpenEpochOptions } from './store.ts';

/** Processes that have to die over one event before it is taken for the reason: any may be killed by chance. */
const DEATHS = 3;
const CRUMB = /^\d{12}\.log\.at-(\d+)\.tmp$/;

/**
 * Which event a replay is at, on disk: an event that does not just fail but takes the process with it can be found out only by
 * those who come after. Used in safe mode alone. A crumb is an empty temporary file of the epoch, removed like any other.
 */
export class Breadcrumbs {
  readonly #directory: string;
  readonly #epoch: number;
  readonly #files: FileAccess;
  readonly #deaths = new Map<number, number>();
  #current: string | null = null;

  constructor({
    directory,
    epoch,
    files = nodeFiles,
  }: Pick<OpenEpochOptions, 'directory' | 'epoch' | 'files'>) {
    this.#directory = directory;
    this.#epoch = epoch;
    this.#files = files;
    for (const name of files.list(directory)) {
      const [, seq] = CRUMB.exec(name) ?? [];
      if (seq !== undefined) this.#deaths.set(Number(seq), (this.#deaths.get(Number(seq)) ?? 0) + 1);
    }
  }

  /** Whether so many processes have died over this event that nobody should try again. */
  isDeadly(seq: number): boolean {
    return (this.#deaths.get(seq) ?? 0) >= DEATHS;
  }

  at(seq: number): void {
    const crumb = path.join(this.#directory, temporaryFileName(this.#epoch, 'log', `at-${seq}`));
    try {
      this.#files.close(this.#files.create(crumb));
    } catch {
      // Nothing can be written; then the epoch can not begin either.
      return;
    }
    this.done();
    this.#current = crumb;
  }

  done(): void {
    if (this.#current !== null) discard(this.#files, this.#current);
    this.#current = null;
  }
}
