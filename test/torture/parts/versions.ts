import { setTimeout as delay } from 'node:timers/promises';
import { builtCli, Chat } from '../../integration/support/chat.ts';
import { Follower } from '../../integration/support/follower.ts';
import { until, within } from '../../integration/support/until.ts';
import { Writer } from '../../integration/support/writer.ts';
import type { Course, Outcome, Part } from '../part.ts';
import { mixedVersions } from '../support/mixed-versions.ts';
import { newerFormat, newerProtocol } from '../support/newer-builds.ts';
import { differences, snapshot } from '../support/snapshot.ts';
import { buildVariant, replacing, type VariantOptions } from '../support/variant.ts';
import { Window, WINDOW_PROGRAM } from '../support/window.ts';

/** A change of hub that takes longer is worth a word. */
const NEWS_MS = 1_000;
const COMMANDS = [
  ['send', 'general', 'from the past'],
  ['read', 'general'],
  ['rooms'],
  ['status'],
  ['tail', '--since', '0'],
  ['pipe'],
] as const;

/** A build of today meets a directory of the next format: while its hub lives, when it was killed, and when it was closed. */
async function olderBuild(today: string): Promise<Outcome> {
  const newer = await buildVariant({ edits: newerFormat });
  const future = new Chat({ bundle: newer });
  const past = new Chat({ bundle: today, dir: future.dir });
  const wrong: string[] = [];
  let refused = 0;
  const refuses = async (when: string, commands: readonly (readonly string[])[]): Promise<void> => {
    const before = snapshot(future.dir);
    for (const words of commands) {
      try {
        const { code, errorCode } = await past.run(words, { timeout: 15_000 });
        if (code === 1 && errorCode === 'FORMAT_NEWER') refused += 1;
        else wrong.push(`${when}: ${words.join(' ')} ended with ${String(code)}, ${String(errorCode)}`);
      } catch (error) {
        wrong.push(`${when}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    wrong.push(...differences(before, snapshot(future.dir)).map((line) => `${when}: ${line}`));
  };
  try {
    // It begins with today's format; what is there is taken over by the newer build, under the eyes of a reader of today's.
    const first = new Follower(past, 'first hub', 0);
    first.start();
    await until('a hub', () => past.hub());
    const witness = new Follower(past, 'witness', 0);
    witness.start();
    await past.ok(['send', 'general', 'one']);
    await within('the witness', witness.reached(1));
    witness.signal('SIGSTOP');
    await first.interrupt('SIGKILL');
    const hub = new Writer(future, 'newer hub');
    hub.start();
    hub.send('general', 'two');
    await within('the newer build', hub.settled());
    const { epoch } = future.newestClaim() ?? { epoch: 0 };
    witness.signal('SIGCONT');
    await refuses('beside a newer hub', COMMANDS);
    await hub.interrupt('SIGKILL');
    await refuses('after a newer hub was killed', COMMANDS.slice(0, 2));
    // The witness looks for a hub all the time; it must leave the next epoch alone.
    await delay(3_000);
    if (future.newestClaim()?.epoch !== epoch) wrong.push('a reader of the older build claimed an epoch');
    if (!witness.stderr.includes('(FORMAT_NEWER)')) wrong.push(`the reader said only "${witness.stderr}"`);
    await past.close();
    await future.run(['send', 'general', 'three']);
    await refuses('after a newer hub was closed', COMMANDS.slice(0, 2));
    const { json, stderr } = await future.run(['read', 'general', '--json']);
    const contents = json.map(({ content }) => String(content)).join() + stderr;
    if (contents !== 'one,two,three') wrong.push(`the newer build reads ${contents}`);
    return {
      figures: [`${refused} commands of the older build refused a newer store, nothing was written`],
      violations: wrong,
    };
  } finally {
    await Promise.all([past.close(), future.close()]);
  }
}

/** Windows of several versions: the newest becomes the hub, once, by asking; where it is not understood nothing happens. */
async function newerWindow(): Promise<Outcome> {
  const variant = (version: string, edits: VariantOptions['edits'] = {}): Promise<string> =>
    buildVariant({ version, edits, programs: [WINDOW_PROGRAM] });
  const deaf = { 'src/protocol/hub.ts': replacing("'hub.handOver': {", "'hub.somethingElse': {") };
  const [old, unaware, preview, release] = await Promise.all([
    variant('1.0.0'),
    variant('1.0.0', deaf),
    variant('2.0.0-rc.1'),
    variant('2.0.0'),
  ]);
  const wrong: string[] = [];
  const figures: string[] = [];

  for (const [bundle, asks] of [
    [old, true],
    [unaware, false],
  ] as const) {
    const chat = new Chat({ bundle });
    const windows: Window[] = [];
    const open = async (name: string, of: string): Promise<Window> => {
      const window = new Window(chat, name, of);
      windows.push(window);
      window.start();
      window.send('general', name);
      await within(name, window.settled());
      return window;
    };
    try {
      const writer = new Writer(chat, 'old hub');
      writer.start();
      await until('a hub', () => chat.hub());
      let longest = 0;
      writer.onAck = ({ at }, sentAt) => {
        longest = Math.max(longest, at - sentAt);
      };
      const timer = setInterval(() => writer.send('general', 'steady'), 20);
      const beside = await open('old window', bundle);
      beside.takeStates();
      if (chat.hub()?.pid !== writer.pid) wrong.push('a window of the same version took the hub');
      for (const [name, of] of [
        ['preview', preview],
        ['release', release],
        ['another preview', preview],
      ] as const) {
        const started = performance.now();
        const window = await open(name, of);
        if (!asks || name === 'another preview') continue;
        await until(`the ${name} to be the hub`, () => chat.hub()?.pid === window.pid, 5_000);
        figures.push(
          `a newer window (${name}) was the hub ${(performance.now() - started).toFixed(0)} ms after its start`,
        );
      }
      await delay(1_500);
      clearInterval(timer);
      await within('all answers', writer.settled());
      const epochs = chat.newestClaim()?.epoch;
      if (epochs !== (asks ? 3 : 1))
        wrong.push(`${asks ? 'asking' : 'not being understood'} led to ${String(epochs)} epochs`);
      figures.push(`longest time to an acknowledgement meanwhile: ${longest.toFixed(0)} ms`);
      if (writer.errors.length > 0 || (writer.stderr !== '' && longest < NEWS_MS))
        wrong.push(`the writer: ${writer.stderr}`);
      for (const window of windows) {
        if (window.endedByItself !== null) wrong.push(window.endedByItself);
      }
    } finally {
      await Promise.all([chat.close(), ...windows.map((window) => window.close())]);
    }
  }
  return { figures, violations: wrong };
}

async function versions(course: Course, today = builtCli): Promise<Outcome> {
  const outcomes = [await olderBuild(today)];
  course.progress('an older build refuses');
  const newer = await buildVariant({ edits: newerProtocol });
  outcomes.push(
    await mixedVersions({ newer, kills: course.form === 'long' ? 30 : 2, random: course.random }),
  );
  course.progress('two builds in one chat');
  outcomes.push(await newerWindow());
  return {
    figures: outcomes.flatMap(({ figures }) => figures),
    violations: outcomes.flatMap(({ violations }) => violations),
  };
}

export const part: Part = {
  name: 'versions',
  title: 'Builds of different versions, formats and protocols meet in one directory.',
  demand:
    'an older build never claims over a newer store and writes nothing; with two protocols mixed nothing is lost, and unknown events survive; a newer window gets the hub by asking',
  minutes: 3,
  run: (course) => versions(course),
  planted: [
    {
      fault: 'a build that does not look at the format',
      inShortForm: false,
      run: async () =>
        olderBuild(
          await buildVariant({
            edits: {
              'src/rendezvous/claim.ts': replacing('prelude.output.format > STORE_FORMAT', 'false'),
              'src/store/schema.ts': replacing('if (found > known)', 'if (found > known + 1)'),
            },
          }),
        ),
    },
    {
      fault: 'a build that forgets what it does not know',
      inShortForm: false,
      run: async ({ random }) => {
        const newer = await buildVariant({ edits: newerProtocol });
        const forgets = replacing('this.#keep(envelope.seq, json, true);', 'return;');
        const today = await buildVariant({ edits: { 'src/store/event-writer.ts': forgets } });
        return mixedVersions({ today, newer, kills: 4, random });
      },
    },
  ],
};
