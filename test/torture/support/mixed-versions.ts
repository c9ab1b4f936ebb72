import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeTempDir } from '../../harness/paths.ts';
import { builtCli, Chat } from '../../integration/support/chat.ts';
import { Follower } from '../../integration/support/follower.ts';
import { type Stored, violations } from '../../integration/support/history.ts';
import type { Program } from '../../integration/support/program.ts';
import type { Random } from '../../integration/support/random.ts';
import { until, within } from '../../integration/support/until.ts';
import { Writer } from '../../integration/support/writer.ts';
import { loadWasm } from '../../../src/store/engine.ts';
import { Sql } from '../../../src/store/sql.ts';
import type { Outcome } from '../part.ts';
import { RECORD } from './newer-builds.ts';

const PATIENCE_MS = 40_000;
/** More than the log may grow to before the hub makes a new base. */
const LONG_MESSAGES = 110;

/** A chat whose programs have the file for the record in their environment. */
class RecordingChat extends Chat {
  readonly #record: string;

  constructor(dir: string, bundle: string, record: string) {
    super({ dir, bundle });
    this.#record = record;
  }

  override environment(extra: Parameters<Chat['environment']>[0] = {}): ReturnType<Chat['environment']> {
    return super.environment({ [RECORD]: this.#record, ...extra });
  }
}

interface MixOptions {
  /** The build of today, in place of the one in dist. */
  readonly today?: string;
  readonly newer: string;
  /** How often the hub is killed. */
  readonly kills: number;
  readonly random: Random;
}

/**
 * Programs of today's build and of a newer one write and follow in one chat while the one that holds the hub is killed, `kills`
 * times. At the end today's build writes so much that it makes a new base, and that has to hold what the newer one wrote.
 */
export async function mixedVersions({
  today: old = builtCli,
  newer,
  kills,
  random,
}: MixOptions): Promise<Outcome> {
  const dir = makeTempDir();
  const record = path.join(makeTempDir(), 'record');
  const chats = [old, newer].map((bundle) => new RecordingChat(dir, bundle, record));
  const writers = chats.flatMap((chat, age) => [1, 2].map((n) => new Writer(chat, `${name(age)} pipe ${n}`)));
  const followers = chats.map((chat, age) => new Follower(chat, `${name(age)} tail`, 0, ['general']));
  const programs: Program[] = [...writers, ...followers];
  const hubsOf = { today: 0, newer: 0 };
  let writing: NodeJS.Timeout | undefined;
  try {
    const [today] = chats;
    if (today === undefined) throw new Error('There is no chat.');
    await today.ok(['room', 'create', 'polls']);
    // The newer build leads first: chance alone may never let it.
    const first = writers.at(-1);
    first?.start();
    await until('a hub of the newer build', () => first?.pid === today.hub()?.pid);
    for (const program of programs) if (program !== first) program.start();
    let written = 0;
    writing = setInterval(() => {
      for (const writer of writers) {
        if (writer.inFlight >= 64) continue;
        written += 1;
        writer.send('general', `${writer.name} says ${written}`);
        // Whoever is the hub decides what this is: it is in no history that is compared.
        if (written % 10 === 0)
          writer.raw(`${JSON.stringify({ room: 'polls', content: `poll ${written}` })}\n`);
      }
    }, 15);
    for (let kill = 0; kill < kills; kill += 1) {
      const holder = await until('a hub among the programs', () =>
        programs.find(({ pid }) => pid === today.hub()?.pid),
      );
      hubsOf[holder.name.startsWith('newer') ? 'newer' : 'today'] += 1;
      const seen = writers.map(({ acked }) => acked.length);
      await until(
        'an acknowledgement for each writer',
        () => writers.every(({ acked }, index) => acked.length > (seen[index] ?? 0) + 3),
        PATIENCE_MS,
      );
      await delay(random.between(0, 200));
      await holder.killAndRestart();
      await delay(random.between(0, 100));
    }
    clearInterval(writing);
    await Promise.all(writers.map((writer) => within(writer.name, writer.settled(), PATIENCE_MS)));
    const last = Math.max(...writers.flatMap(({ acked }) => acked.map(({ seq }) => seq)));
    await Promise.all(followers.map((one) => within(one.name, one.reached(last), PATIENCE_MS)));
    const wrong = programs.flatMap(({ endedByItself }) => endedByItself ?? []);
    await Promise.all(chats.map((chat) => chat.close()));
    wrong.push(...(await compacted(today)));

    const { json } = await today.ok(['read', 'general', '--limit', '999999999', '--json'], {
      timeout: 60_000,
    });
    const history = (json as unknown as Stored[]).filter(({ seq }) => seq <= last);
    const observation = {
      sent: writers.flatMap(({ sent }) => sent),
      // Not those of the other room.
      acked: writers.flatMap(({ acked, sent }) => {
        const ids = new Set(sent.map(({ id }) => id));
        return acked.filter(({ id }) => ids.has(id));
      }),
      followed: followers.map(({ name, since, messages }) => ({ name, since, messages })),
      history,
    };
    const kept = await keptEvents(dir);
    const recorded = existsSync(record) ? readFileSync(record, 'utf8').split('\n').slice(0, -1) : [];
    const strange = recorded.filter((line) => line.includes('"mood"'));
    const lost = strange.filter((line) => !kept.has(line));
    if (strange.length === 0) wrong.push('the newer build never wrote anything');
    for (const line of lost.slice(0, 5))
      wrong.push(`an event of the newer build was lost or changed: ${line}`);
    const polls = strange.filter((line) => line.includes('"poll.opened"')).length;
    return {
      figures: [
        `two builds in one chat, ${kills} kills of the hub (${hubsOf.today} of today's build, ${hubsOf.newer} of the newer); ${observation.acked.length} messages acknowledged`,
        `${strange.length} events of the newer build, ${polls} of them of an unknown kind, found again word for word after ${kills} takeovers and a compaction by today's build`,
      ],
      violations: [...wrong, ...violations(observation)],
    };
  } finally {
    clearInterval(writing);
    await Promise.all(chats.map((chat) => chat.close()));
  }
}

const name = (age: number): string => (age === 0 ? "today's" : 'newer');

/** Today's build writes until it makes a new base. */
async function compacted(chat: Chat): Promise<string[]> {
  // A base that is taken on is the same file under another name.
  const inode = (): number => statSync(path.join(chat.dir, newestBase(chat.dir))).ino;
  const before = inode();
  const writer = new Writer(chat, 'long-winded');
  writer.start();
  for (let n = 0; n < LONG_MESSAGES; n += 1) writer.send('general', `${n} ${'x'.repeat(16_000)}`);
  await within('the long messages', writer.settled(), PATIENCE_MS);
  await until('a new base', () => inode() !== before);
  await within('the end', writer.finish(), PATIENCE_MS);
  return writer.errors.map(({ code }) => `a long message failed: ${code ?? ''}`);
}

function newestBase(dir: string): string {
  return (
    readdirSync(dir)
      .filter((file) => /^\d{12}\.base$/.test(file))
      .sort()
      .at(-1) ?? ''
  );
}

/** The events of other versions in the newest base, word for word. */
async function keptEvents(dir: string): Promise<Set<string>> {
  const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
  const sql = new Sql(await loadWasm(wasm), readFileSync(path.join(dir, newestBase(dir))));
  try {
    return new Set(sql.all('SELECT event FROM unknown_events').map(([event]) => String(event)));
  } finally {
    sql.close();
  }
}
