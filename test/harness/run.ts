import path from 'node:path';
import { root } from './paths.ts';
import { packageExtension } from './package.ts';
import { run } from './process.ts';
import { duration, say } from './say.ts';
import { runSuite, suiteNames, type SuiteName } from './suites.ts';

/*
 * npm test                        the whole chain
 * npm run check                   format, lint, types, unused code
 * npm run test:unit [-- words]    one suite, or its tests whose titles contain the words
 *   --no-build                    takes dist and local-chat.vsix as they are
 *
 * A check that fails counts as one failed test. The last line is always `N passed, N failed`.
 */

let passed = 0;
let failed = 0;

async function part(title: string, work: () => Promise<void>): Promise<void> {
  const started = Date.now();
  say(`\n── ${title}`);
  await work();
  say(`── ${title}: ${duration(Date.now() - started)}`);
}

async function check(title: string, program: string, ...args: string[]): Promise<void> {
  await part(title, async () => {
    const script = path.join(root, 'node_modules', program);
    const result = await run(process.execPath, [script, ...args], { cwd: root, show: true });
    count(title, result.code === 0);
  });
}

function count(title: string, good: boolean): void {
  if (good) passed += 1;
  else failed += 1;
  say(`${good ? '✓' : '✗'} ${title}`);
}

async function checks(): Promise<void> {
  await check('format', 'prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.');
  await check('lint', 'oxlint/bin/oxlint', '--type-aware', '--deny-warnings');
  await check('types', 'typescript/bin/tsc', '-b');
  await check('unused code', 'knip/bin/knip.js');
}

/** Whether there is something to install in an editor now. */
async function packaged(): Promise<boolean> {
  let good = false;
  await part('package', async () => {
    try {
      await packageExtension();
      good = true;
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
    count('package', good);
  });
  return good;
}

async function suite(name: SuiteName, grep: string | undefined, forbidOnly: boolean): Promise<void> {
  await part(name, async () => {
    const tally = await runSuite(name, { grep, forbidOnly });
    passed += tally.passed;
    failed += tally.failed;
    const skipped = tally.skipped === 0 ? '' : `, ${tally.skipped} skipped`;
    say(
      `${tally.failed === 0 ? '✓' : '✗'} ${name}: ${tally.passed} passed, ${tally.failed} failed${skipped}`,
    );
  });
}

function notRun(name: SuiteName): void {
  say(`\n── ${name}`);
  count(`${name}: not run, because there is no package`, false);
}

const options = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const words = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const [what = 'all', ...rest] = words;
const grep = rest.length === 0 ? undefined : rest.join(' ');
const build = !options.includes('--no-build');
const chosen = suiteNames.find((name) => name === what);

if (what === 'check') {
  await checks();
} else if (chosen !== undefined) {
  // Unit tests run on the sources; all others on what is built.
  if (chosen === 'unit' || !build || (await packaged())) await suite(chosen, grep, false);
  else notRun(chosen);
} else if (what === 'all') {
  await checks();
  const ready = !build || (await packaged());
  for (const name of suiteNames) {
    if (name === 'unit' || ready) await suite(name, grep, true);
    else notRun(name);
  }
} else {
  say(`There is no suite "${what}". Suites: ${suiteNames.join(', ')}; or check, or nothing for all.`);
  failed += 1;
}

say(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
