import type { Course, Outcome, Part } from '../part.ts';
import { missingToMount } from '../support/mounts.ts';
import { PowerCutTest } from '../support/power-cut.ts';
import { buildVariant, type Edit, replacing } from '../support/variant.ts';

async function cut(course: Course, bundle?: string): Promise<Outcome> {
  const test = new PowerCutTest(course, bundle);
  const { violations, cuts, acked, fresh, retriedCopies } = await test.run(course.form === 'long' ? 30 : 3);
  return {
    figures: [
      `${cuts} power cuts, ${acked} acknowledgements, ${fresh} of them in the second before a cut; ${retriedCopies} copies thrown away`,
    ],
    violations,
  };
}

const edits =
  (...all: readonly Edit[]): Edit =>
  (source) =>
    all.reduce((text, edit) => edit(text), source);

export const part: Part = {
  name: 'power-cut',
  title: 'The power fails at any moment: what had reached the disk by then is mounted elsewhere and read.',
  demand: 'nothing acknowledged is lost, and the same without fdatasync is',
  minutes: 2,
  missing: () => missingToMount('losetup', 'mkfs.ext4', 'findmnt', 'truncate', 'sync', 'cp'),
  run: (course) => cut(course),
  planted: [
    {
      fault: 'nothing is synced',
      inShortForm: true,
      run: async (course) => {
        const bundle = await buildVariant({
          edits: {
            'src/store/files.ts': edits(
              replacing('sync: (fd) => fs.fsyncSync(fd),', 'sync: () => undefined,'),
              replacing('syncData: (fd) => fs.fdatasyncSync(fd),', 'syncData: () => undefined,'),
            ),
          },
        });
        return cut(course, bundle);
      },
    },
  ],
};
