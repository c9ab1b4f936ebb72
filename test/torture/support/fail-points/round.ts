import { setTimeout as delay } from 'node:timers/promises';
import { Chat } from '../../../integration/support/chat.ts';
import { violations } from '../../../integration/support/history.ts';
import type { Program } from '../../../integration/support/program.ts';
import { Random } from '../../../integration/support/random.ts';
import { until } from '../../../integration/support/until.ts';
import { Crew } from '../crew.ts';
import { type Hit, POINTS } from './points.ts';
import { caughtProcess, setTrap } from './trap.ts';

/** Milliseconds in which a hub has to serve again: from a kill, from when a stopped one is suspected, or from its waking up. */
const AGAIN = 10_000;
const SUSPICION = 5_000;
/** In which a hub has to come by the trap: it is provoked to, or a compaction is due every few seconds. */
const TRAPPED = 20_000;

export interface RoundOptions {
  readonly seed: number;
  readonly bundle: string;
  readonly hits: readonly Hit[];
  readonly onHit: () => void;
}

export interface RoundResult {
  /** Milliseconds from a blow to the first acknowledgement after it, and from the end of a nap. */
  readonly afterKill: readonly number[];
  readonly afterNap: readonly number[];
  readonly afterSleep: readonly number[];
  readonly acks: number;
  readonly epochs: number;
  readonly violations: readonly string[];
}

/** One store and the programs on it. One after the other, their hubs are hit at these points. */
export async function round({ seed, bundle, hits, onHit }: RoundOptions): Promise<RoundResult> {
  const random = new Random(seed);
  const chat = new Chat({ bundle });
  const crew = new Crew(chat, { writers: 2, followers: 1, rooms: ['general'], everyMs: 30, padding: 800 });
  const target = new Target(chat, crew, random);
  try {
    await crew.start();
    for (const hit of hits) {
      await crew.expect(`${hit.blow} at "${hit.point}"`, target.take(hit));
      onHit();
    }
    await crew.calm();
    const epochs = chat.newestClaim()?.epoch ?? 0;
    const observation = await crew.observe();
    const wrong = [...crew.stuck, ...violations(observation)].map((what) => `round ${seed}: ${what}`);
    return { ...target.times, acks: observation.acked.length, epochs, violations: wrong };
  } finally {
    crew.stopWriting();
    await chat.close();
  }
}

class Target {
  readonly times = { afterKill: [] as number[], afterNap: [] as number[], afterSleep: [] as number[] };
  readonly #chat: Chat;
  readonly #crew: Crew;
  readonly #random: Random;

  constructor(chat: Chat, crew: Crew, random: Random) {
    this.#chat = chat;
    this.#crew = crew;
    this.#random = random;
  }

  async take({ point, blow }: Hit): Promise<void> {
    const victim = await this.#trap({ point, blow });
    const what = `an acknowledgement after ${blow} at "${point}"`;
    switch (blow) {
      case 'kill':
        await this.#served(what, AGAIN, this.times.afterKill, victim.killAndRestart());
        return;
      case 'nap':
        await victim.stopFor(() => delay(this.#random.between(1_000, 2_000)));
        await this.#served(what, AGAIN, this.times.afterNap);
        return;
      case 'sleep':
        await victim.stopFor(() => this.#served(what, SUSPICION + AGAIN, this.times.afterSleep));
        // It wakes up in the midst of it, and its own writer goes on with what the old hub left it waiting for.
        await delay(this.#random.between(100, 500));
        return;
    }
  }

  /** The program whose hub has stopped at this point. */
  async #trap({ point, blow }: Hit): Promise<Program> {
    const provocation = POINTS[point];
    const needsDeath = provocation === 'start' || (provocation === 'epoch' && this.#random.next() < 0.5);
    const deceased = needsDeath ? (await this.#crew.livingHub()).killAndRestart() : Promise.resolve();
    setTrap(this.#chat.dir, point);
    const pid = await until(`${blow} at "${point}"`, () => caughtProcess(this.#chat.dir), TRAPPED);
    await deceased;
    const victim = this.#crew.programs.find((program) => program.pid === pid);
    if (victim === undefined)
      throw new Error(`Process ${pid} was stopped at "${point}" and is none of ours.`);
    return victim;
  }

  /** Waits for the first acknowledgement from now on. */
  async #served(what: string, patience: number, times: number[], meanwhile?: Promise<void>): Promise<void> {
    const since = performance.now();
    const served = this.#crew.ackOfMessageSentAfter(since).then(() => times.push(performance.now() - since));
    await Promise.all([meanwhile, this.#crew.expect(what, served, patience)]);
  }
}
