import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { makeTempDir, root } from '../../harness/paths.ts';
import { type TrackedProcess, cleanEnv, isAlive, spawnTracked } from '../../harness/process.ts';
import { within } from './until.ts';

/** The terminal interface as it ships. */
export const builtCli = path.join(root, 'dist/local-chat.cjs');

/** How one command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly lines: readonly string[];
  /** The lines of standard output as JSON; throws if one is none. */
  readonly json: readonly Record<string, unknown>[];
  /** The code of the error on standard error, `(NO_SUCH_ROOM)`; null without one. */
  readonly errorCode: string | null;
}

export interface RunOptions {
  /** Bytes for standard input, which is closed after them; without it there is none (`/dev/null`). */
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Milliseconds; a command that takes longer fails the test. */
  readonly timeout?: number;
}

/** The claim of an epoch, as far as tests look at it. */
export interface ClaimFile {
  readonly epoch: number;
  readonly pid: number;
  readonly socket: string;
}

export interface ChatOptions {
  readonly bundle?: string;
  /** A data directory that is there already, or that its first process makes. */
  readonly dir?: string;
  /** Of all its processes. */
  readonly env?: RunOptions['env'];
  /** A program and its arguments that start the terminal interface, which follows as further arguments. */
  readonly through?: readonly string[];
}

/** One store, and real processes of the terminal interface on it. */
export class Chat {
  readonly dir: string;
  readonly bundle: string;
  readonly #home: string;
  readonly #env: RunOptions['env'];
  readonly #through: readonly string[];
  readonly #running = new Set<TrackedProcess>();

  constructor({ bundle = builtCli, dir = makeTempDir(), env = {}, through = [] }: ChatOptions = {}) {
    this.bundle = bundle;
    this.dir = dir;
    this.#env = env;
    this.#through = through;
    this.#home = makeTempDir();
  }

  environment(extra: RunOptions['env'] = {}): Record<string, string | undefined> {
    return cleanEnv({ HOME: this.#home, LOCAL_CHAT_DIR: this.dir, ...this.#env, ...extra });
  }

  spawn(args: readonly string[], options: Pick<RunOptions, 'env' | 'cwd'> = {}): TrackedProcess {
    const [command = '', ...words] = [...this.#through, process.execPath, this.bundle, ...args];
    const tracked = spawnTracked(command, words, {
      cwd: options.cwd ?? this.#home,
      env: this.environment(options.env),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#running.add(tracked);
    tracked.process.once('close', () => {
      this.#running.delete(tracked);
      tracked.forget();
    });
    // A process that is killed takes its end of the pipe with it; what was written into it is lost as it would be anyway.
    tracked.process.stdin?.on('error', () => undefined);
    return tracked;
  }

  /** Runs a command to its end. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const tracked = this.spawn(args, options);
    const { stdin, stdout: out, stderr: err } = tracked.process;
    if (stdin === null || out === null || err === null) throw new Error('The process has no pipes.');
    let stdout = '';
    let stderr = '';
    out.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    err.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    stdin.end(options.stdin ?? '');
    const code = await within(
      `local-chat ${args.join(' ')} (stderr: ${stderr})`,
      new Promise<number | null>((resolve) => tracked.process.once('close', resolve)),
      options.timeout ?? 30_000,
    );
    return ended(code, stdout, stderr);
  }

  /** As {@link run}, and anything but exit code 0 is an error. */
  async ok(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const result = await this.run(args, options);
    if (result.code === 0) return result;
    throw new Error(`local-chat ${args.join(' ')} ended with ${String(result.code)}\n${result.stderr}`);
  }

  /** The claim with the highest number whose process lives; null when there is none. */
  hub(): ClaimFile | null {
    const claim = this.newestClaim();
    return claim !== null && isAlive(claim.pid) ? claim : null;
  }

  newestClaim(): ClaimFile | null {
    const names = readdirSync(this.dir).filter((name) => /^\d{12}\.claim$/.test(name));
    const newest = names.sort().at(-1);
    if (newest === undefined) return null;
    try {
      const claim = JSON.parse(readFileSync(path.join(this.dir, newest), 'utf8')) as ClaimFile;
      return { epoch: Number.parseInt(newest, 10), pid: claim.pid, socket: claim.socket };
    } catch (error) {
      // Just being written where links do not work, or removed between the two looks.
      if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Ends every process of this chat that still runs. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#running].map(async (tracked) => {
        tracked.process.kill('SIGCONT');
        await tracked.stop(500);
      }),
    );
  }
}

function ended(code: number | null, stdout: string, stderr: string): Ended {
  const lines = stdout.split('\n').slice(0, -1);
  return {
    code,
    stdout,
    stderr,
    lines,
    get json() {
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    errorCode: /^local-chat: .* \(([A-Z_]+)\)$/m.exec(stderr)?.[1] ?? null,
  };
}
