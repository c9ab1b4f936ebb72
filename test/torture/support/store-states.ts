import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { epochBefore } from '../../../src/store/generations.ts';
import type { openEpoch } from '../../../src/store/open-epoch.ts';
import { onProcessEnd } from '../../harness/process.ts';
import type { Random } from '../../integration/support/random.ts';
import { Chat } from '../../unit/store/support.ts';
import { unsyncedFiles } from '../../unit/store/unsynced-files.ts';

/** How a store is opened: by the product, or by one that is built with a fault. */
export type Open = typeof openEpoch;

/** The files of a data directory, by name. */
export type Files = ReadonlyMap<string, Buffer>;

/** A directory for states of a disk that come and go by the thousand; in memory where there is such a place. */
export class Disk {
  readonly directory: string;

  constructor() {
    this.directory = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'lc-disk-'));
    onProcessEnd(() => this.dispose());
  }

  /** Makes the directory hold these files and no others. */
  put(files: Files): void {
    for (const name of readdirSync(this.directory)) {
      rmSync(path.join(this.directory, name), { recursive: true });
    }
    for (const [name, bytes] of files) writeFileSync(path.join(this.directory, name), bytes);
  }

  /** The chat as a hub that begins `epoch` finds it. The caller closes it. */
  async open(epoch: number, open?: Open): Promise<Chat> {
    const { directory } = this;
    const chat = new Chat(directory, open);
    const previous = epochBefore(directory, epoch);
    const nonceOf = (earlier: number): string => `nonce${earlier}`;
    await chat.open({ epoch, previous, files: unsyncedFiles, nonce: `nonce${epoch}`, nonceOf });
    return chat;
  }

  dispose(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export function filesIn(directory: string): Files {
  const names = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(names.map(({ name }) => [name, readFileSync(path.join(directory, name))]));
}

export function randomBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(random.next() * 256)));
}

export const whole = (random: Random, below: number): number => Math.floor(random.next() * below);
