import type { Course, Outcome, Part } from '../part.ts';
import { type Change, CHANGES, type ChangeResult, DirectoryTest } from '../support/directory.ts';
import { spread } from '../support/measure.ts';
import { Mounts, missingToMount } from '../support/mounts.ts';
import { buildVariant, replacing } from '../support/variant.ts';

async function change(course: Course, what: Change, bundle?: string): Promise<ChangeResult> {
  const mounts = new Mounts();
  try {
    return await new DirectoryTest(course, mounts.tmpfs('size=64m'), bundle).run(what);
  } finally {
    await mounts.release();
  }
}

async function changes(course: Course): Promise<Outcome> {
  const results: ChangeResult[] = [];
  if (course.form === 'short') {
    // Most of it is waiting.
    results.push(...(await Promise.all(CHANGES.map((what) => change(course, what)))));
  } else {
    for (let round = 1; round <= 6; round += 1) {
      for (const what of CHANGES) {
        course.progress(`round ${round}: ${what}`);
        results.push(await change(course, what));
      }
    }
  }
  return {
    figures: [
      `${results.length} changes (${CHANGES.join(', ')}) under three programs`,
      `${results.reduce((sum, { acked }) => sum + acked, 0)} acknowledgements that count`,
      spread(
        'served again',
        results.flatMap(({ untilServed }) => untilServed),
      ),
    ],
    violations: results.flatMap(({ violations }) => violations),
  };
}

export const part: Part = {
  name: 'directory',
  title:
    'The data directory turns read-only, is deleted, replaced, or restored from an older copy, while it is in use.',
  demand: 'no false acknowledgement; all programs go on with what is there then; none ends',
  minutes: 3,
  missing: () => missingToMount(),
  run: changes,
  planted: [
    {
      fault: 'a hub does not notice that its log is not the one in the directory',
      inShortForm: true,
      run: async (course) => {
        const edit = replacing('return this.#opened.log?.isInPlace ?? true;', 'return true;');
        const write = replacing('if (!log.isInPlace)', 'if (log.length < 0)');
        const bundle = await buildVariant({
          edits: { 'src/store/epoch-store.ts': (source) => write(edit(source)) },
        });
        const { violations } = await change(course, 'restored', bundle);
        return { figures: [], violations };
      },
    },
  ],
};
