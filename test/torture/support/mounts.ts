import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, realpathSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, onProcessEnd } from '../../harness/process.ts';

/** What a machine has to have for {@link Mounts}, in words; null when it has. */
export function missingToMount(...tools: readonly string[]): string | null {
  if (process.platform !== 'linux') return 'Linux, to mount a file system';
  if (process.getuid?.() !== 0) return 'root, to mount a file system';
  const absent = ['mount', 'umount', ...tools].find((tool) => !hasTool(tool));
  if (absent !== undefined) return absent;
  const probe = new Mounts();
  try {
    probe.tmpfs('size=64k');
    return null;
  } catch {
    return 'the right to mount a file system, which this container has not';
  } finally {
    probe.releaseAtOnce();
  }
}

/** Whether a program of this name is found. */
export function hasTool(tool: string): boolean {
  return succeeds('/bin/sh', '-c', `command -v ${tool}`);
}

/** Runs a program and waits for its end. Throws when it fails; returns what it wrote to standard output. */
export function command(program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}

/** Whether a program ends with 0; what it says is of no interest. */
export function succeeds(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

const PREFIX = 'lcm-';
const MOUNT_POINT = /^lcm-(\d+)-/;

/** What a test left that was killed by force, and so could not clean up. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(MOUNT_POINT.exec(name)?.[1] ?? 0);
    if (pid > 0 && !isAlive(pid)) unmount(path.join(tmpdir(), name));
  }
}

function unmount(point: string): void {
  succeeds('umount', '--lazy', '--detach-loop', point);
  try {
    rmdirSync(point);
  } catch (error) {
    process.stderr.write(`${point} stays: ${String(error)}\n`);
  }
}

const all = new Set<Mounts>();
onProcessEnd(() => {
  for (const mounts of all) mounts.releaseAtOnce();
});

/** File systems of a test, each on a fresh folder with a short path. All of them are gone when the process ends, however it ends. */
export class Mounts {
  readonly #undo: (() => void)[] = [];

  constructor() {
    all.add(this);
    sweep();
  }

  /** `options` as `mount -o` takes them: `size=1536k,nr_inodes=80`. */
  tmpfs(options: string): string {
    return this.#mount(['-t', 'tmpfs', '-o', `mode=0700,${options}`, 'tmpfs']);
  }

  /** An image file with a file system, over a loop device. */
  image(file: string, options: string): string {
    const device = command('losetup', '--find', '--show', file);
    this.#undo.push(() => void succeeds('losetup', '--detach', device));
    return this.#mount(['-o', options, device]);
  }

  /** Unmounts everything, last one first. Whoever still uses one is given a moment. */
  async release(): Promise<void> {
    for (let attempt = 0; attempt < 20 && this.#undo.length > 0; attempt += 1) {
      if (this.#tryRelease()) break;
      await delay(100);
    }
    this.releaseAtOnce();
  }

  /** As {@link release}, for the end of a process: what is still in use goes once it is not. */
  releaseAtOnce(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo();
    all.delete(this);
  }

  readonly #points: string[] = [];

  #tryRelease(): boolean {
    return this.#points.every((point) => succeeds('umount', point) || !succeeds('mountpoint', '-q', point));
  }

  #mount(args: readonly string[]): string {
    const point = realpathSync(mkdtempSync(path.join(tmpdir(), `${PREFIX}${process.pid}-`)));
    this.#undo.push(() => unmount(point));
    command('mount', ...args, point);
    this.#points.push(point);
    return point;
  }
}
