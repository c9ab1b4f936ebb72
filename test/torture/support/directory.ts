import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Chat } from '../../integration/support/chat.ts';
import { Follower } from '../../integration/support/follower.ts';
import { type Sent, type Stored, violations } from '../../integration/support/history.ts';
import type { Program } from '../../integration/support/program.ts';
import { until } from '../../integration/support/until.ts';
import type { Course } from '../part.ts';
import { command } from './mounts.ts';
import { TimedWriter } from './timed-writer.ts';

/** What is done to a data directory under programs that use it. */
export type Change = 'read-only' | 'deleted' | 'replaced' | 'restored' | 'restored in place';
export const CHANGES: readonly Change[] = [
  'read-only',
  'deleted',
  'replaced',
  'restored',
  'restored in place',
];

export interface ChangeResult {
  readonly violations: readonly string[];
  /** Of messages that were sent after the change. */
  readonly acked: number;
  /** Milliseconds from the change, or from its end, to an acknowledgement for each writer. */
  readonly untilServed: readonly number[];
}

const ROOM = 'general';
const EVERY_MS = 25;
const WITHIN_MS = 20_000;

/**
 * Three programs use a chat while its directory changes beneath them. What counts is what was sent after the change was complete:
 * what was acknowledged before stood in the directory that was there then, and is gone with it.
 */
export class DirectoryTest {
  readonly #course: Course;
  readonly #mount: string;
  readonly #dir: string;
  readonly #chat: Chat;
  readonly #writers: readonly TimedWriter[];
  readonly #follower: Follower;
  readonly #wrong: string[] = [];
  readonly #untilServed: number[] = [];
  #foreign: Sent[] = [];
  #changedAt = 0;
  #writing: NodeJS.Timeout | undefined;

  /** `mount`: where a file system of this test is mounted. */
  constructor(course: Course, mount: string, bundle?: string) {
    this.#course = course;
    this.#mount = mount;
    this.#dir = path.join(mount, 'chat');
    mkdirSync(this.#dir, { mode: 0o700 });
    this.#chat = new Chat({ dir: this.#dir, ...(bundle === undefined ? {} : { bundle }) });
    this.#writers = [1, 2].map((number) => new TimedWriter(this.#chat, `writer ${number}`));
    this.#follower = new Follower(this.#chat, 'follower', 0);
  }

  async run(change: Change): Promise<ChangeResult> {
    let acked = 0;
    try {
      for (const program of this.#programs) program.start();
      this.#writing = setInterval(() => this.#write(), EVERY_MS);
      await this.#allServed(0);
      await delay(this.#course.random.between(200, 800));
      await this.#apply(change);
      await this.#served(this.#changedAt);
      await delay(300);
      clearInterval(this.#writing);
      acked = await this.#check();
    } catch (error) {
      this.#wrong.push(`${error instanceof Error ? error.message : String(error)}; ${this.#lastWords()}`);
    } finally {
      clearInterval(this.#writing);
      await this.#chat.close();
    }
    return {
      violations: this.#wrong.map((text) => `${change}: ${text}`),
      acked,
      untilServed: this.#untilServed,
    };
  }

  get #programs(): readonly Program[] {
    return [...this.#writers, this.#follower];
  }

  #write(): void {
    for (const writer of this.#writers) {
      if (writer.inFlight < 16) writer.send(ROOM, `${writer.name} says ${writer.sent.length}`);
    }
  }

  #apply(change: Change): Promise<void> {
    switch (change) {
      case 'read-only':
        return this.#makeReadOnly();
      case 'deleted':
        return this.#delete();
      case 'replaced':
        return this.#replace();
      case 'restored':
        return this.#restore((copy) => {
          renameSync(this.#dir, path.join(this.#mount, 'away'));
          renameSync(copy, this.#dir);
        });
      case 'restored in place':
        return this.#restore((copy) => void command('cp', '-a', '--no-target-directory', copy, this.#dir));
      default:
        throw new Error(`${String(change)} is no change`);
    }
  }

  /** A file system can be made read-only only while nobody has a file open to write, so its hub is killed just before. */
  async #makeReadOnly(): Promise<void> {
    const hub = this.#programs.find(({ pid }) => pid === this.#chat.hub()?.pid);
    if (hub === undefined) throw new Error('nobody leads');
    const before = this.#acked();
    const gone = hub.interrupt('SIGKILL');
    await until('the remount', () => this.#remount('ro'));
    await gone;
    hub.start();
    this.#changedAt = performance.now();
    await Promise.all(
      this.#writers.map((writer) =>
        until(`a refusal for ${writer.name}`, () =>
          writer.errors.some(({ code }) => code === 'STORAGE_READONLY'),
        ),
      ),
    );
    const { json, code } = await this.#read();
    const ids = new Set(json.map(({ id }) => id));
    if (code !== 0) this.#wrong.push('history can not be read');
    if (before.some((id) => !ids.has(id))) this.#wrong.push('what was acknowledged can not be read');
    await delay(this.#course.random.between(0, 1_500));
    await until('the remount', () => this.#remount('rw'));
    // Nothing was thrown away: all that was ever acknowledged has to be there.
    this.#changedAt = performance.now();
    this.#allCounts = true;
  }

  #allCounts = false;

  #remount(mode: 'ro' | 'rw'): boolean {
    try {
      command('mount', '-o', `remount,${mode}`, this.#mount);
      return true;
    } catch {
      return false;
    }
  }

  /** It stays away until somebody begins anew there: programs that run say so and wait. */
  async #delete(): Promise<void> {
    if (this.#course.random.next() < 0.5) {
      const away = path.join(this.#mount, 'away');
      renameSync(this.#dir, away);
      rmSync(away, { recursive: true });
    } else {
      rmSync(this.#dir, { recursive: true, maxRetries: 10, retryDelay: 5 });
    }
    this.#changedAt = performance.now();
    for (const program of this.#programs) {
      await until(`${program.name} to say so`, () => program.stderr.includes('(DIRECTORY_UNUSABLE)'));
    }
    const told = this.#writers.flatMap(({ acked, answers }) =>
      acked.filter(({ id }) => this.#isAfter(answers, id)),
    );
    if (told.length > 0) this.#wrong.push(`${told.length} acknowledged without a directory`);
    const { code, stderr } = await this.#chat.run(['rooms']);
    if (code !== 0) this.#wrong.push(`nobody can begin anew: ${stderr}`);
    this.#changedAt = performance.now();
  }

  async #replace(): Promise<void> {
    const dir = path.join(this.#mount, 'other');
    mkdirSync(dir, { mode: 0o700 });
    const other = new Chat({ dir });
    for (let number = 1; number <= 1 + Math.floor(this.#course.random.between(0, 4)); number += 1) {
      await other.ok(['send', ROOM, `of another store ${number}`]);
    }
    const { json } = await other.ok(['read', ROOM, '--json']);
    await other.close();
    this.#foreign = (json as unknown as Stored[]).map(({ id, room, content }) => ({
      id,
      room,
      content,
      at: 0,
    }));
    renameSync(this.#dir, path.join(this.#mount, 'away'));
    renameSync(dir, this.#dir);
    this.#changedAt = performance.now();
  }

  async #restore(put: (copy: string) => void): Promise<void> {
    const copy = path.join(this.#mount, 'copy');
    // As somebody would copy it: while everything runs, without its sockets.
    cpSync(this.#dir, copy, {
      recursive: true,
      preserveTimestamps: true,
      filter: (file) => !file.endsWith('.sock') && !file.endsWith('.tmp'),
    });
    const { length } = this.#acked();
    await until('more messages', () => this.#acked().length > length + 20);
    put(copy);
    this.#changedAt = performance.now();
  }

  #acked(): string[] {
    return this.#writers.flatMap(({ acked }) => acked.map(({ id }) => id));
  }

  #isAfter(answers: TimedWriter['answers'], id: string): boolean {
    const answer = answers.get(id);
    return answer !== undefined && answer.sentAt >= this.#changedAt;
  }

  /** Each writer has an acknowledgement of something it sent after `since`. */
  async #allServed(since: number): Promise<void> {
    await Promise.all(
      this.#writers.map((writer) =>
        until(
          `an acknowledgement for ${writer.name}`,
          () => writer.acked.some(({ id }) => (writer.answers.get(id)?.sentAt ?? 0) >= since),
          WITHIN_MS,
        ),
      ),
    );
  }

  async #served(since: number): Promise<void> {
    await this.#allServed(since);
    this.#untilServed.push(performance.now() - since);
  }

  #read(): ReturnType<Chat['run']> {
    return this.#chat.run(['read', ROOM, '--limit', '999999', '--json']);
  }

  async #check(): Promise<number> {
    await Promise.all(
      this.#writers.map((writer) => until('all answers', () => writer.inFlight === 0, WITHIN_MS)),
    );
    const acked = this.#writers.flatMap(({ acked: own, answers }) =>
      own.filter(({ id }) => this.#allCounts || this.#isAfter(answers, id)),
    );
    const last = acked.toSorted((a, b) => a.seq - b.seq).at(-1);
    await until(
      'the follower to go on',
      () => this.#follower.messages.some(({ id }) => id === last?.id),
      WITHIN_MS,
    );
    for (const { endedByItself } of this.#programs)
      if (endedByItself !== null) this.#wrong.push(endedByItself);
    await this.#chat.close();
    const { json } = await this.#chat.ok(['read', ROOM, '--limit', '999999', '--json']);
    const history = json as unknown as Stored[];
    const sent = [...this.#foreign, ...this.#writers.flatMap((writer) => writer.sent)];
    this.#wrong.push(...violations({ sent, acked, history, followed: [this.#followed(history)] }));
    return acked.length;
  }

  /**
   * What the follower printed of the history that there is now: from the first message on that was sent after the change. What it
   * printed before was true when it did.
   */
  #followed(history: readonly Stored[]): { name: string; since: number; messages: readonly Stored[] } {
    const { name, messages } = this.#follower;
    if (this.#allCounts) return { name, since: 0, messages };
    const fresh = new Set(
      this.#writers.flatMap(({ sent }) => sent.filter(({ at }) => at >= this.#changedAt).map(({ id }) => id)),
    );
    const start = messages.findIndex(({ id }) => fresh.has(id));
    const first = messages[start]?.seq ?? 0;
    const since = history.findLast(({ seq }) => seq < first)?.seq ?? 0;
    return { name, since, messages: messages.slice(start) };
  }

  #lastWords(): string {
    return this.#programs.map(({ name, stderr }) => `${name} said last: ${stderr.slice(-600)}`).join('\n');
  }
}
