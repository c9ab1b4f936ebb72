import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

/** Whoever else uses the disk, and takes all there is of it. */
export class DiskFiller {
  readonly #folder: string;
  readonly #takes: 'bytes' | 'files';
  #files = 0;

  /** `folder`: will be made, on the disk that is to be filled. */
  constructor(folder: string, takes: 'bytes' | 'files') {
    this.#folder = folder;
    this.#takes = takes;
    mkdirSync(folder, { mode: 0o700 });
  }

  /** Takes everything there is by now. */
  fill(): void {
    try {
      do {
        this.#files += 1;
        this.#makeFile(path.join(this.#folder, String(this.#files)));
      } while (this.#takes === 'files');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  /** Gives all of it back. */
  release(): void {
    rmSync(this.#folder, { recursive: true });
    mkdirSync(this.#folder, { mode: 0o700 });
  }

  #makeFile(name: string): void {
    const file = openSync(name, 'wx');
    try {
      if (this.#takes === 'bytes') fillFile(file);
    } finally {
      closeSync(file);
    }
  }
}

/** Ever smaller pieces, until not a single byte fits. */
function fillFile(file: number): void {
  for (let bytes = 1024 * 1024; bytes >= 1; bytes = Math.floor(bytes / 2)) {
    const piece = Buffer.alloc(bytes, 0x2e);
    try {
      while (writeSync(file, piece) > 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}
