import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { prepareBrowser } from './browser.ts';
import { installCodeServer } from './code-server-install.ts';
import { runInHost } from './in-host.ts';
import { cacheDir, makeTempDir, removeTempDir, root, vsixPath } from './paths.ts';
import { cleanEnv, spawnTracked } from './process.ts';
import { REPORT } from './report.ts';
import { Tally } from './tally.ts';

export const suiteNames = ['unit', 'integration', 'torture', 'vscode', 'e2e'] as const;
export type SuiteName = (typeof suiteNames)[number];

export interface SuiteOptions {
  /** Runs only tests whose full title contains this. */
  readonly grep: string | undefined;
  /** `it.only` is an error: it would let a forgotten one hide all other tests. */
  readonly forbidOnly: boolean;
}

/** Milliseconds a test or hook may take unless it says otherwise. */
const TEST_TIMEOUT: Readonly<Record<Exclude<SuiteName, 'vscode'>, number>> = {
  unit: 10_000,
  integration: 60_000,
  torture: 180_000,
  e2e: 120_000,
};

/** Milliseconds between the end of the tests and the end of the process. */
const LEAVE_TIMEOUT = 10_000;

/** Runs one suite and prints it. */
export async function runSuite(name: SuiteName, options: SuiteOptions): Promise<Tally> {
  const dir = makeTempDir();
  const report = path.join(dir, 'report.jsonl');
  const tally = new Tally(report);
  try {
    if (name !== 'unit' && !existsSync(vsixPath)) {
      throw new Error('There is no local-chat.vsix. Run `npm run package`, or leave out --no-build.');
    }
    const ending =
      name === 'vscode'
        ? await runInHost(tally, report, options.grep)
        : await runMocha(name, tally, report, dir, options);
    tally.finish(name, ending);
  } catch (error) {
    tally.fail(
      `${name}: the suite could not be run`,
      error instanceof Error ? (error.stack ?? '') : String(error),
    );
    tally.ended = true;
    tally.finish(name, '');
  } finally {
    removeTempDir(dir);
  }
  return tally;
}

async function runMocha(
  name: Exclude<SuiteName, 'vscode'>,
  tally: Tally,
  report: string,
  dir: string,
  options: SuiteOptions,
): Promise<string> {
  // Here, because the suite's own environment has a home without npm's configuration.
  if (name === 'e2e') await installCodeServer();
  if (name === 'e2e' || name === 'torture') await prepareBrowser();
  const home = path.join(dir, 'home');
  mkdirSync(home);
  // Below ours, so that nothing stays when the suite has to be killed.
  const temporary = path.join(dir, 't');
  mkdirSync(temporary);
  const args = [
    '--import=tsx',
    path.join(root, 'node_modules/mocha/bin/mocha.js'),
    '--no-config',
    `--reporter=${path.join(root, 'test/harness/reporter.ts')}`,
    `--timeout=${TEST_TIMEOUT[name]}`,
    ...(options.grep === undefined ? [] : [`--fgrep=${options.grep}`]),
    ...(options.forbidOnly ? ['--forbid-only'] : []),
    `test/${name}/**/*.test.ts`,
  ];
  const mocha = spawnTracked(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'pipe'],
    env: cleanEnv({
      HOME: home,
      TMPDIR: temporary,
      XDG_CACHE_HOME: path.dirname(cacheDir()),
      [REPORT]: report,
      LOCAL_CHAT_VSCODE: process.env['LOCAL_CHAT_VSCODE'],
      LOCAL_CHAT_BROWSER: process.env['LOCAL_CHAT_BROWSER'],
      LOCAL_CHAT_TEST_SEED: process.env['LOCAL_CHAT_TEST_SEED'],
    }),
  });
  let complaints = '';
  mocha.process.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  let ending: string | undefined;
  mocha.process.once('error', (error) => (ending = error.message));
  mocha.process.once(
    'close',
    (code, signal) => (ending = `It ended with ${signal ?? `code ${String(code)}`}.`),
  );
  let endedAt = 0;
  while (ending === undefined) {
    await delay(100);
    tally.update();
    if (!tally.ended) continue;
    endedAt ||= Date.now();
    if (Date.now() - endedAt < LEAVE_TIMEOUT) continue;
    tally.fail(
      `${name}: the process did not end after its tests`,
      `Something was still open ${LEAVE_TIMEOUT / 1000} s later: a socket, a timer, a child process.`,
    );
    ending = 'It was ended by the runner.';
  }
  await mocha.stop(0);
  if (complaints !== '') process.stderr.write(complaints);
  return `${ending}\n${complaints}`;
}
