import { readdirSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';
import { GREP, TEST_DIR } from '../harness/report.ts';
import LineReporter from '../harness/reporter.ts';

/** VS Code calls this in the extension host and ends the window when it settles; a rejection becomes exit code 1. */
export async function run(): Promise<void> {
  const dir = process.env[TEST_DIR];
  if (!dir) throw new Error(`${TEST_DIR} does not name the folder of the tests.`);
  const grep = process.env[GREP];
  const mocha = new Mocha({
    ui: 'bdd',
    reporter: LineReporter,
    timeout: 30_000,
    ...(grep === undefined ? {} : { fgrep: grep }),
  });
  for (const file of readdirSync(dir, { recursive: true, encoding: 'utf8' }).toSorted()) {
    if (file.endsWith('.test.cjs')) mocha.addFile(path.join(dir, file));
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} tests failed.`);
}
