import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeTempDir, removeTempDir } from '../../harness/paths.ts';
import { Chat } from '../../integration/support/chat.ts';
import { type Acked, type Stored, violations } from '../../integration/support/history.ts';
import { until } from '../../integration/support/until.ts';
import type { Course } from '../part.ts';
import { command, Mounts } from './mounts.ts';
import { TimedWriter } from './timed-writer.ts';

export interface PowerCutResult {
  readonly violations: readonly string[];
  readonly cuts: number;
  readonly acked: number;
  /** Acknowledgements of the last second before each cut: these are what a missing sync loses. */
  readonly fresh: number;
  readonly retriedCopies: number;
}

const ROOM = 'general';
const WRITERS = 2;
const IMAGE = '128M';
const COPIES = 20;

/**
 * A chat on an ext4 file system in an image file, over a loop device. What a program has written and nobody has synced lies in the
 * page cache of that file system and is not in the image: so a copy of the image is what the disk would hold after a power cut.
 * Everybody who writes is stopped meanwhile, and a copy during which the kernel wrote by itself is thrown away.
 */
export class PowerCutTest {
  readonly #course: Course;
  readonly #mounts = new Mounts();
  readonly #folder = makeTempDir();
  readonly #image: string;
  readonly #device: string;
  readonly #chat: Chat;
  readonly #writers: readonly TimedWriter[];
  readonly #wrong: string[] = [];
  #isWriting = true;
  #fresh = 0;
  #retried = 0;

  constructor(course: Course, bundle?: string) {
    this.#course = course;
    this.#image = path.join(this.#folder, 'image');
    command('truncate', '--size', IMAGE, this.#image);
    command('mkfs.ext4', '-q', '-F', this.#image);
    // The journal is committed as seldom as can be: what is on the disk is what was synced.
    const mount = this.#mounts.image(this.#image, 'data=ordered,commit=300');
    this.#device = path.basename(command('findmnt', '-n', '-o', 'SOURCE', mount));
    const dir = path.join(mount, 'chat');
    mkdirSync(dir, { mode: 0o700 });
    // The programs sync the files and names below it, not the directory that somebody made for them.
    command('sync', '--file-system', mount);
    this.#chat = new Chat({ dir, ...(bundle === undefined ? {} : { bundle }) });
    this.#writers = Array.from(
      { length: WRITERS },
      (_, index) => new TimedWriter(this.#chat, `writer ${index}`),
    );
  }

  /** Stops at the first cut that lost something. */
  async run(cuts: number): Promise<PowerCutResult> {
    let made = 0;
    const writing = setInterval(() => this.#write(), 10);
    try {
      for (const writer of this.#writers) writer.start();
      await until('a first acknowledgement', () => this.#acked().length > 0);
      while (made < cuts && this.#wrong.length === 0) {
        await delay(this.#course.random.between(50, 900));
        // Every third time in the middle of a takeover.
        if (made % 3 === 2) {
          const hub = this.#writers.find(({ pid }) => pid === this.#chat.hub()?.pid);
          await hub?.killAndRestart();
          await delay(this.#course.random.between(0, 700));
        }
        await this.#cut();
        made += 1;
        if (made % 5 === 0) this.#course.progress(`${made} cuts, ${this.#acked().length} acknowledgements`);
      }
    } catch (error) {
      this.#wrong.push(error instanceof Error ? error.message : String(error));
    } finally {
      clearInterval(writing);
      await this.#chat.close();
      await this.#mounts.release();
      removeTempDir(this.#folder);
    }
    return {
      violations: this.#wrong,
      cuts: made,
      acked: this.#acked().length,
      fresh: this.#fresh,
      retriedCopies: this.#retried,
    };
  }

  #write(): void {
    // History only grows while it is at risk, or reading it would take the longest.
    if (!this.#isWriting) return;
    for (const writer of this.#writers) {
      if (writer.inFlight >= 8) continue;
      writer.send(ROOM, 'x'.repeat(Math.floor(this.#course.random.between(1, 4_000))));
    }
  }

  #acked(): Acked[] {
    return this.#writers.flatMap(({ acked }) => acked);
  }

  async #cut(): Promise<void> {
    const copy = path.join(this.#folder, 'copy');
    for (const writer of this.#writers) writer.signal('SIGSTOP');
    await until('all writers to stand still', () => this.#writers.every(({ pid }) => isStopped(pid)));
    // What they acknowledged before they stopped is still on its way to us.
    await delay(30);
    const acked = [...this.#acked()];
    const sent = this.#writers.flatMap((writer) => [...writer.sent]);
    this.#copy(copy);
    const now = performance.now();
    this.#fresh += acked.filter(({ at }) => at > now - 1_000).length;
    this.#isWriting = false;
    for (const writer of this.#writers) writer.signal('SIGCONT');

    const mounts = new Mounts();
    try {
      const after = new Chat({ dir: path.join(mounts.image(copy, 'data=ordered'), 'chat') });
      forgetSockets(after.dir);
      const { code, json, stderr } = await after.run(['read', ROOM, '--limit', '9999999', '--json']);
      await after.close();
      if (code === 0) {
        const history = json as unknown as Stored[];
        this.#wrong.push(...violations({ sent, acked, followed: [], history }));
      } else if (acked.length > 0) this.#wrong.push(`not readable after a power cut: ${stderr}`);
    } finally {
      await mounts.release();
      rmSync(copy, { force: true });
      this.#isWriting = true;
    }
  }

  #copy(copy: string): void {
    for (let attempt = 1; attempt <= COPIES; attempt += 1) {
      const before = writesOf(this.#device);
      command('cp', '--sparse=always', this.#image, copy);
      if (writesOf(this.#device) === before) return;
      this.#retried += 1;
    }
    throw new Error('The kernel writes all the time; no copy is of one moment.');
  }
}

/**
 * After a power cut no process of before lives. Here they do, and a claim would lead to them: it has to be of an earlier start of
 * the machine, and its socket nowhere. A claim that did not get as far as the disk is left as it is.
 */
function forgetSockets(dir: string): void {
  for (const name of readdirSync(dir).filter((file) => file.endsWith('.claim'))) {
    const file = path.join(dir, name);
    const text = readFileSync(file, 'utf8');
    if (!text.endsWith('}\n')) continue;
    const claim = JSON.parse(text) as object;
    writeFileSync(
      file,
      `${JSON.stringify({ ...claim, bootId: 'before', socket: `/nowhere/${name}.sock` })}\n`,
    );
  }
}

/** Finished writes, sectors written and requests on their way. */
function writesOf(device: string): string {
  const fields = readFileSync(`/sys/block/${device}/stat`, 'utf8').trim().split(/\s+/);
  return [fields[4], fields[6], fields[8]].join();
}

function isStopped(pid: number): boolean {
  return /\) [Tt] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}
