import { existsSync, readFileSync } from 'node:fs';
import { isReportLine, type ReportLine } from './report.ts';
import { duration, say } from './say.ts';

/** Reads the report of a running suite, prints it as it grows and counts. */
export class Tally {
  passed = 0;
  failed = 0;
  skipped = 0;
  ended = false;
  private readonly failures: string[] = [];
  private read = 0;

  constructor(private readonly file: string) {}

  /** Takes over the lines that were added since the last call. */
  update(): void {
    if (!existsSync(this.file)) return;
    const text = readFileSync(this.file, 'utf8');
    const complete = text.lastIndexOf('\n') + 1;
    for (const line of text.slice(this.read, complete).split('\n')) {
      if (line === '') continue;
      const value: unknown = JSON.parse(line);
      if (isReportLine(value)) this.take(value);
    }
    this.read = complete;
  }

  /** Counts a fault of the suite as a whole as one failed test. */
  fail(title: string, why: string): void {
    this.failed += 1;
    this.failures.push(`${title}\n${why}`);
    say(`  ✗ ${title}`);
  }

  /** Ends a suite: one that found no test or died has failed. Prints all failures again, in full. */
  finish(name: string, died: string): void {
    this.update();
    if (!this.ended) this.fail(`${name}: the process ended before its tests`, died);
    else if (this.passed + this.failed === 0) this.fail(`${name}: no tests were found`, died);
    for (const failure of this.failures) say(`\n${failure}`);
    if (this.failures.length > 0) say('');
  }

  private take(line: ReportLine): void {
    const indent = '  '.repeat('depth' in line ? line.depth : 0);
    switch (line.kind) {
      case 'suite':
        say(`${indent}${line.title}`);
        return;
      case 'passed':
        this.passed += 1;
        say(`${indent}✓ ${line.title}${line.ms >= 1000 ? ` (${duration(line.ms)})` : ''}`);
        return;
      case 'failed':
        this.failed += 1;
        this.failures.push(`✗ ${line.title}\n${line.error}`);
        say(`${indent}✗ ${line.title}`);
        return;
      case 'skipped':
        this.skipped += 1;
        say(`${indent}- ${line.title} (skipped)`);
        return;
      case 'end':
        this.ended = true;
        return;
    }
  }
}
