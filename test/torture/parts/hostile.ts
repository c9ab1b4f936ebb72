import { setTimeout as delay } from 'node:timers/promises';
import { readClaim, highestEpoch } from '../../../src/rendezvous/claim.ts';
import { loadSecret } from '../../../src/rendezvous/secret.ts';
import { Chat } from '../../integration/support/chat.ts';
import { percentile } from '../support/percentile.ts';
import { until } from '../../integration/support/until.ts';
import type { Course, Outcome, Part } from '../part.ts';
import { Helper } from '../support/helper.ts';
import type { HostileConfig, HostileMessage, HostileResult } from '../support/attack.ts';
import { MemoryWatch } from '../support/resident.ts';
import { newClient, SteadyClient } from '../support/steady-client.ts';
import { buildVariant, replacing } from '../support/variant.ts';

type Sizes = Omit<HostileConfig, 'socket' | 'secret' | 'seed'> & { readonly quietMs: number };

const LONG: Sizes = {
  connections: 5_000,
  requests: 32,
  slow: 500,
  slowAtOnce: 56,
  siegeMs: 10_000,
  quietMs: 10_000,
  patienceMs: 10_000,
};
const SHORT: Sizes = {
  connections: 400,
  requests: 24,
  slow: 40,
  slowAtOnce: 40,
  siegeMs: 1_500,
  quietMs: 1_500,
  patienceMs: 10_000,
};
/** Enough to meet every kind. */
const TINY: Sizes = {
  ...SHORT,
  connections: 200,
  requests: 8,
  slow: 0,
  siegeMs: 0,
  quietMs: 200,
  patienceMs: 2_500,
};

const GOOD_MESSAGE_MS = 20;
const GOOD_P99_MS = 50;
const CLOSED_MS = 1_000;
/** Five of silence, and one for a machine that has other things to do. */
const SILENT_MS = 6_000;
const READY_MS = 5_000;
const RSS_MB = 64;
/** A message in quiet takes ten times as long as on an idle machine. */
const MOST_PATIENCE = 10;
/** Of the log, besides those of sessions that came and went. */
const LINES_A_SECOND = 1;

class Siege {
  readonly chat: Chat;
  readonly violations: string[] = [];
  readonly #hub;
  #lines = 0;
  #isOver = false;

  constructor(chat: Chat) {
    this.chat = chat;
    this.#hub = chat.spawn(['tail'], { env: { LOCAL_CHAT_LOG: 'info' } }).process;
    this.#hub.stdout?.resume();
    this.#hub.stderr?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) if (line !== '' && !line.includes(' session ')) this.#lines += 1;
    });
    this.#hub.once('exit', (code, signal) => {
      if (!this.#isOver) this.violations.push(`the hub ended with ${signal ?? String(code)}`);
    });
  }

  async run(course: Course, sizes: Sizes): Promise<Outcome> {
    const { chat } = this;
    await until('a hub', () => chat.hub()?.pid === this.#hub.pid);
    const good = new SteadyClient(chat.dir);
    await good.start(GOOD_MESSAGE_MS);
    await delay(sizes.quietMs / 2);
    good.takeTimes();
    await delay(sizes.quietMs);
    const quiet = good.takeTimes();
    const memory = new MemoryWatch(this.#hub.pid ?? 0);
    const linesBefore = this.#lines;
    const started = performance.now();

    const attacker = this.#attacker(course, sizes);
    const times: Record<string, number[]> = {};
    let phase = '';
    attacker.onMessage((message) => {
      if (message.type === 'progress') course.progress(message.text);
      if (message.type !== 'phase') return;
      if (phase !== '') times[phase] = good.takeTimes();
      phase = message.name;
      good.takeTimes();
    });
    const newcomers = this.#newcomers(() => phase);
    let result: HostileResult;
    let grown = 0;
    try {
      result = await attacker.said('done', 15 * 60_000);
    } finally {
      grown = memory.stop();
      phase = 'over';
      await Promise.all([attacker.stop(), newcomers, good.stop()]);
    }
    const ready = await newcomers;
    this.#isOver = true;
    const seconds = (performance.now() - started) / 1_000;
    // In the short form others may want the processors as well; how long a message takes in quiet says how much.
    const patience = course.form === 'long' ? 1 : Math.max(3, percentile(quiet, 0.99) / 5);
    // So busy a machine makes a hub that is alive look frozen, attack or not. A later epoch of the same hub is a compaction.
    const tookOver = chat.newestClaim()?.pid !== this.#hub.pid;
    if (!tookOver || patience <= MOST_PATIENCE) {
      this.violations.push(...good.wrong.slice(0, 5), ...result.wrong.slice(0, 10));
      if (tookOver) this.violations.push('another hub took over');
    }
    const lines = this.#lines - linesBefore;
    this.#limit('the hub grew by', grown, RSS_MB, 'MB');
    this.#limit('a malformed one was closed after', result.closedAfter.most, CLOSED_MS * patience, 'ms');
    this.#limit('a silent one was closed after', result.silentFor.most, SILENT_MS, 'ms');
    this.#limit('a new client was ready after', Math.max(0, ...ready), READY_MS * patience, 'ms');
    this.#limit('lines in the log', lines, LINES_A_SECOND * seconds + 10, '');
    const under = Object.values(times).flat();
    this.#limit('a good message at p99 took', percentile(under, 0.99), GOOD_P99_MS * patience, 'ms');
    return {
      figures: [
        `${result.connections} hostile connections (${result.besieging} of them in a siege) with ${result.frames} bad frames, ${result.requests} of them after the proof, in ${seconds.toFixed(0)} s`,
        `${result.closedAfter.count} malformed ones closed after at most ${result.closedAfter.most.toFixed(0)} ms (${result.closedAfter.kind}), ${result.silentFor.count} silent after ${result.silentFor.most.toFixed(0)} ms; ${result.turnedAway} turned away before they were done`,
        `a good message, p50/p99: quiet ${pair(quiet)} ms; ${Object.entries(times)
          .map(([name, values]) => `${name} ${pair(values)}`)
          .join(', ')} ms`,
        `a new client ready, p50/max: ${percentile(ready, 0.5).toFixed(0)}/${Math.max(0, ...ready).toFixed(0)} ms (${ready.length})`,
        `the hub grew by ${grown.toFixed(0)} MB from ${memory.quiet.toFixed(0)}; ${lines} lines in its log${tookOver ? '; another one took over' : ''}`,
      ],
      violations: this.violations,
    };
  }

  #attacker({ seed }: Course, sizes: Sizes): Helper<HostileMessage> {
    const { dir } = this.chat;
    const reading = readClaim(dir, highestEpoch(dir));
    if (reading.kind !== 'claim') throw new Error('There is no hub to attack.');
    const { quietMs: _quietMs, ...attack } = sizes;
    const config: HostileConfig = {
      ...attack,
      seed,
      socket: reading.claim.socket,
      secret: loadSecret(dir).toString('hex'),
    };
    return new Helper('hostile-process.ts', config);
  }

  /** Clients that come one after the other while the attack lasts. Returns how long each took to be ready, in milliseconds. */
  async #newcomers(phase: () => string): Promise<number[]> {
    const times: number[] = [];
    await until('the attack', () => phase() !== '');
    while (phase() !== 'over') {
      const started = performance.now();
      const client = newClient(this.chat.dir);
      try {
        await client.whenReady();
        times.push(performance.now() - started);
      } catch (error) {
        this.violations.push(`a new client could not come in: ${String(error)}`);
      } finally {
        client.dispose();
      }
      await delay(100);
    }
    return times;
  }

  #limit(what: string, value: number, most: number, unit: string): void {
    if (!(value <= most)) {
      this.violations.push(`${what} ${value.toFixed(0)} ${unit}, ${most.toFixed(0)} at most`);
    }
  }
}

function pair(values: readonly number[]): string {
  return `${percentile(values, 0.5).toFixed(1)}/${percentile(values, 0.99).toFixed(1)}`;
}

async function attack(course: Course, sizes: Sizes, bundle?: string): Promise<Outcome> {
  const chat = new Chat(bundle === undefined ? {} : { bundle });
  try {
    return await new Siege(chat).run(course, sizes);
  } finally {
    await chat.close();
  }
}

export const part: Part = {
  name: 'hostile',
  title:
    'Connections that send nonsense, too much, too slowly or without the secret, while others use the chat.',
  demand:
    'each is closed within 1 s, the hub grows by 64 MB at most, a good client has its answer within 50 ms (p99), and new ones come in',
  minutes: 4,
  run: (course) => attack(course, course.form === 'long' ? LONG : SHORT),
  planted: [
    {
      fault: 'a frame of any length is taken',
      inShortForm: true,
      run: async (course) => {
        const anyLength = replacing('if (length > this.limit)', 'if (length > this.limit && length < 0)');
        const bundle = await buildVariant({ edits: { 'src/ipc/frames.ts': anyLength } });
        return attack(course, TINY, bundle);
      },
    },
    {
      fault: 'the oldest unproven connections keep their places',
      inShortForm: false,
      run: async (course) => {
        const keeps = replacing('oldest.close(', 'channel.close(');
        const bundle = await buildVariant({ edits: { 'src/ipc/listen.ts': keeps } });
        return attack(course, { ...TINY, connections: 20, siegeMs: 8_000 }, bundle);
      },
    },
  ],
};
