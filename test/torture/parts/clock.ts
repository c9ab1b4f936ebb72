import { setTimeout as delay } from 'node:timers/promises';
import path from 'node:path';
import { makeTempDir } from '../../harness/paths.ts';
import { Follower } from '../../integration/support/follower.ts';
import { type Stored, violations } from '../../integration/support/history.ts';
import type { Program } from '../../integration/support/program.ts';
import { until, within } from '../../integration/support/until.ts';
import { Writer } from '../../integration/support/writer.ts';
import type { Course, Outcome, Part } from '../part.ts';
import { Claimants } from '../support/claimants.ts';
import { ChatElsewhen, type ClockSetting, hasFaketime, jump } from '../support/faketime.ts';
import { buildVariant } from '../support/variant.ts';

const KILLS = { short: 4, long: 60 } as const;
const PATIENCE_MS = 40_000;
const OFFSETS = ['-3650d', '+3650d', '-1h', '+1h', '-1s', '+0'];
const YEAR_MS = 365 * 24 * 3_600_000;

/** Remembers the time each acknowledgement was given with. */
class TimedWriter extends Writer {
  readonly timestamps = new Map<string, string>();

  protected override onLine(line: string): void {
    const { id, timestamp } = JSON.parse(line) as { id: string; timestamp?: string };
    if (timestamp !== undefined) this.timestamps.set(id, timestamp);
    super.onLine(line);
  }
}

interface Shown extends Stored {
  readonly timestamp: string;
}

/** Programs whose clocks are decades apart write and take over from each other while the hub is killed. */
async function decadesApart({ form, random, progress }: Course, bundle?: string): Promise<Outcome> {
  const dir = makeTempDir();
  const file = path.join(makeTempDir(), 'offset');
  jump(file, '+0');
  const clocks: Readonly<Record<string, ClockSetting>> = {
    'true clock': { kind: 'true' },
    'ten years ahead': { kind: 'off', by: '+3650d', monotonicToo: false },
    'ten years behind': { kind: 'off', by: '-3650d', monotonicToo: false },
    'ahead, also by CLOCK_MONOTONIC': { kind: 'off', by: '+3650d', monotonicToo: true },
    jumping: { kind: 'jumping', file },
  };
  const chats = Object.entries(clocks).map(([name, clock]) => ({
    name,
    chat: new ChatElsewhen(dir, clock, bundle),
  }));
  const writers = chats.map(({ name, chat }) => new TimedWriter(chat, `pipe, ${name}`));
  const followers = chats
    .filter(({ name }) => name !== 'true clock')
    .map(({ name, chat }) => new Follower(chat, `tail, ${name}`, 0));
  const programs: Program[] = [...writers, ...followers];
  const claimants = new Claimants(dir);
  const wrong: string[] = [];
  let jumps = 0;
  const timers: NodeJS.Timeout[] = [];
  try {
    const [first] = writers;
    first?.start();
    await until('a first hub', () => first?.pid === chats[0]?.chat.hub()?.pid);
    for (const program of programs) if (program !== first) program.start();
    let written = 0;
    const write = (): void => {
      for (const writer of writers) {
        written += 1;
        if (writer.inFlight < 32) writer.send('general', `${writer.name}: ${written}`);
      }
    };
    const leap = (): void => {
      jumps += 1;
      jump(file, random.pick(OFFSETS));
    };
    timers.push(setInterval(write, 25), setInterval(leap, 400));
    const kills = KILLS[form];
    for (let kill = 0; kill <= kills; kill += 1) {
      const seen = writers.map(({ acked }) => acked.length);
      const all = (): boolean => writers.every(({ acked }, index) => acked.length > (seen[index] ?? 0) + 5);
      await until('acknowledgements for all', all, PATIENCE_MS);
      await delay(random.between(100, 400));
      claimants.look();
      if (kill === kills) break;
      const holder = await until('a hub among the programs', () =>
        programs.find(({ pid }) => pid === chats[0]?.chat.hub()?.pid),
      );
      await holder.killAndRestart();
      if (kill % 10 === 9) progress(`${kill + 1} of ${kills} kills`);
    }
    for (const timer of timers) clearInterval(timer);
    await Promise.all(writers.map((writer) => within(writer.name, writer.settled(), PATIENCE_MS)));
    const acked = writers.flatMap((writer) => writer.acked);
    const last = Math.max(...acked.map(({ seq }) => seq));
    await Promise.all(followers.map((one) => within(one.name, one.reached(last), PATIENCE_MS)));
    claimants.look();
    for (const { endedByItself } of programs) if (endedByItself !== null) wrong.push(endedByItself);
    await Promise.all(chats.map(({ chat }) => chat.close()));
    if (claimants.pids.length !== kills + 1)
      wrong.push(`${kills} kills, but ${claimants.pids.length} processes led, one after the other`);

    const reader = new ChatElsewhen(dir, { kind: 'true' });
    const { json } = await reader.ok(['read', 'general', '--limit', '999999999', '--json'], {
      timeout: 60_000,
    });
    const history = json as unknown as Shown[];
    const back = history.filter(({ timestamp }, index) => timestamp < (history[index - 1]?.timestamp ?? ''));
    wrong.push(...timestampsAtOdds(history, writers, followers));
    const years = history.map(({ timestamp }) => (Date.parse(timestamp) - Date.now()) / YEAR_MS);
    if (!years.some((year) => Math.abs(year) > 5)) wrong.push('no hub had another clock than the true one');
    const observation = {
      sent: writers.flatMap(({ sent }) => sent),
      acked,
      followed: followers.map(({ name, since, messages }) => ({ name, since, messages })),
      history,
    };
    return {
      figures: [
        `${kills} kills, ${claimants.pids.length} hubs; ${acked.length} messages acknowledged; the clock of one program jumped ${jumps} times`,
        `timestamps from ${Math.min(...years).toFixed(1)} to ${Math.max(...years).toFixed(1)} years from now; ${back.length} messages are older than the one before them`,
        'faked: CLOCK_REALTIME of all but one program, CLOCK_MONOTONIC of one (shifted, as no system lets it jump)',
      ],
      violations: [...wrong, ...violations(observation)],
    };
  } finally {
    for (const timer of timers) clearInterval(timer);
    await Promise.all(chats.map(({ chat }) => chat.close()));
  }
}

/** The time of a message is the one its hub gave it, whoever shows it. */
function timestampsAtOdds(
  history: readonly Shown[],
  writers: readonly TimedWriter[],
  followers: readonly Follower[],
): string[] {
  const given = new Map(history.map(({ id, timestamp }) => [id, timestamp]));
  const told = [
    ...writers.flatMap(({ timestamps }) => [...timestamps]),
    ...followers.flatMap(({ messages }) =>
      messages.map((message) => [message.id, (message as Shown).timestamp] as const),
    ),
  ];
  return told
    .filter(([id, timestamp]) => given.has(id) && given.get(id) !== timestamp)
    .slice(0, 5)
    .map(([id, timestamp]) => `${id} was told with ${timestamp}, and is of ${given.get(id) ?? ''}`);
}

export const part: Part = {
  name: 'clock',
  title:
    'Programs whose clocks are ten years ahead, ten years behind or jump to and fro take over from each other.',
  demand: 'the order is that of seq, nothing is lost, and no clock makes anybody take over',
  minutes: 3,
  missing: () => (hasFaketime() ? null : 'faketime (Debian: faketime)'),
  run: (course) => decadesApart(course),
  planted: [
    {
      fault: 'history in the order of timestamps',
      inShortForm: false,
      run: async (course) => {
        const edits = {
          'src/store/history.ts': (source: string) =>
            source.replaceAll('ORDER BY m.seq', 'ORDER BY m.created'),
        };
        return decadesApart({ ...course, form: 'short' }, await buildVariant({ edits }));
      },
    },
  ],
};
