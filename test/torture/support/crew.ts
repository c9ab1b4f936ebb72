import type { Chat } from '../../integration/support/chat.ts';
import { Follower } from '../../integration/support/follower.ts';
import type { Observation, Stored } from '../../integration/support/history.ts';
import type { Program } from '../../integration/support/program.ts';
import { until, within } from '../../integration/support/until.ts';
import { Writer } from '../../integration/support/writer.ts';

export interface CrewOptions {
  readonly writers: number;
  readonly followers: number;
  /** A second one is made, and gets a quarter of the messages. */
  readonly rooms: readonly [first: 'general', second?: string];
  /** Milliseconds between two messages of one writer. */
  readonly everyMs: number;
  /** Characters that messages are longer than their number and the name of their writer, at most. */
  readonly padding: number;
  readonly verbose?: boolean;
}

/** Messages a writer has on their way at most. */
const WINDOW = 64;
/** Far longer than anything takes when it works. Milliseconds. */
const PATIENCE = 40_000;

/**
 * Programs that write and follow steadily, whatever is done to them, and what was heard of each. Whether it was
 * right is for the checker of histories.
 */
export class Crew {
  readonly writers: readonly Writer[];
  readonly programs: readonly Program[];
  /** What was waited for in vain, in words. */
  readonly stuck: string[] = [];
  readonly #chat: Chat;
  readonly #followers: readonly Follower[];
  readonly #options: CrewOptions;
  #writing: NodeJS.Timeout | undefined;
  #written = 0;
  readonly #waiting = new Set<{ readonly since: number; readonly resolve: () => void }>();

  constructor(chat: Chat, options: CrewOptions) {
    this.#chat = chat;
    this.#options = options;
    const { writers, followers } = options;
    this.writers = Array.from({ length: writers }, (_, index) => new Writer(chat, `writer ${index}`));
    this.#followers = Array.from(
      { length: followers },
      (_, index) => new Follower(chat, `follower ${index}`, 0),
    );
    this.programs = [...this.writers, ...this.#followers];
  }

  /** Resolves once every writer had its first acknowledgement. The first hub is that of the first writer. */
  async start(): Promise<void> {
    const [, second] = this.#options.rooms;
    if (second !== undefined) await this.#chat.ok(['room', 'create', second]);
    for (const program of this.programs) program.verbose = this.#options.verbose ?? false;
    for (const writer of this.writers) writer.onAck = (_ack, sentAt) => this.#onAck(sentAt);
    const [first, ...others] = this.writers;
    first?.start();
    this.#writing = setInterval(() => this.#write(), this.#options.everyMs);
    await until('a first acknowledgement', () => this.acks > 0);
    for (const writer of others) writer.start();
    await until('a first acknowledgement of each writer', () =>
      this.writers.every(({ acked }) => acked.length > 0),
    );
    for (const follower of this.#followers) follower.start();
  }

  get acks(): number {
    return this.writers.reduce((sum, { acked }) => sum + acked.length, 0);
  }

  stopWriting(): void {
    clearInterval(this.#writing);
  }

  /** The program that holds the hub now, once it is one that can be hit. */
  livingHub(canBeHit: (program: Program) => boolean = () => true): Promise<Program> {
    return until('a living hub among the programs', () => {
      const pid = this.#chat.hub()?.pid;
      return this.programs.find((program) => program.pid === pid && !program.isStopped && canBeHit(program));
    });
  }

  /** Resolves with the first acknowledgement of a message that was sent after `since`, a time of `performance.now()`. */
  ackOfMessageSentAfter(since: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add({ since, resolve });
    });
  }

  /** What does not come is told in the end: the others go on, and the history says more. */
  async expect(what: string, event: Promise<unknown>, patience = PATIENCE, program?: Program): Promise<void> {
    try {
      await within(what, event, patience);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.stuck.push(
        program === undefined ? why : `${why}; process ${program.pid} said last:\n${program.stderr}`,
      );
    }
  }

  /** Writing ends; everything that was written gets its answer and reaches every follower. */
  async calm(): Promise<void> {
    this.stopWriting();
    await Promise.all(
      this.writers.map((writer) =>
        this.expect(`all answers for ${writer.name}`, writer.settled(), PATIENCE, writer),
      ),
    );
    const last = this.writers
      .flatMap(({ acked }) => acked)
      .reduce((highest, { seq }) => Math.max(highest, seq), 0);
    await Promise.all(
      this.#followers.map((follower) =>
        this.expect(`${follower.name} to see message ${last}`, follower.reached(last), PATIENCE, follower),
      ),
    );
    // A program may be killed; it may not give up.
    for (const { endedByItself } of this.programs) if (endedByItself !== null) this.stuck.push(endedByItself);
  }

  /** The history is read from the disk: all programs end before, and a fresh one takes over. */
  async observe(): Promise<Observation> {
    await this.#chat.close();
    return {
      sent: this.writers.flatMap(({ sent }) => sent),
      acked: this.writers.flatMap(({ acked }) => acked),
      followed: this.#followers.map(({ name, since, messages }) => ({ name, since, messages })),
      history: await historyOf(
        this.#chat,
        this.#options.rooms.filter((room) => room !== undefined),
      ),
    };
  }

  #write(): void {
    const { rooms, padding } = this.#options;
    for (const writer of this.writers) {
      if (writer.inFlight >= WINDOW) continue;
      this.#written += 1;
      const room = this.#written % 4 === 0 ? (rooms[1] ?? rooms[0]) : rooms[0];
      const end = '…'.repeat((this.#written * 7) % (padding + 1));
      writer.send(room, `${writer.name} says ${this.#written}: ${end}`);
    }
  }

  #onAck(sentAt: number): void {
    for (const waiting of this.#waiting) {
      if (sentAt <= waiting.since) continue;
      this.#waiting.delete(waiting);
      waiting.resolve();
    }
  }
}

/** All messages of these rooms in one order, read by a fresh process. */
export async function historyOf(chat: Chat, rooms: readonly string[]): Promise<Stored[]> {
  const stored: Stored[] = [];
  for (const room of rooms) {
    const { json } = await chat.ok(['read', room, '--limit', '999999999', '--json'], { timeout: 60_000 });
    stored.push(...(json as unknown as Stored[]));
  }
  return stored.sort((a, b) => a.seq - b.seq);
}
