import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { QUARANTINE, quarantineFolderName, type Salvage } from '../model/salvage.ts';
import { memoryKeys } from './ids.ts';

/** Beside the report: some window has told of it. Empty. */
const TOLD = 'told';
/** As many are remembered where no file can be written. */
const REMEMBERED = 50;

/** As the editor keeps it; a `Memento`. */
interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

/**
 * Which damages people were told of. Each is told once, by one window of all the editors that share a data directory: whoever
 * makes the file is the one who tells. Where none can be made this editor remembers, which is as good with one editor.
 */
export class ToldSalvages {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Those that are for this window to tell, since nobody did so far. From now on somebody did. */
  take(directory: string, salvages: readonly Salvage[]): Salvage[] {
    return salvages.filter(({ epoch, timestamp }) =>
      this.#takeOne(directory, quarantineFolderName(epoch, timestamp)),
    );
  }

  #takeOne(directory: string, folder: string): boolean {
    const known = this.#known;
    if (known.includes(folder)) return false;
    try {
      writeFileSync(path.join(directory, QUARANTINE, folder, TOLD), '', { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      // Another window was first, or somebody has tidied up, who knows of it then.
      if (isCode(error, 'EEXIST') || isCode(error, 'ENOENT')) return false;
      void this.#memory.update(memoryKeys.toldSalvages, [...known, folder].slice(-REMEMBERED));
      return true;
    }
  }

  get #known(): readonly unknown[] {
    const value = this.#memory.get(memoryKeys.toldSalvages);
    return Array.isArray(value) ? (value as readonly unknown[]) : [];
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
