import type { Random } from '../../integration/support/random.ts';
import type { Course, Outcome, Part } from '../part.ts';
import { fullRound, type Hit, shortRounds } from '../support/fail-points/points.ts';
import { putBack } from '../support/fail-points/put-back.ts';
import { round, type RoundResult } from '../support/fail-points/round.ts';
import { percentile } from '../support/percentile.ts';
import { buildVariant, type Edit, replacing } from '../support/variant.ts';

const WORKER = 'test/torture/support/fail-point-worker.ts';
/** Stores at once: the programs mostly wait, for others to suspect those that are stopped. */
const AT_ONCE = { short: 4, long: 8 };
const ROUNDS = 20;
const TRIES = 6;

/** The product, but that a log counts as long after 64 KiB and not after 1 MiB: so there is a compaction every few seconds. */
const edits = {
  'src/store/store.ts': replacing('const MiB = 1024 * 1024;', 'const MiB = 64 * 1024;'),
};

const build = (faults: Readonly<Record<string, Edit>> = {}): Promise<string> =>
  buildVariant({ worker: WORKER, edits: { ...edits, ...faults } });

async function run(course: Course): Promise<Outcome> {
  const { random, form } = course;
  const bundle = await build();
  const rounds = form === 'long' ? fullRounds(random) : shortRounds(AT_ONCE.short, random);
  const [results, back] = await Promise.all([hitAll(course, bundle, rounds), putBack(bundle)]);
  return {
    figures: describe(rounds, results),
    violations: [
      ...results.flatMap((result) => result.violations),
      ...back.map((what) => `a copy put back: ${what}`),
    ],
  };
}

const fullRounds = (random: Random): Hit[][] =>
  Array.from({ length: ROUNDS }, (_, index) => fullRound(index, random));

async function hitAll(course: Course, bundle: string, rounds: readonly Hit[][]): Promise<RoundResult[]> {
  const waiting = rounds.map((hits) => ({ seed: Math.floor(course.random.next() * 2 ** 31), hits }));
  const all = rounds.flat().length;
  const results: RoundResult[] = [];
  let count = 0;
  const onHit = (): void => {
    count += 1;
    if (count % 20 === 0) course.progress(`${count} of ${all} blows`);
  };
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      results.push(await round({ ...next, bundle, onHit }));
  };
  await Promise.all(Array.from({ length: AT_ONCE[course.form] }, lane));
  return results;
}

function describe(rounds: readonly Hit[][], results: readonly RoundResult[]): string[] {
  const hits = rounds.flat();
  const count = (blow: Hit['blow']): number => hits.filter((hit) => hit.blow === blow).length;
  const sum = (of: (result: RoundResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  const times = (of: (result: RoundResult) => readonly number[]): string => {
    const values = results.flatMap(of);
    return `p50 ${percentile(values, 0.5).toFixed(0)} ms, longest ${Math.max(...values).toFixed(0)} ms`;
  };
  return [
    `${new Set(hits.map(({ point }) => point)).size} points: ${count('kill')} kills, ${count('nap')} stops of 1–2 s, ${count('sleep')} until another led`,
    `${sum(({ acks }) => acks)} acknowledgements in ${sum(({ epochs }) => epochs)} epochs of ${results.length} stores`,
    `served again after a kill: ${times(({ afterKill }) => afterKill)}`,
    `served again after a stop of 1–2 s ended: ${times(({ afterNap }) => afterNap)}`,
    `served again after a stop that went on: ${times(({ afterSleep }) => afterSleep)}`,
  ];
}

/** A hub stops at this point, and wakes up when another leads. */
async function overslept(
  course: Course,
  point: Hit['point'],
  faults: Readonly<Record<string, Edit>>,
): Promise<Outcome> {
  const hits: Hit[] = [{ point, blow: 'sleep' }];
  const results = await hitAll(course, await build(faults), [hits, hits]);
  return { figures: [], violations: results.flatMap((result) => result.violations) };
}

/** Several times: a client that wakes up may find its connection silent for too long, and never read what its hub told it falsely. */
async function copyPutBack(faults: Readonly<Record<string, Edit>>): Promise<Outcome> {
  const bundle = await build(faults);
  let found = await putBack(bundle);
  for (let again = 1; again < TRIES && found.length === 0; again += 1) found = await putBack(bundle);
  return { figures: [], violations: found };
}

/** A copy that was put back is found out by the claim's nonce, and a second time by the log: this takes the second away. */
const logByItsName = {
  'src/store/durable-file.ts': replacing('if (!this.#isRecognised) return true;', 'return true;'),
};

export const part: Part = {
  name: 'fail-points',
  title: 'Real hubs are killed and stopped before and after each of their steps.',
  demand: 'each point × kill and stop 20 times: nothing acknowledged is lost, a hub again within 10 s',
  minutes: 8,
  run,
  planted: [
    {
      fault: 'an own claim is known by its name, and so is its log',
      inShortForm: true,
      run: () =>
        copyPutBack({
          'src/hub/fence.ts': replacing(
            "reading.claim.nonce === nonce ? 'ours' : 'lost'",
            "nonce === '' ? 'lost' : 'ours'",
          ),
          ...logByItsName,
        }),
    },
    {
      fault: 'the fence comes before the write',
      inShortForm: false,
      run: () =>
        copyPutBack({
          'src/store/epoch-store.ts': replacing(
            'const body = group.encode();',
            'if (!fence()) throw new FencedError(this.epoch);\n      fence = () => true;\n      const body = group.encode();',
          ),
          ...logByItsName,
        }),
    },
    {
      fault: 'the fence does not look for a successor',
      inShortForm: false,
      run: (course) =>
        overslept(course, 'commit staged', {
          'src/hub/fence.ts': replacing("return 'superseded';", 'void directory;'),
        }),
    },
    {
      fault: 'a group is acknowledged without the fence',
      inShortForm: false,
      run: (course) =>
        overslept(course, 'commit staged', {
          'src/hub/commit-loop.ts': replacing('() => this.#host.fence()', '() => true'),
        }),
    },
    {
      fault: 'names are given by renaming, over whatever is there',
      inShortForm: false,
      run: (course) =>
        overslept(course, 'claiming', {
          'src/rendezvous/first-wins.ts': replacing(
            'linkSync(temporary, path);',
            "require('node:fs').renameSync(temporary, path);",
          ),
          'src/store/durable-file.ts': replacing('files.link(from, to);\n    return true;', 'return false;'),
        }),
    },
  ],
};
