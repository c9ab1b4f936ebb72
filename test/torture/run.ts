/*
 * npm run test:torture                 all parts in their long form; those that passed on this build already are not repeated
 *   -- storm power-cut                 only these
 *   -- --fresh                         repeats also what passed
 *   -- --seed 7                        with this seed in place of a fresh one for each part
 *   -- --no-build                      takes dist as it is
 *   -- --list                          says what there is
 *
 * Each part runs in a process of its own. What it came to is kept in .build/torture, so a run that was broken off goes on where
 * it stopped.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { packageExtension } from '../harness/package.ts';
import { buildDir, root } from '../harness/paths.ts';
import { run } from '../harness/process.ts';
import { duration, runAsProgram, say } from '../harness/say.ts';
import { freshSeed } from '../integration/support/random.ts';
import type { Part } from './part.ts';
import { allParts } from './parts.ts';
import type { PartResult } from './run-part.ts';

const results = path.join(buildDir, 'torture');

interface Row {
  readonly part: Part;
  readonly result: PartResult | string;
}

await runAsProgram(async () => {
  const { names, seed, fresh, build, list } = readArguments(process.argv.slice(2));
  const parts = await chosenParts(names);
  if (list) {
    for (const { name, title, minutes } of parts) say(`${name.padEnd(18)} ${title} About ${minutes} min.`);
    return;
  }
  if (build) await packageExtension();
  mkdirSync(results, { recursive: true });
  const fingerprint = fingerprintOfBuild();
  const rows: Row[] = [];
  for (const [index, part] of parts.entries()) {
    say(`\n── ${index + 1} of ${parts.length}: ${part.name} (about ${part.minutes} min)\n   ${part.title}`);
    rows.push({ part, result: await resultOf(part, fingerprint, seed, fresh) });
  }
  report(rows);
});

function readArguments(words: readonly string[]): {
  names: string[];
  seed: number | null;
  fresh: boolean;
  build: boolean;
  list: boolean;
} {
  const names: string[] = [];
  let seed: number | null = null;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--seed') {
      index += 1;
      seed = Number(words[index]);
      if (!Number.isSafeInteger(seed)) throw new Error('--seed needs a whole number.');
    } else if (!word.startsWith('--')) {
      names.push(word);
    } else if (!['--fresh', '--no-build', '--list'].includes(word)) {
      throw new Error(`Unknown option ${word}.`);
    }
  }
  const has = (option: string): boolean => words.includes(option);
  return {
    names,
    seed,
    fresh: has('--fresh'),
    build: !has('--no-build') && !has('--list'),
    list: has('--list'),
  };
}

async function chosenParts(names: readonly string[]): Promise<Part[]> {
  const parts = await allParts();
  const unknown = names.find((name) => !parts.some((part) => part.name === name));
  if (unknown !== undefined) throw new Error(`There is no part "${unknown}". Say --list to see them.`);
  return parts.filter(({ name }) => names.length === 0 || names.includes(name));
}

/** Of what is tested: a result counts for the build it was got with. */
function fingerprintOfBuild(): string {
  const hash = createHash('sha256');
  for (const name of ['hub.cjs', 'local-chat.cjs', 'extension.cjs', 'page.js']) {
    const file = path.join(root, 'dist', name);
    if (existsSync(file)) hash.update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

async function resultOf(
  part: Part,
  fingerprint: string,
  seed: number | null,
  fresh: boolean,
): Promise<PartResult | string> {
  const missing = part.missing?.() ?? null;
  if (missing !== null) {
    say(`   skipped: needs ${missing}`);
    return `skipped: needs ${missing}`;
  }
  const file = path.join(results, `${part.name}.json`);
  const before = fresh ? null : readResult(file);
  if (before !== null && before.fingerprint === fingerprint && before.violations.length === 0) {
    say('   passed on this build before; --fresh repeats it');
    return before;
  }
  rmSync(file, { force: true });
  const args = ['--import=tsx', path.join(root, 'test/torture/run-part.ts'), part.name];
  await run(process.execPath, [...args, String(seed ?? freshSeed()), fingerprint, file], {
    cwd: root,
    show: true,
  });
  return readResult(file) ?? 'ended without a result';
}

function readResult(file: string): PartResult | null {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as PartResult) : null;
}

function report(rows: readonly Row[]): void {
  say('\n| part | demand | measured | seed | time |\n|---|---|---|---|---|');
  let passed = 0;
  let failed = 0;
  for (const { part, result } of rows) {
    if (typeof result === 'string') {
      say(`| ${part.name} | ${part.demand} | ${result} | | |`);
      if (!result.startsWith('skipped')) failed += 1;
      continue;
    }
    const good = result.violations.length === 0;
    if (good) passed += 1;
    else failed += 1;
    const measured = [...(good ? [] : [`FAILED: ${result.violations[0] ?? ''}`]), ...result.figures].join(
      '; ',
    );
    say(
      `| ${part.name} | ${part.demand} | ${measured} | ${result.seed} | ${duration(result.seconds * 1_000)} |`,
    );
  }
  const skipped = rows.length - passed - failed;
  say(`\n${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
  if (failed > 0) process.exit(1);
}
