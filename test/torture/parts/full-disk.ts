import type { Course, Outcome, Part } from '../part.ts';
import { type FullDisk, FullDiskTest, type FullDiskResult } from '../support/full-disk.ts';
import { spread } from '../support/measure.ts';
import { buildVariant, replacing, type VariantOptions } from '../support/variant.ts';
import { Mounts, missingToMount } from '../support/mounts.ts';

const tiny: FullDisk = { name: '1.5 MB', options: 'size=1536k', lacks: 'bytes', ballast: 0 };
const roomy: FullDisk = { name: '24 MB with ballast', options: 'size=24m', lacks: 'bytes', ballast: 3 };
const withoutFiles: FullDisk = {
  name: 'no inodes',
  options: 'size=64m,nr_inodes=120',
  lacks: 'files',
  ballast: 8,
};
const disks = [tiny, withoutFiles, roomy];

async function fill(course: Course, disk: FullDisk, bundle?: string): Promise<FullDiskResult> {
  const long = course.form === 'long' && bundle === undefined;
  const mounts = new Mounts();
  try {
    const test = new FullDiskTest(course, disk, mounts.tmpfs(disk.options), bundle);
    return await test.run(long ? 2 : 1, long ? 10 : 2);
  } finally {
    await mounts.release();
  }
}

async function fullDisks(course: Course): Promise<Outcome> {
  const results: FullDiskResult[] = [];
  if (course.form === 'long') for (const disk of disks) results.push(await fill(course, disk));
  // Most of it is waiting.
  else results.push(...(await Promise.all(disks.map((disk) => fill(course, disk)))));
  const all = (pick: (result: FullDiskResult) => readonly number[]): number[] => results.flatMap(pick);
  return {
    figures: [
      `${disks.map(({ name }) => name).join(', ')}: ${sum(results, ({ kills }) => kills)} kills while full, ${sum(results, ({ acked }) => acked)} acknowledgements`,
      spread(
        'refused',
        all(({ refusals }) => refusals),
      ),
      spread(
        'refused after a kill',
        all(({ afterKill }) => afterKill),
      ),
      spread(
        'writable after room was made',
        all(({ untilWritable }) => untilWritable),
      ),
    ],
    violations: results.flatMap((result) => result.violations),
  };
}

async function broken(course: Course, disk: FullDisk, edits: VariantOptions['edits'] = {}): Promise<Outcome> {
  const { violations } = await fill(course, disk, await buildVariant({ edits }));
  return { figures: [], violations };
}

function sum(results: readonly FullDiskResult[], pick: (result: FullDiskResult) => number): number {
  return results.reduce((total, result) => total + pick(result), 0);
}

export const part: Part = {
  name: 'full-disk',
  title:
    'A disk runs out of bytes, or of files, under three programs that write; they are killed while it is full.',
  demand:
    'nothing acknowledged is lost; sends are refused within 1 s with STORAGE_FULL; history is readable; writable within 15 s once there is room',
  minutes: 4,
  missing: () => missingToMount(),
  run: fullDisks,
  planted: [
    {
      fault: 'writes that come out short are not noticed',
      inShortForm: true,
      run: (course) =>
        broken(course, tiny, {
          'src/store/durable-file.ts': replacing(
            'if (written !== bytes.length) throw',
            'if (written > bytes.length) throw',
          ),
        }),
    },
    {
      fault: 'the ballast is never given up',
      inShortForm: false,
      run: (course) =>
        broken(course, roomy, {
          'src/hub/leadership.ts': replacing(
            "if (!ballast.giveUp(fits ? 'whole' : 'one piece')) return null;",
            'if (fits) return null;',
          ),
        }),
    },
  ],
};
