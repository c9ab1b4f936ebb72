import { readFileSync } from 'node:fs';
import path from 'node:path';
import { makeTempDir, removeTempDir } from '../../harness/paths.ts';
import { spawnTracked, type TrackedProcess } from '../../harness/process.ts';
import { until } from '../../integration/support/until.ts';
import { succeeds } from './mounts.ts';

const WATCHED = ['pwrite64', 'fsync', 'fdatasync', 'close', 'link', 'linkat', 'openat'];

/** What this machine lacks to make the system calls of another process fail; null when it can. */
export function missingToInject(): string | null {
  const works = succeeds('strace', '-f', '-e', 'inject=fsync:error=EIO', 'true');
  return works ? null : 'strace, and the right to use it';
}

/** Makes system calls of a running process go wrong, from now until it is told to let go. */
export class Injector {
  readonly #folder = makeTempDir();
  readonly #output = path.join(this.#folder, 'calls');
  readonly #strace: TrackedProcess;

  /** `injection` as strace takes it: `fdatasync:error=EIO:when=3`. */
  constructor(pid: number, injection: string) {
    this.#strace = spawnTracked(
      'strace',
      [
        '-f',
        '-p',
        String(pid),
        '-o',
        this.#output,
        '-e',
        `trace=${WATCHED.join()}`,
        '-e',
        `inject=${injection}`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#strace.process.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
  }

  #said = '';

  async attached(): Promise<void> {
    await until(`strace; it said: ${this.#said}`, () => / attached/.test(this.#said));
  }

  /** Whether a call went wrong yet. */
  get hit(): boolean {
    return this.#text().includes('(INJECTED)');
  }

  /** Lets go. Returns what was written to or synced of a file after that had failed, in words. */
  async release(): Promise<string[]> {
    this.#strace.process.kill('SIGINT');
    await this.#strace.stop();
    const found = touchedAgain(this.#text());
    removeTempDir(this.#folder);
    return found;
  }

  #text(): string {
    try {
      return readFileSync(this.#output, 'utf8');
    } catch {
      return '';
    }
  }
}

/** Reads what strace wrote: no write or sync may follow on a file of which one has failed or came out short. */
export function touchedAgain(output: string): string[] {
  const failed = new Set<string>();
  const found: string[] = [];
  for (const line of output.split('\n')) {
    const [, call = '', file = ''] = /^\d+ +(pwrite64|fsync|fdatasync|close)\((\d+)/.exec(line) ?? [];
    if (call === '') continue;
    if (call === 'close') {
      failed.delete(file);
      continue;
    }
    if (failed.has(file)) found.push(`touched again after it failed: ${line.slice(0, 120)}`);
    if (isFailure(line)) failed.add(file);
  }
  return found;
}

function isFailure(line: string): boolean {
  if (!line.includes('(INJECTED)')) return false;
  const [, asked, got] = /, (\d+), \d+\) += (-?\d+)/.exec(line) ?? [];
  return asked === undefined || asked !== got;
}
