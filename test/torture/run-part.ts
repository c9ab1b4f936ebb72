/* Runs one part in its long form, and writes what it came to into a file; for `run.ts`. */
import { writeFileSync } from 'node:fs';
import { duration, say } from '../harness/say.ts';
import type { Outcome, Part } from './part.ts';
import { loadPart, newCourse } from './parts.ts';

export interface PartResult extends Outcome {
  readonly seed: number;
  readonly seconds: number;
  /** Of the build that was tested. */
  readonly fingerprint: string;
}

const [name = '', seedText = '', fingerprint = '', file = ''] = process.argv.slice(2);
const seed = Number(seedText);
const started = performance.now();
const progress = (text: string): void =>
  say(`   ${duration(performance.now() - started).padStart(12)}  ${text}`);

const outcome = await inFull(await loadPart(name));
const seconds = (performance.now() - started) / 1_000;
for (const figure of outcome.figures) say(`   ${figure}`);
for (const violation of outcome.violations) say(`   ✗ ${violation}`);
say(`   ${outcome.violations.length === 0 ? '✓' : '✗'} ${name}, seed ${seed}, ${duration(seconds * 1_000)}`);
const result: PartResult = { ...outcome, seed, seconds, fingerprint };
writeFileSync(file, JSON.stringify(result));
process.exit(outcome.violations.length === 0 ? 0 : 1);

/** The part itself, and the faults it has to find. */
async function inFull(part: Part): Promise<Outcome> {
  progress(`seed ${seed}`);
  const outcome = await withoutThrowing(() => part.run(newCourse('long', seed, progress)));
  const figures = [...outcome.figures];
  const violations = [...outcome.violations];
  for (const { fault, run } of part.planted ?? []) {
    progress(`planted: ${fault}`);
    try {
      const found = await run(newCourse('long', seed, progress));
      if (found.violations.length === 0) violations.push(`not found, though planted: ${fault}`);
      else figures.push(`planted and found: ${fault}`);
    } catch (error) {
      // A check that can not be run has found nothing.
      violations.push(`could not be run on the planted fault "${fault}": ${describe(error)}`);
    }
  }
  return { figures, violations };
}

async function withoutThrowing(run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    return { figures: [], violations: [describe(error)] };
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
