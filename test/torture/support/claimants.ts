import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Who claimed, in order. An epoch that a hub takes over from itself, to make its log short, counts for nothing. Old claims are
 * removed after a while, so whoever wants to see all of them looks often.
 */
export class Claimants {
  readonly #directory: string;
  #last = 0;
  /** Process ids; one after the other is never the same. */
  readonly pids: number[] = [];

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Takes in the claims since the last look. */
  look(): void {
    const names = readdirSync(this.#directory).filter((name) => /^\d{12}\.claim$/.test(name));
    for (const name of names.sort()) {
      const epoch = Number.parseInt(name, 10);
      if (epoch <= this.#last) continue;
      const { pid } = JSON.parse(readFileSync(path.join(this.#directory, name), 'utf8')) as { pid: number };
      if (this.pids.at(-1) !== pid) this.pids.push(pid);
      this.#last = epoch;
    }
  }
}
