import { epochFileName } from '../../../src/model/epoch-files.ts';
import type { Course, Outcome, Part } from '../part.ts';
import { claimFlips } from '../support/claim-flips.ts';
import { type Damage, oneBit, someBytes } from '../support/flips.ts';
import { type DamagedStore, damagedStores, type Verdict, verdictOn } from '../support/damaged-store.ts';
import { Disk, type Open } from '../support/store-states.ts';
import { loadVariant, replacing } from '../support/variant.ts';

/** Of so many files one has several wrong bytes in place of one wrong bit. */
const ONE_OF = 4;

interface Tally {
  files: number;
  oneBit: number;
  oneBitRepaired: number;
  readonly outcomes: Map<string, number>;
  readonly violations: string[];
}

const newTally = (): Tally => ({
  files: 0,
  oneBit: 0,
  oneBitRepaired: 0,
  outcomes: new Map(),
  violations: [],
});

async function flipFiles(
  course: Course,
  kind: 'base' | 'log',
  count: number,
  stores: readonly DamagedStore[],
  open?: Open,
): Promise<Tally> {
  const { random } = course;
  const disk = new Disk();
  const tally = newTally();
  let told = performance.now();
  try {
    for (let n = 0; n < count; n += 1) {
      const store = random.pick(stores);
      const name = epochFileName(store.epoch, kind);
      const file = store.files.get(name) ?? Buffer.alloc(0);
      const damage: Damage = n % ONE_OF === 0 ? someBytes(random, file) : oneBit(random, file);
      // Random bytes may be the ones that were there.
      if (damage.bytes.equals(file)) continue;
      enter(tally, damage, await verdictOn(store, name, damage.bytes, disk, open), `${store.name}, ${kind}`);
      if (performance.now() - told < 5_000) continue;
      told = performance.now();
      course.progress(`${n} of ${count} ${kind}s, ${tally.violations.length} violations`);
    }
  } finally {
    disk.dispose();
  }
  return tally;
}

function enter(tally: Tally, damage: Damage, verdict: Verdict, where: string): void {
  tally.files += 1;
  tally.outcomes.set(verdict.outcome, (tally.outcomes.get(verdict.outcome) ?? 0) + 1);
  if (damage.isOneBit) {
    tally.oneBit += 1;
    if (verdict.outcome === 'repaired') tally.oneBitRepaired += 1;
  }
  tally.violations.push(...verdict.violations.map((violation) => `${where}, ${damage.name}: ${violation}`));
}

function figures(kind: string, { files, oneBit: single, oneBitRepaired, outcomes }: Tally): string {
  const parts = [...outcomes].map(([outcome, count]) => `${count} ${outcome}`);
  return `${files} ${kind}s: ${parts.join(', ')}; of ${single} with one flipped bit ${oneBitRepaired} repaired`;
}

async function run(course: Course): Promise<Outcome> {
  const isLong = course.form === 'long';
  const stores = await damagedStores(course.random);
  const logs = await flipFiles(course, 'log', isLong ? 2_000 : 60, stores);
  const bases = await flipFiles(course, 'base', isLong ? 500 : 24, stores);
  const claims = await claimFlips(course, isLong ? 200 : 8);
  return {
    figures: [figures('log', logs), figures('base', bases), ...claims.figures],
    violations: [...logs.violations, ...bases.violations, ...claims.violations],
  };
}

/** Only what the fault is about, on a product that has it. */
async function runOn(
  course: Course,
  kind: 'base' | 'log',
  edits: Parameters<typeof loadVariant>[1],
): Promise<Outcome> {
  const { openEpoch } = (await loadVariant('src/store/open-epoch.ts', edits)) as { openEpoch: Open };
  const stores = await damagedStores(course.random);
  const tally = await flipFiles(course, kind, 40, stores, openEpoch);
  return { figures: [figures(kind, tally)], violations: tally.violations };
}

export const part: Part = {
  name: 'bit-flips',
  title: 'Logs, bases and claims are damaged by one bit, or by a few bytes, at a random place.',
  demand: 'each is repaired or reported with a copy, nothing differs silently',
  minutes: 3,
  run,
  planted: [
    {
      fault: 'a replay that stops at the first damaged line and does not look at the rest',
      inShortForm: true,
      run: async (course) =>
        runOn(course, 'log', {
          'src/store/log.ts': (source) =>
            replacing(
              'this.#tailCouldBeWhole = couldHaveBeenWhole(bytes.subarray(start));',
              'couldHaveBeenWhole(bytes.subarray(start));',
            )(
              replacing('        this.#refuseDamage(start);\n', '        void this.#refuseDamage;\n')(source),
            ),
        }),
    },
    {
      fault: 'a base that is opened whatever its checksum',
      inShortForm: true,
      run: async (course) =>
        runOn(course, 'base', {
          'src/store/load-epoch.ts': replacing(
            'if (sha256(baseFile) !== header.base.sha256)',
            'if (sha256(baseFile) === "")',
          ),
        }),
    },
  ],
};
