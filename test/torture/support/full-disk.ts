import { mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { newId } from '../../../src/model/ids.ts';
import { Chat } from '../../integration/support/chat.ts';
import { Follower } from '../../integration/support/follower.ts';
import { type Sent, type Stored, violations } from '../../integration/support/history.ts';
import type { Program } from '../../integration/support/program.ts';
import { until, within } from '../../integration/support/until.ts';
import type { Course } from '../part.ts';
import { DiskFiller } from './disk-filler.ts';
import { TimedWriter } from './timed-writer.ts';

/** A disk that gets full. */
export interface FullDisk {
  readonly name: string;
  /** As `mount -o` takes it. */
  readonly options: string;
  /** What there is none of any more. */
  readonly lacks: 'bytes' | 'files';
  /** Pieces of the ballast it is large enough for. With a ballast there has to be one hub for all, however full it is. */
  readonly ballast: number;
}

export interface FullDiskResult {
  readonly violations: readonly string[];
  readonly kills: number;
  readonly acked: number;
  /** Milliseconds to a refusal while nothing else happens, to the first answer after a kill, and to the first ack with room. */
  readonly refusals: readonly number[];
  readonly afterKill: readonly number[];
  readonly untilWritable: readonly number[];
}

const REFUSED_WITHIN_MS = 1_000;
const WRITABLE_WITHIN_MS = 15_000;
const ROOM = 'general';
const quietly = { throwIfNoEntry: false } as const;

/** Fills a disk while programs write to a chat on it, kills them while it is full, makes room again, and so on. */
export class FullDiskTest {
  readonly #chat: Chat;
  readonly #course: Course;
  readonly #disk: FullDisk;
  readonly #filler: DiskFiller;
  readonly #writers: readonly TimedWriter[];
  readonly #follower: Follower;
  readonly #single: Sent[] = [];
  readonly #wrong: string[] = [];
  readonly #refusals: number[] = [];
  readonly #afterKill: number[] = [];
  readonly #untilWritable: number[] = [];
  #kills = 0;
  #lastReported = performance.now();

  /** `mountPoint`: of a fresh disk. */
  constructor(course: Course, disk: FullDisk, mountPoint: string, bundle?: string) {
    this.#course = course;
    this.#disk = disk;
    const dir = path.join(mountPoint, 'chat');
    mkdirSync(dir, { mode: 0o700 });
    this.#filler = new DiskFiller(path.join(mountPoint, 'fill'), disk.lacks);
    this.#chat = new Chat({ dir, ...(bundle === undefined ? {} : { bundle }) });
    this.#writers = [1, 2].map((number) => new TimedWriter(this.#chat, `writer ${number}`));
    this.#follower = new Follower(this.#chat, 'follower', 0);
  }

  async run(rounds: number, killsPerRound: number): Promise<FullDiskResult> {
    try {
      for (const program of this.#programs) {
        program.verbose = true;
        program.start();
      }
      for (let round = 1; round <= rounds; round += 1) await this.#round(killsPerRound);
      await this.#settle();
      this.#wrong.push(...violations(await this.#observation()));
    } catch (error) {
      this.#wrong.push(`${this.#disk.name}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      await this.#chat.close();
    }
    return {
      violations: this.#wrong,
      kills: this.#kills,
      acked: this.#writers.reduce((sum, { acked }) => sum + acked.length, 0),
      refusals: this.#refusals,
      afterKill: this.#afterKill,
      untilWritable: this.#untilWritable,
    };
  }

  get #programs(): readonly Program[] {
    return [...this.#writers, this.#follower];
  }

  async #round(kills: number): Promise<void> {
    const { name, ballast } = this.#disk;
    await Promise.all(this.#writers.map((writer) => this.#untilStored(writer)));
    await until('the ballast', () => this.#ballast === ballast, 60_000);
    this.#filler.fill();
    await this.#untilRefused();
    for (let kill = 1; kill <= kills; kill += 1) {
      this.#report(`${name}: ${this.#kills} kills, ${this.#refusals.length} refusals`);
      await this.#refuse(this.#refusals, REFUSED_WITHIN_MS);
      await Promise.all([this.#read(), this.#sendOnce()]);
      // In the second half whatever is set free is taken by somebody else.
      if (kill > kills / 2) this.#filler.fill();
      await this.#kill();
      await this.#refuse(this.#afterKill, WRITABLE_WITHIN_MS);
      if (ballast > 0 && kill <= kills / 2) await this.#oneHubForAll(null);
    }
    await this.#read();
    this.#filler.release();
    const freed = performance.now();
    await Promise.all(this.#writers.map((writer) => this.#untilStored(writer)));
    const ms = performance.now() - freed;
    this.#untilWritable.push(ms);
    if (ms > WRITABLE_WITHIN_MS)
      this.#wrong.push(`${name}: writable ${ms.toFixed(0)} ms after there was room`);
    await this.#oneHubForAll('ready');
  }

  /** Pieces that are there in full. */
  get #ballast(): number {
    const sizes = readdirSync(this.#chat.dir).map((file) =>
      file.startsWith('ballast') ? (statSync(path.join(this.#chat.dir, file), quietly)?.size ?? 0) : 0,
    );
    return sizes.filter((size) => size === 1024 * 1024).length;
  }

  /** There may be room for a few more in the last block of the log. */
  async #untilRefused(): Promise<void> {
    // Without a further file the log still grows: nothing is wrong with that until a next epoch has to begin.
    if (this.#disk.lacks === 'files') return;
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const answers = await this.#askAll();
      if (answers.every(({ code }) => code === 'STORAGE_FULL')) return;
    }
    throw new Error('it is full and still takes messages');
  }

  async #refuse(into: number[], withinMs: number): Promise<void> {
    for (const { code, ms } of await this.#askAll()) {
      if (code === null) continue;
      into.push(ms);
      if (code !== 'STORAGE_FULL') this.#wrong.push(`${this.#disk.name}: refused with ${code}`);
      if (ms > withinMs) this.#wrong.push(`${this.#disk.name}: refused only after ${ms.toFixed(0)} ms`);
    }
  }

  #askAll(): Promise<{ code: string | null; ms: number }[]> {
    return Promise.all(this.#writers.map((writer) => writer.ask(ROOM, this.#text())));
  }

  #text(): string {
    return `${this.#kills} ${'…'.repeat(Math.floor(this.#course.random.between(1, 600)))}`;
  }

  /** A fresh process reads all that was acknowledged. */
  async #read(): Promise<void> {
    const acked = this.#writers.flatMap((writer) => writer.acked.map(({ id }) => id));
    const { code, stderr, json } = await this.#chat.run(['read', ROOM, '--limit', '999999', '--json']);
    if (code !== 0) {
      this.#wrong.push(`${this.#disk.name}: history can not be read: ${stderr}`);
      return;
    }
    const ids = new Set(json.map(({ id }) => id));
    const lost = acked.filter((id) => !ids.has(id));
    if (lost.length > 0) this.#wrong.push(`${this.#disk.name}: ${lost.length} acknowledged can not be read`);
  }

  /** Who sends from a terminal is refused as well, in a sentence. */
  async #sendOnce(): Promise<void> {
    const id = newId();
    const content = 'from a terminal';
    this.#single.push({ id, room: ROOM, content, at: performance.now() });
    const { code, errorCode, stderr } = await this.#chat.run(['send', ROOM, content, '--id', id]);
    if (code !== 0 && (errorCode !== 'STORAGE_FULL' || !stderr.includes('is safe')))
      this.#wrong.push(`${this.#disk.name}: local-chat send said: ${stderr}`);
  }

  async #kill(): Promise<void> {
    const hub = this.#programs.find(({ pid }) => pid === this.#chat.hub()?.pid);
    const victim =
      hub !== undefined && this.#course.random.next() < 0.7 ? hub : this.#course.random.pick(this.#programs);
    this.#kills += 1;
    await victim.killAndRestart();
  }

  /** All programs have their session at the one hub a fresh process finds; `state`: null where it may have any. */
  async #oneHubForAll(state: string | null): Promise<void> {
    const deadline = performance.now() + WRITABLE_WITHIN_MS;
    for (;;) {
      const { json, stderr } = await this.#chat.run(['status', '--json']);
      const [status] = json;
      const isRight = state === null || status?.['state'] === state;
      if (isRight && Number(status?.['sessions']) > this.#programs.length) return;
      if (performance.now() < deadline) continue;
      this.#wrong.push(
        `${this.#disk.name}: not all meet in one hub that is ${String(state)}: ${JSON.stringify(status ?? stderr)}`,
      );
      return;
    }
  }

  async #untilStored(writer: TimedWriter): Promise<void> {
    const deadline = performance.now() + 3 * WRITABLE_WITHIN_MS;
    for (;;) {
      const { code } = await writer.ask(ROOM, this.#text());
      if (code === null) return;
      if (performance.now() > deadline)
        throw new Error(`there is room, and ${writer.name} still gets ${code}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #settle(): Promise<void> {
    await Promise.all(this.#writers.map((writer) => within('all answers', writer.settled(), 30_000)));
    const last = Math.max(...this.#writers.flatMap(({ acked }) => acked.map(({ seq }) => seq)));
    await within('the follower', this.#follower.reached(last), 30_000);
    for (const { endedByItself } of this.#programs)
      if (endedByItself !== null) this.#wrong.push(endedByItself);
    await this.#chat.close();
  }

  async #observation(): Promise<Parameters<typeof violations>[0]> {
    const { json } = await this.#chat.ok(['read', ROOM, '--limit', '999999', '--json']);
    const { name, since, messages } = this.#follower;
    return {
      sent: [...this.#single, ...this.#writers.flatMap(({ sent }) => sent)],
      acked: this.#writers.flatMap(({ acked }) => acked),
      followed: [{ name, since, messages }],
      history: json as unknown as Stored[],
    };
  }

  #report(text: string): void {
    if (performance.now() - this.#lastReported < 3_000) return;
    this.#lastReported = performance.now();
    this.#course.progress(text);
  }
}
