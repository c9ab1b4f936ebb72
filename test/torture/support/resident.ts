import { readFileSync } from 'node:fs';

/** Memory of a process, in megabytes, as the kernel counts it. */
function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Watches how much memory a process takes, from now on. */
export class MemoryWatch {
  /** At the beginning, in megabytes. */
  readonly quiet: number;
  readonly #timer: NodeJS.Timeout;
  #most: number;

  constructor(pid: number) {
    this.quiet = residentMb(pid);
    this.#most = this.quiet;
    this.#timer = setInterval(() => {
      try {
        this.#most = Math.max(this.#most, residentMb(pid));
      } catch (error) {
        // It ended. Whoever cares hears of it otherwise.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        clearInterval(this.#timer);
      }
    }, 50);
  }

  /** Ends it. Returns by how many megabytes the process grew, at most. */
  stop(): number {
    clearInterval(this.#timer);
    return this.#most - this.quiet;
  }
}
