import { appendFileSync } from 'node:fs';
import { inspect } from 'node:util';
import Mocha from 'mocha';
import { REPORT, type ReportLine } from './report.ts';

/** A mocha reporter that writes `ReportLine`s for the runner, which prints them alike for every suite. */
export default class LineReporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env[REPORT];
    if (!file) throw new Error(`${REPORT} does not name a file.`);
    const write = (line: ReportLine): void => appendFileSync(file, `${JSON.stringify(line)}\n`);
    let depth = 0;
    runner.on('suite', (suite) => {
      if (!suite.root) write({ kind: 'suite', title: suite.title, depth });
      depth += 1;
    });
    runner.on('suite end', () => {
      depth -= 1;
    });
    runner.on('pass', (test) => write({ kind: 'passed', title: test.title, depth, ms: test.duration ?? 0 }));
    runner.on('fail', (test, error: unknown) => {
      write({ kind: 'failed', title: test.fullTitle(), depth, error: describeError(error) });
    });
    runner.on('pending', (test) => write({ kind: 'skipped', title: test.title, depth }));
    runner.on('end', () => write({ kind: 'end' }));
  }
}

/** The stack, with the difference that an assertion carries in its message and with the properties others carry. */
function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : inspect(error);
}
