import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ClaimFile, Chat } from '../../integration/support/chat.ts';
import { Follower } from '../../integration/support/follower.ts';
import type { Observation, Stored } from '../../integration/support/history.ts';
import type { Program } from '../../integration/support/program.ts';
import type { Random } from '../../integration/support/random.ts';
import { until, within } from '../../integration/support/until.ts';
import { Writer } from '../../integration/support/writer.ts';
import { Window } from './window.ts';

/** How often each writer sends, and how many messages it has on their way at most. */
const EVERY_MS = 10;
const IN_FLIGHT = 64;
/** Before each hand-over: what an acknowledgement takes when nothing happens. */
const QUIET_MS = 250;
const PATIENCE_MS = 30_000;
/** A change of hub within this time is no news, neither in a window nor, a second later, in a terminal. */
const NEWS_MS = 1_000;

/** From the word of the hub on its successor is awaited for two seconds. */
const AWAITED_MS = 1_900;

/** What one hand-over came to. All in milliseconds. */
export interface HandOverTimes {
  /** The longest time to an acknowledgement before it, and over it. */
  readonly quiet: number;
  readonly change: number;
  /** From the word to end to the end of the process. */
  readonly exit: number;
}

/** One window, two pipes and two readers on one chat; who holds the hub is told to end, again and again, and comes back. */
export class HandOvers {
  readonly violations: string[] = [];
  readonly times: HandOverTimes[] = [];
  readonly #chat: Chat;
  readonly #random: Random;
  readonly #window: Window;
  readonly #writers: readonly Writer[];
  readonly #followers: readonly Follower[];
  readonly #programs: readonly Program[];
  readonly #latencies: { readonly writer: Writer; readonly sentAt: number; readonly ms: number }[] = [];
  #writing: NodeJS.Timeout | undefined;
  #written = 0;

  /** `bundle`: of a variant that has the window among its programs. */
  constructor(bundle: string, random: Random) {
    this.#random = random;
    this.#chat = new Chat({ bundle });
    this.#window = new Window(this.#chat, 'window');
    const numbers = [1, 2];
    this.#writers = [this.#window, ...numbers.map((n) => new Writer(this.#chat, `pipe ${n}`))];
    this.#followers = numbers.map((n) => new Follower(this.#chat, `tail ${n}`, 0));
    this.#programs = [...this.#writers, ...this.#followers];
  }

  async start(): Promise<void> {
    for (const program of this.#programs) program.start();
    for (const writer of this.#writers) {
      writer.onAck = ({ at }, sentAt) => this.#latencies.push({ writer, sentAt, ms: at - sentAt });
    }
    this.#writing = setInterval(() => {
      for (const writer of this.#writers) {
        if (writer.inFlight >= IN_FLIGHT) continue;
        this.#written += 1;
        writer.send('general', `${writer.name} says ${this.#written}`);
      }
    }, EVERY_MS);
    await Promise.all(this.#programs.map((program) => this.#isBack(program)));
  }

  /** The hub's process ends politely. Nobody may notice. */
  async handOver(): Promise<void> {
    const { claim, holder } = await this.#holder();
    const others = this.#writers.filter((writer) => writer !== holder);
    const since = performance.now();
    await delay(QUIET_MS);
    const told = performance.now();
    this.#window.takeStates();
    const { how, ended } = this.#end(holder);
    await within(`${holder.name} to end (${how})`, ended, PATIENCE_MS);
    const exited = performance.now();
    await Promise.all(others.map((writer) => this.#isServed(writer, exited)));

    const longest = (from: number, to: number): number =>
      Math.max(
        ...this.#latencies.flatMap(({ writer, sentAt, ms }) =>
          writer !== holder && sentAt >= from && sentAt < to ? [ms] : [],
        ),
      );
    // What was on its way when the word came is part of the change.
    const change = longest(told - 50, performance.now());
    const exit = exited - told;
    this.times.push({ quiet: longest(since, told - 50), change, exit });
    this.#latencies.length = 0;
    this.#checkSilence(`${holder.name}, ${how}`, holder, { change, exit });
    this.#checkClaims(`${holder.name}, ${how}`, claim);
    await this.#comeBack(holder);
  }

  /** The same, while the old hub, the new one or somebody else is killed: nobody may be left without a hub. */
  async racedHandOver(): Promise<void> {
    const { claim, holder } = await this.#holder();
    const { ended } = this.#end(holder);
    await delay(this.#random.between(0, 300));
    const next = this.#programs.find(({ pid }) => pid === this.#chat.newestClaim()?.pid);
    const others = this.#programs.filter((program) => program !== holder);
    const victim = this.#random.pick([holder, next ?? holder, this.#random.pick(others)]);
    victim.signal('SIGKILL');
    // One that was killed while it was being ended has ended, too.
    if (victim !== holder) await victim.killAndRestart();
    await within(`${holder.name} to end after a kill of ${victim.name}`, ended, PATIENCE_MS);
    await this.#comeBack(holder);
    const since = performance.now();
    await Promise.all(this.#writers.map((writer) => this.#isServed(writer, since)));
    if (this.#chat.newestClaim()?.epoch === claim.epoch)
      this.violations.push(`no new epoch after ${claim.epoch}`);
    this.#latencies.length = 0;
  }

  /** Writing ends, everything gets its answer, all processes end, and a fresh one reads what is there. */
  async observe(): Promise<Observation> {
    clearInterval(this.#writing);
    await Promise.all(
      this.#writers.map((writer) => within(`all answers for ${writer.name}`, writer.settled(), PATIENCE_MS)),
    );
    const acked = this.#writers.flatMap((writer) => writer.acked);
    const last = Math.max(...acked.map(({ seq }) => seq));
    await Promise.all(
      this.#followers.map((follower) =>
        within(`${follower.name} to see ${last}`, follower.reached(last), PATIENCE_MS),
      ),
    );
    for (const { endedByItself } of this.#programs)
      if (endedByItself !== null) this.violations.push(endedByItself);
    await this.close();
    const words = ['read', 'general', '--limit', '999999999', '--json'];
    const { json } = await this.#chat.ok(words, { timeout: 60_000 });
    return {
      sent: this.#writers.flatMap(({ sent }) => sent),
      acked,
      followed: this.#followers.map(({ name, since, messages }) => ({ name, since, messages })),
      history: json as unknown as Stored[],
    };
  }

  async close(): Promise<void> {
    clearInterval(this.#writing);
    await Promise.all([this.#chat.close(), this.#window.close()]);
  }

  #holder(): Promise<{ claim: ClaimFile; holder: Program }> {
    return until('a hub among the programs', () => {
      const claim = this.#chat.hub();
      const holder = this.#programs.find(({ pid }) => pid === claim?.pid);
      return claim !== null && holder !== undefined ? { claim, holder } : null;
    });
  }

  /** In one of the ways a person or a script ends such a program. */
  #end(program: Program): { how: string; ended: Promise<unknown> } {
    const how = this.#random.pick(
      program instanceof Follower
        ? (['SIGINT', 'SIGTERM'] as const)
        : (['SIGINT', 'SIGTERM', 'end of input'] as const),
    );
    return { how, ended: how === 'end of input' ? program.finish() : program.interrupt(how) };
  }

  async #comeBack(program: Program): Promise<void> {
    program.stderr = '';
    program.start();
    await this.#isBack(program);
  }

  #isBack(program: Program): Promise<void> {
    const since = performance.now();
    if (program instanceof Writer) return this.#isServed(program, since);
    const last = Math.max(0, ...this.#writers.map(({ acked }) => acked.at(-1)?.seq ?? 0));
    const follower = program as Follower;
    return within(`${follower.name} to see ${last}`, follower.reached(last + 1), PATIENCE_MS);
  }

  async #isServed(writer: Writer, since: number): Promise<void> {
    const served = (): boolean => this.#latencies.some((one) => one.writer === writer && one.sentAt > since);
    await until(`${writer.name} to be served; it said last:\n${writer.stderr}`, served, PATIENCE_MS);
  }

  #checkSilence(
    what: string,
    holder: Program,
    { change, exit }: Pick<HandOverTimes, 'change' | 'exit'>,
  ): void {
    // Who was named long before the end is not awaited any more.
    const states = holder === this.#window || exit > AWAITED_MS ? [] : this.#window.takeStates();
    for (const { state, sinceLoss } of states) {
      // A little less, for the grain of timers.
      if (state !== 'ready' && sinceLoss < NEWS_MS - 20)
        this.violations.push(`${what}: the window was ${state} ${sinceLoss.toFixed(0)} ms after the loss`);
    }
    // With a disk that takes this long to sync others are right to say something.
    for (const { name, stderr } of this.#programs) {
      if (change < NEWS_MS && stderr !== '') this.violations.push(`${what}: ${name} said "${stderr}"`);
    }
  }

  /** Whoever is named claims, and nobody else tries: the epochs since are of one process, but for compactions of the old one. */
  #checkClaims(what: string, before: ClaimFile): void {
    const pids = new Set<number>();
    for (const name of readdirSync(this.#chat.dir)) {
      if (!/^\d{12}\.claim$/.test(name) || Number.parseInt(name, 10) <= before.epoch) continue;
      const claim = JSON.parse(readFileSync(path.join(this.#chat.dir, name), 'utf8')) as { pid: number };
      pids.add(claim.pid);
    }
    pids.delete(before.pid);
    if (pids.size !== 1) this.violations.push(`${what}: ${pids.size} processes claimed an epoch`);
  }
}
