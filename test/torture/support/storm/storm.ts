import { setTimeout as delay } from 'node:timers/promises';
import { Chat } from '../../../integration/support/chat.ts';
import type { Observation } from '../../../integration/support/history.ts';
import type { Program } from '../../../integration/support/program.ts';
import { Random } from '../../../integration/support/random.ts';
import { until } from '../../../integration/support/until.ts';
import { Crew } from '../crew.ts';
import { type Fault, faultsAtHub, faultsElsewhere, type StormSize, SUSPICION } from './plan.ts';

export interface StormOptions {
  readonly seed: number;
  readonly size: StormSize;
  /** The terminal interface to put to the test. */
  readonly bundle?: string;
  readonly progress?: (text: string) => void;
}

export interface StormResult {
  readonly observation: Observation;
  /** What was waited for in vain, in words; empty when all is well. */
  readonly stuck: readonly string[];
  readonly faults: StormFaults;
  /** Epochs the store went through. */
  readonly epochs: number;
  readonly seconds: number;
  readonly times: StormTimes;
}

interface StormFaults {
  kills: number;
  shortStops: number;
  longStops: number;
  atHub: number;
}

/**
 * Milliseconds from a fault at the hub to the first acknowledgement of a message sent after it. For stops that are shorter
 * than suspicion this is about the length of the stop.
 */
interface StormTimes {
  readonly afterKill: number[];
  readonly afterShortStop: number[];
  readonly afterLongStop: number[];
}

/** From one fault at the hub, when all is served again, to the next. Milliseconds. */
const PAUSE = [50, 250] as const;
const PROGRESS_MS = 10_000;

/** Eight programs write and follow while faults hit them, most often the one that holds the hub. */
export async function storm({ seed, size, bundle, progress }: StormOptions): Promise<StormResult> {
  const random = new Random(seed);
  const chat = new Chat(bundle === undefined ? {} : { bundle });
  const weather = new Weather(chat, random, size);
  const { crew, faults, times } = weather;
  const started = performance.now();
  const telling = setInterval(() => {
    const { kills, shortStops, longStops, atHub } = faults;
    progress?.(`${kills + shortStops + longStops} faults, ${atHub} at the hub; ${crew.acks} acks`);
  }, PROGRESS_MS);
  try {
    await crew.start();
    await weather.pass();
    await crew.calm();
    return {
      observation: await crew.observe(),
      stuck: crew.stuck,
      faults,
      epochs: chat.newestClaim()?.epoch ?? 0,
      seconds: (performance.now() - started) / 1_000,
      times,
    };
  } finally {
    clearInterval(telling);
    crew.stopWriting();
    await chat.close();
  }
}

class Weather {
  readonly crew: Crew;
  readonly faults: StormFaults = { kills: 0, shortStops: 0, longStops: 0, atHub: 0 };
  readonly times: StormTimes = { afterKill: [], afterShortStop: [], afterLongStop: [] };
  readonly #chat: Chat;
  readonly #random: Random;
  readonly #size: StormSize;
  /** What a fault is just happening to. */
  readonly #hit = new Set<Program>();

  constructor(chat: Chat, random: Random, size: StormSize) {
    this.#chat = chat;
    this.#random = random;
    this.#size = size;
    this.crew = new Crew(chat, {
      writers: 5,
      followers: 3,
      rooms: ['general', 'storm'],
      everyMs: size.everyMs,
      padding: 50,
      verbose: true,
    });
  }

  async pass(): Promise<void> {
    const elsewhere = faultsElsewhere(this.#size, this.#random);
    const lanes = Array.from({ length: this.#size.elsewhere.atOnce }, () => this.#hitOthers(elsewhere));
    await Promise.all([this.#hitHubs(faultsAtHub(this.#size, this.#random)), ...lanes]);
  }

  /**
   * The next fault comes once the one before is over for those who write: whoever sleeps on does so, and wakes up among the
   * faults that follow.
   */
  async #hitHubs(faults: readonly Fault[]): Promise<void> {
    const sleepers: Promise<void>[] = [];
    for (const fault of faults) {
      const hub = await this.#livingHub();
      if (fault.kind === 'kill') {
        await this.#killHub(hub, fault.twice);
      } else if (fault.ms < SUSPICION) {
        await this.#timed(this.times.afterShortStop, this.#apply(hub, fault));
      } else {
        // All sleep on a machine that slept. A writer that wakes together with its old hub has noticed nothing either: it goes on
        // talking to that hub, which must not acknowledge any of it.
        const asleep = [hub, await this.#companion(hub)].map((program) => this.#apply(program, fault));
        sleepers.push(...asleep);
        await this.#timed(this.times.afterLongStop);
      }
      this.faults.atHub += 1;
      await delay(this.#random.between(...PAUSE));
    }
    await Promise.all(sleepers);
  }

  async #killHub(hub: Program, twice: boolean): Promise<void> {
    const { epoch } = (twice ? this.#chat.newestClaim() : null) ?? { epoch: Infinity };
    const first = this.#apply(hub, { kind: 'kill', twice });
    if (!twice) {
      await this.#timed(this.times.afterKill, first);
      return;
    }
    const next = await this.#livingHub(epoch);
    this.faults.atHub += 1;
    await this.#timed(this.times.afterKill, first, this.#apply(next, { kind: 'kill', twice }));
  }

  async #hitOthers(faults: Fault[]): Promise<void> {
    for (let fault = faults.pop(); fault !== undefined; fault = faults.pop()) {
      await this.#apply(await this.#bystander(), fault);
      await delay(this.#random.between(...this.#size.elsewhere.pause));
    }
  }

  /** Waits for the first acknowledgement from now on, and for `all` that goes on meanwhile. */
  async #timed(times: number[], ...all: Promise<void>[]): Promise<void> {
    const since = performance.now();
    const served = this.crew.ackOfMessageSentAfter(since).then(() => times.push(performance.now() - since));
    await Promise.all([...all, this.crew.expect('an acknowledgement after a fault', served)]);
  }

  async #apply(program: Program, fault: Fault): Promise<void> {
    this.#hit.add(program);
    try {
      if (fault.kind === 'kill') {
        this.faults.kills += 1;
        await program.killAndRestart();
        return;
      }
      this.faults[fault.ms < SUSPICION ? 'shortStops' : 'longStops'] += 1;
      await program.stopFor(() => delay(fault.ms));
    } finally {
      this.#hit.delete(program);
    }
  }

  #livingHub(after = 0): Promise<Program> {
    return this.crew.livingHub(
      (program) => !this.#hit.has(program) && (after === 0 || (this.#chat.newestClaim()?.epoch ?? 0) > after),
    );
  }

  /** A program that does not hold the hub. */
  #bystander(): Promise<Program> {
    return until('a program to hit', () => {
      const hub = this.#chat.newestClaim()?.pid;
      const others = this.crew.programs.filter(
        (program) => program.pid !== hub && !this.#hit.has(program) && this.#canSpare(program),
      );
      return others.length > 0 && this.#random.pick(others);
    });
  }

  #companion(hub: Program): Promise<Program> {
    return until('a writer to sleep with its hub', () => {
      const others = this.crew.writers.filter(
        (writer) => writer !== hub && !this.#hit.has(writer) && this.#canSpare(writer),
      );
      return others.length > 0 && this.#random.pick(others);
    });
  }

  /** Two writers are always awake, so that what is measured is the hub. */
  #canSpare(program: Program): boolean {
    const awake = this.crew.writers.filter((writer) => !this.#hit.has(writer));
    return awake.length > 3 || !awake.some((writer) => writer === program);
  }
}
