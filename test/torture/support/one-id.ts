import { newId } from '../../../src/model/ids.ts';
import type { Chat } from '../../integration/support/chat.ts';
import { Follower } from '../../integration/support/follower.ts';
import { type Stored, violations } from '../../integration/support/history.ts';
import type { Program } from '../../integration/support/program.ts';
import { until, within } from '../../integration/support/until.ts';
import { Writer } from '../../integration/support/writer.ts';
import type { Course } from '../part.ts';

const WRITERS = 8;
const ANSWER_MS = 60_000;
/** A log of this many messages of the greatest length is longer than a log becomes before it is compacted. */
const COMPACTING = 80;
const LONG_TEXT = 'x'.repeat(16 * 1024);

/** One id, from as many programs at once as there are, over the death of one hub after the other. */
export class SameIds {
  readonly wrong: string[] = [];
  readonly #chat: Chat;
  readonly #course: Course;
  readonly #writers: readonly Writer[];
  /** Speaks as somebody else: even the very same words are then another message. */
  readonly #other: Writer;
  readonly #follower: Follower;
  /** What was sent as what it is, by id. */
  readonly #contents = new Map<string, string>();
  conflicts = 0;
  takeovers = 0;

  constructor(chat: Chat, course: Course) {
    this.#chat = chat;
    this.#course = course;
    this.#writers = Array.from({ length: WRITERS }, (_, n) => new Writer(chat, `writer ${n}`));
    this.#other = new Writer(chat, 'other', ['--as', 'Grace']);
    this.#follower = new Follower(chat, 'follower', 0);
  }

  get ids(): number {
    return this.#contents.size;
  }

  get acked(): number {
    return this.#writers.reduce((sum, { acked }) => sum + acked.length, 0);
  }

  async start(): Promise<void> {
    await this.#chat.ok(['profile', 'create', 'Grace']);
    for (const program of this.#all) program.start();
    await until('a hub', () => this.#chat.hub());
  }

  /** So many new ids from all writers, while the hub is killed; then the same ids for something else, while it is killed again. */
  async round(count: number): Promise<void> {
    const { random } = this.#course;
    const ids = Array.from({ length: count }, () => newId());
    for (const id of ids) this.#contents.set(id, `what ${id} says`);
    for (const writer of this.#writers) {
      for (const id of random.shuffle(ids)) writer.send('general', this.#contents.get(id) ?? '', id);
    }
    await this.#killHub();
    await this.#settled();
    await this.contradict(random.shuffle([...this.#contents.keys()]).slice(0, 5), random.next() < 0.5);
  }

  /** Other words, and another author, for ids that are taken: CONFLICT from everywhere. */
  async contradict(ids: readonly string[], kill: boolean): Promise<void> {
    const before = this.#all.map((program) => ({
      program,
      acked: program instanceof Writer ? program.acked.length : 0,
      errors: program instanceof Writer ? program.errors.length : 0,
    }));
    for (const id of ids) {
      for (const writer of this.#writers) writer.send('general', `something else than ${id}`, id);
      this.#other.send('general', this.#contents.get(id) ?? '', id);
    }
    if (kill) await this.#killHub();
    await this.#settled();
    for (const { program, acked, errors } of before) {
      if (!(program instanceof Writer)) continue;
      const answers = program.errors.slice(errors);
      for (const { id } of program.acked.slice(acked))
        this.wrong.push(`${program.name} was told that ${id} is stored as something else`);
      for (const id of ids) {
        const codes = answers.filter((answer) => answer.id === id).map(({ code }) => code);
        if (codes.length === 0 || codes.some((code) => code !== 'CONFLICT'))
          this.wrong.push(
            `${program.name} asked for ${id} as something else, and heard ${codes.join() || 'nothing'}`,
          );
        this.conflicts += codes.length;
      }
    }
  }

  /** Makes the log so long that the hub begins another epoch with a fresh base. */
  async compact(): Promise<void> {
    const epoch = this.#chat.newestClaim()?.epoch ?? 0;
    const writer = this.#course.random.pick(this.#writers);
    for (let n = 0; n < COMPACTING; n += 1) {
      const content = `${n} ${LONG_TEXT}`.slice(0, LONG_TEXT.length);
      this.#contents.set(writer.send('general', content), content);
    }
    await this.#settled();
    await until('a compaction', () => (this.#chat.newestClaim()?.epoch ?? 0) > epoch, ANSWER_MS);
  }

  /** The violations of all this. Ends all programs. */
  async judge(): Promise<string[]> {
    for (const { name, errors } of [...this.#writers, this.#other]) {
      const odd = errors.find(({ code }) => code !== 'CONFLICT');
      if (odd !== undefined) this.wrong.push(`${name} heard ${odd.code}: ${odd.message}`);
    }
    const ended = this.#all.flatMap(({ endedByItself }) => endedByItself ?? []);
    await this.#chat.close();
    const { json } = await this.#chat.ok(['read', 'general', '--limit', '999999', '--json'], {
      timeout: ANSWER_MS,
    });
    // The first of the eight counts as its sending: nobody can have been told of it before.
    const firstAt = new Map<string, number>();
    for (const { id, at } of this.#writers.flatMap(({ sent }) => sent))
      firstAt.set(id, Math.min(at, firstAt.get(id) ?? at));
    const { name, since, messages } = this.#follower;
    return [
      ...this.wrong,
      ...ended,
      ...violations({
        sent: [...this.#contents].map(([id, content]) => ({
          id,
          content,
          room: 'general',
          at: firstAt.get(id) ?? 0,
        })),
        acked: this.#writers.flatMap(({ acked }) => acked),
        followed: [{ name, since, messages }],
        history: json as unknown as Stored[],
      }),
    ];
  }

  get #all(): readonly Program[] {
    return [...this.#writers, this.#other, this.#follower];
  }

  async #settled(): Promise<void> {
    const writers = [...this.#writers, this.#other];
    await within('all answers', Promise.all(writers.map((writer) => writer.settled())), ANSWER_MS);
  }

  async #killHub(): Promise<void> {
    const hub = await until('a hub among the programs', () => {
      const pid = this.#chat.hub()?.pid;
      return this.#all.find((program) => program.pid === pid);
    });
    const epoch = this.#chat.newestClaim()?.epoch ?? 0;
    await hub.killAndRestart();
    await until('another hub', () => (this.#chat.newestClaim()?.epoch ?? 0) > epoch, ANSWER_MS);
    this.takeovers += 1;
  }
}
