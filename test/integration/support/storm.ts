import { setTimeout as delay } from 'node:timers/promises';
import { Chat } from './chat.ts';
import { Follower } from './follower.ts';
import { type Observation, type Stored } from './history.ts';
import type { Program } from './program.ts';
import { Random } from './random.ts';
import { until, within } from './until.ts';
import { Writer } from './writer.ts';

export interface StormOptions {
  readonly seed: number;
  /** The terminal interface to put to the test. */
  readonly bundle?: string;
}

export interface StormResult {
  readonly observation: Observation;
  /** What was waited for in vain, in words; empty when all is well. */
  readonly stuck: readonly string[];
  readonly faults: { readonly kills: number; readonly stops: number; readonly atHub: number };
  /** Epochs the store went through. */
  readonly epochs: number;
  readonly seconds: number;
  /**
   * Milliseconds from a fault at the hub to the first acknowledgement of a message sent after it. For stops that are shorter
   * than suspicion this is about the length of the stop.
   */
  readonly afterKill: readonly number[];
  readonly afterShortStop: readonly number[];
  readonly afterLongStop: readonly number[];
}

type Fault = { readonly kind: 'kill' } | { readonly kind: 'stop'; readonly ms: number };

const WRITERS = 5;
const FOLLOWERS = 3;
/** Messages a writer has on their way at most, and how often it sends one. */
const WINDOW = 64;
const EVERY_MS = 12;

/** After which others give up a hub that is silent. */
const SUSPICION_MS = 5_000;
/** Far longer than anything takes when it works. */
const PATIENCE_MS = 40_000;

const HUB_KILLS = 20;
const HUB_SHORT_STOPS = 6;
/**
 * Longer than others take to suspect a hub (5 s and a probe): they take over from it, and then it wakes up. With it a writer is
 * stopped and wakes, as all do on a machine that slept. Neither has noticed anything: it goes on talking to the old hub, which
 * must not acknowledge any of it.
 */
const HUB_LONG_STOPS = 4;
const OTHER_KILLS = 10;
const OTHER_STOPS = 16;

const stop = (random: Random, low: number, high: number): Fault => ({
  kind: 'stop',
  ms: Math.round(random.between(low, high)),
});

/**
 * Eight programs write and follow while sixty faults hit them, more than half of them the one that holds the hub. Everything
 * that happens is recorded; whether it was right is for the checker of histories.
 */
export async function storm({ seed, bundle }: StormOptions): Promise<StormResult> {
  const random = new Random(seed);
  const chat = new Chat(bundle === undefined ? {} : { bundle });
  const world = new World(chat, random);
  const started = performance.now();
  try {
    await chat.ok(['room', 'create', 'storm']);
    world.start();
    await until('a first acknowledgement of each writer', () =>
      world.writers.every(({ acked }) => acked.length > 0),
    );

    const hubFaults = random.shuffle([
      ...Array.from({ length: HUB_KILLS }, (): Fault => ({ kind: 'kill' })),
      ...Array.from({ length: HUB_SHORT_STOPS }, () => stop(random, 500, 3_000)),
      ...Array.from({ length: HUB_LONG_STOPS }, () => stop(random, 7_000, 8_000)),
    ]);
    const otherFaults = random.shuffle([
      ...Array.from({ length: OTHER_KILLS }, (): Fault => ({ kind: 'kill' })),
      ...Array.from({ length: OTHER_STOPS }, () => stop(random, 500, 3_000)),
    ]);
    await Promise.all([world.faultsAtHub(hubFaults), world.faultsElsewhere(otherFaults)]);
    await world.calm();
    world.lookForDeserters();
    return {
      observation: await world.observe(),
      stuck: world.stuck,
      faults: { kills: HUB_KILLS + OTHER_KILLS, stops: world.stops, atHub: world.atHub },
      epochs: chat.newestClaim()?.epoch ?? 0,
      seconds: (performance.now() - started) / 1_000,
      afterKill: world.afterKill,
      afterShortStop: world.afterShortStop,
      afterLongStop: world.afterLongStop,
    };
  } finally {
    world.stopWriting();
    await chat.close();
  }
}

class World {
  readonly writers: readonly Writer[];
  readonly #followers: readonly Follower[];
  readonly #chat: Chat;
  readonly #random: Random;
  readonly #programs: readonly Program[];
  readonly afterKill: number[] = [];
  readonly afterShortStop: number[] = [];
  readonly afterLongStop: number[] = [];
  readonly stuck: string[] = [];
  atHub = 0;
  stops = 0;
  #writing: NodeJS.Timeout | undefined;
  #written = 0;
  /** Called with the time of sending of each acknowledged message. */
  #onAck = (_sentAt: number): void => undefined;

  constructor(chat: Chat, random: Random) {
    this.#chat = chat;
    this.#random = random;
    this.writers = Array.from({ length: WRITERS }, (_, index) => new Writer(chat, `writer ${index}`));
    this.#followers = Array.from(
      { length: FOLLOWERS },
      (_, index) => new Follower(chat, `follower ${index}`, 0),
    );
    this.#programs = [...this.writers, ...this.#followers];
  }

  start(): void {
    for (const program of this.#programs) {
      program.verbose = true;
      program.start();
    }
    for (const writer of this.writers) writer.onAck = (_ack, sentAt) => this.#onAck(sentAt);
    this.#writing = setInterval(() => {
      for (const writer of this.writers) {
        if (writer.inFlight >= WINDOW) continue;
        this.#written += 1;
        const room = this.#written % 4 === 0 ? 'storm' : 'general';
        writer.send(room, `${writer.name} says ${this.#written}: ${'…'.repeat(this.#written % 50)}`);
      }
    }, EVERY_MS);
  }

  stopWriting(): void {
    clearInterval(this.#writing);
  }

  async faultsAtHub(faults: readonly Fault[]): Promise<void> {
    for (const fault of faults) {
      const hub = await this.#livingHub();
      const since = performance.now();
      const isLong = fault.kind === 'stop' && fault.ms > SUSPICION_MS;
      const times =
        fault.kind === 'kill' ? this.afterKill : isLong ? this.afterLongStop : this.afterShortStop;
      const served = this.#ackOfMessageSentAfter(since).then(() => times.push(performance.now() - since));
      this.atHub += 1;
      await Promise.all([
        this.#apply(hub, fault),
        ...(isLong ? [this.#apply(this.#companion(hub), fault)] : []),
        this.#expect('an acknowledgement after a fault', served),
      ]);
      await delay(this.#random.between(50, 250));
    }
  }

  async faultsElsewhere(faults: readonly Fault[]): Promise<void> {
    for (const fault of faults) {
      const hub = this.#chat.newestClaim()?.pid;
      const others = this.#programs.filter((program) => program.pid !== hub && !program.isStopped);
      await this.#apply(this.#random.pick(others), fault);
      await delay(this.#random.between(100, 900));
    }
  }

  /** Writing ends; everything that was written gets its answer and reaches every follower. */
  async calm(): Promise<void> {
    this.stopWriting();
    await Promise.all(
      this.writers.map((writer) => this.#expect(`all answers for ${writer.name}`, writer.settled(), writer)),
    );
    const last = Math.max(...this.writers.flatMap(({ acked }) => acked.map(({ seq }) => seq)));
    await Promise.all(
      this.#followers.map((follower) =>
        this.#expect(`${follower.name} to see message ${last}`, follower.reached(last), follower),
      ),
    );
  }

  /** A program may be killed; it may not give up. */
  lookForDeserters(): void {
    for (const { endedByItself } of this.#programs)
      if (endedByItself !== null) this.stuck.push(endedByItself);
  }

  /** The history is read from the disk: all programs end before, and a fresh one takes over. */
  async observe(): Promise<Observation> {
    await this.#chat.close();
    const rooms: Stored[] = [];
    for (const room of ['general', 'storm']) {
      const { json } = await this.#chat.ok(['read', room, '--limit', '999999999', '--json'], {
        timeout: 60_000,
      });
      rooms.push(...(json as unknown as Stored[]));
    }
    return {
      sent: this.writers.flatMap(({ sent }) => sent),
      acked: this.writers.flatMap(({ acked }) => acked),
      followed: this.#followers.map(({ name, since, messages }) => ({ name, since, messages })),
      history: rooms.sort((a, b) => a.seq - b.seq),
    };
  }

  async #apply(program: Program, fault: Fault): Promise<void> {
    if (fault.kind === 'kill') {
      await program.killAndRestart();
      return;
    }
    this.stops += 1;
    await program.stopFor(() => delay(fault.ms));
  }

  /** The program that holds the hub now, once it is one that can be hit. */
  #livingHub(): Promise<Program> {
    return until('a living hub among the programs', () => {
      const pid = this.#chat.hub()?.pid;
      return this.#programs.find((program) => program.pid === pid && !program.isStopped);
    });
  }

  /** What does not come is told in the end: a storm goes on, and the history says more. */
  async #expect(what: string, event: Promise<unknown>, program?: Program): Promise<void> {
    try {
      await within(what, event, PATIENCE_MS);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.stuck.push(
        program === undefined ? why : `${why}; process ${program.pid} said last:\n${program.stderr}`,
      );
    }
  }

  #companion(hub: Program): Program {
    return this.#random.pick(this.writers.filter((writer) => writer !== hub && !writer.isStopped));
  }

  #ackOfMessageSentAfter(since: number): Promise<void> {
    return new Promise((resolve) => {
      this.#onAck = (sentAt) => {
        if (sentAt > since) resolve();
      };
    });
  }
}

/** The value below which `share` of all values are. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The figures of a storm, for people. */
export function describeStorm({ observation, faults, epochs, seconds, ...times }: StormResult): string[] {
  const line = (what: string, values: readonly number[]): string =>
    `${what}: p50 ${percentile(values, 0.5).toFixed(0)} ms, p95 ${percentile(values, 0.95).toFixed(0)} ms (${values.length})`;
  return [
    `${faults.kills} kills and ${faults.stops} stops, ${faults.atHub} of them at the hub; ${epochs} epochs in ${seconds.toFixed(0)} s`,
    `${observation.sent.length} messages sent, ${observation.acked.length} acknowledgements, ${observation.history.length} in the history`,
    line('served again after a kill of the hub', times.afterKill),
    line('served again after a stop of 0.5–3 s', times.afterShortStop),
    line('served again after a stop of 7–8 s', times.afterLongStop),
  ];
}
