import path from 'node:path';
import { temporaryFileName } from '../model/epoch-files.ts';
import { discard } from './durable-file.ts';
import { type FileAccess, nodeFiles } from './files.ts';
import type { OpenEpochOptions } from './store.ts';

/** Processes that have to die over one event before it is taken for the reason: any may be killed by chance. */
const DEATHS = 3;
const CRUMB = /^(\d{12})\.log\.at-(\d+)\.tmp$/;

export type BreadcrumbOptions = Pick<OpenEpochOptions, 'directory' | 'files'> & {
  /** The epoch that begins. */
  readonly epoch: number;
  /** The one it begins from: whoever published that one got past all that came before. */
  readonly previous: number;
};

/**
 * Which event a replay is at, on disk: an event that does not just fail but takes the process with it can be found out only by
 * those who come after. Used in safe mode alone. A crumb is an empty temporary file of the epoch, removed like any other; it is
 * there only while its event is replayed.
 *
 * Most processes that die are killed by something else, and a wrong verdict hides what was acknowledged. So whoever gets past
 * an event alive takes away the crumbs that others left at it: three have to die there in a row.
 */
export class Breadcrumbs {
  readonly #directory: string;
  readonly #epoch: number;
  readonly #files: FileAccess;
  /** Crumbs of others, by seq. */
  readonly #left = new Map<number, string[]>();

  constructor({ directory, epoch, previous, files = nodeFiles }: BreadcrumbOptions) {
    this.#directory = directory;
    this.#epoch = epoch;
    this.#files = files;
    for (const name of files.list(directory)) {
      const [, left, seq] = CRUMB.exec(name) ?? [];
      if (seq === undefined || Number(left) <= previous) continue;
      const crumbs = this.#left.get(Number(seq)) ?? [];
      this.#left.set(Number(seq), [...crumbs, path.join(directory, name)]);
    }
  }

  /** Whether so many processes have died over this event that nobody should try again. */
  isDeadly(seq: number): boolean {
    return (this.#left.get(seq)?.length ?? 0) >= DEATHS;
  }

  /** The event is tried now. */
  at(seq: number): void {
    try {
      this.#files.close(this.#files.create(this.#crumb(seq)));
    } catch {
      // Nothing can be written; then the epoch can not begin either.
    }
  }

  /** Whatever came of the event, this process is alive. */
  past(seq: number): void {
    discard(this.#files, this.#crumb(seq));
    for (const crumb of this.#left.get(seq) ?? []) discard(this.#files, crumb);
    this.#left.delete(seq);
  }

  #crumb(seq: number): string {
    return path.join(this.#directory, temporaryFileName(this.#epoch, 'log', `at-${seq}`));
  }
}
