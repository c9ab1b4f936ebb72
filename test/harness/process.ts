import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const endings: (() => void)[] = [];
let installed = false;

/**
 * Runs a synchronous clean-up when this process ends, also by Ctrl-C or SIGTERM, in the order of registration: this module
 * comes first, so processes die before the directories they write into are removed.
 */
export function onProcessEnd(cleanUp: () => void): void {
  endings.push(cleanUp);
  if (installed) return;
  installed = true;
  process.on('exit', () => {
    for (const ending of endings) {
      try {
        ending();
      } catch (error) {
        // The clean-ups after this one still have to run.
        process.stderr.write(`${String(error)}\n`);
      }
    }
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(signal === 'SIGINT' ? 130 : 143));
  }
}

/** Variables that would make a child behave otherwise than on a fresh machine. */
const UNWANTED =
  /^(LOCAL_CHAT_|VSCODE_|ELECTRON_|CODE_SERVER_|CS_|npm_|XDG_(CONFIG_HOME|DATA_HOME|STATE_HOME|RUNTIME_DIR)$|NODE_OPTIONS$|PORT$|PASSWORD$|HASHED_PASSWORD$|GIT_)/;

/** This process's environment without what would leak the developer's own set-up into a test. */
export function cleanEnv(
  extra: Readonly<Record<string, string | undefined>> = {},
): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(([name]) => !UNWANTED.test(name));
  return { ...Object.fromEntries(kept), ...extra };
}

export interface RunResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** stdout and stderr in the order they arrived. Empty with `show`. */
  readonly output: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The child writes straight to our stdout and stderr. */
  readonly show?: boolean;
  /** Milliseconds after which the child is killed. */
  readonly timeout?: number;
}

/** Runs a program to its end. Rejects only when it could not be started. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const child = spawnTracked(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', options.show ? 'inherit' : 'pipe', options.show ? 'inherit' : 'pipe'],
  });
  let output = '';
  child.process.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.process.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const timer =
    options.timeout === undefined ? undefined : setTimeout(() => void child.stop(), options.timeout);
  const closed = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>(
    (resolve, reject) => {
      child.process.once('error', reject);
      child.process.once('close', (code, signal) => resolve({ code, signal }));
    },
  ).finally(() => clearTimeout(timer));
  child.forget();
  return { ...closed, output };
}

/** As `run`, but anything but exit code 0 is an error that carries the output. */
export async function runOrThrow(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const result = await run(command, args, options);
  if (result.code === 0) return result.output;
  const how = result.signal ? `was ended by ${result.signal}` : `ended with code ${String(result.code)}`;
  throw new Error(`${command} ${args.join(' ')} ${how}\n${result.output}`);
}

/** A child process whose whole family is ended with it. */
export interface TrackedProcess {
  readonly process: ChildProcess;
  /** Ends the child and everything it started: SIGTERM, then SIGKILL after `grace` milliseconds (2,000). */
  stop(grace?: number): Promise<void>;
  /** The child has ended by itself and left nothing behind: nothing is to be done at our end. */
  forget(): void;
}

const MARK = 'LOCAL_CHAT_HARNESS_MARK';
const tracked = new Map<string, ChildProcess>();

onProcessEnd(() => {
  for (const [mark, child] of tracked) killFamily(mark, child, 'SIGKILL');
});

/**
 * Starts a program in a process group of its own. A process group alone does not hold the family of an editor together
 * (each integrated terminal is a session of its own), so the environment also carries a mark that Linux shows in /proc.
 */
export function spawnTracked(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): TrackedProcess {
  const mark = randomUUID();
  const child = spawn(command, args, {
    ...options,
    // The marks of those who started us stay, so that their families include ours.
    env: { ...options.env, [MARK]: [process.env[MARK], mark].filter(Boolean).join() },
    detached: process.platform !== 'win32',
  });
  tracked.set(mark, child);
  const forget = (): void => {
    tracked.delete(mark);
  };
  return {
    process: child,
    forget,
    async stop(grace = 2000) {
      if (isRunning(child)) child.kill('SIGTERM');
      const deadline = Date.now() + grace;
      while (familyAlive(mark, child) && Date.now() < deadline) await delay(20);
      const lastCall = Date.now() + 10_000;
      while (familyAlive(mark, child)) {
        if (Date.now() > lastCall) throw new Error(`Process ${String(child.pid)} cannot be ended.`);
        killFamily(mark, child, 'SIGKILL');
        await delay(20);
      }
      forget();
    },
  };
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

function familyAlive(mark: string, child: ChildProcess): boolean {
  return isRunning(child) || markedProcesses(mark).length > 0;
}

function killFamily(mark: string, child: ChildProcess, signal: NodeJS.Signals): void {
  if (isRunning(child) && child.pid !== undefined) {
    trySignal(process.platform === 'win32' ? child.pid : -child.pid, signal);
  }
  for (const pid of markedProcesses(mark)) trySignal(pid, signal);
}

function trySignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended between our look and our signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function markedProcesses(mark: string): number[] {
  if (process.platform !== 'linux') return [];
  return processes().filter((pid) => readProc(pid, 'environ').includes(mark));
}

/** All process ids of this machine (Linux). */
function processes(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** A file of /proc/PID; '' when the process has gone or is not ours to read. */
function readProc(pid: number, file: 'environ' | 'cmdline' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Whether a process with this id exists and is no zombie. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // The state follows the command's name, which is in brackets and may hold anything.
  return !/\) Z /.test(readProc(pid, 'stat'));
}
