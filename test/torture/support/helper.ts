import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { root } from '../../harness/paths.ts';
import { cleanEnv, spawnTracked, type TrackedProcess } from '../../harness/process.ts';
import { within } from '../../integration/support/until.ts';

/** What a helper says: `type` tells what it is. */
interface Said {
  readonly type: string;
}

/**
 * A program of the tests in a process of its own, which is told what to do and tells what came of it: whoever measures must
 * not share a thread with whoever is measured.
 */
export class Helper<Message extends Said> {
  readonly #tracked: TrackedProcess;
  readonly #listeners = new Set<(message: Message) => void>();
  readonly #ended: Promise<never>;

  /** `file`: its name in this folder. `config`: what it is started with, see {@link helperConfig}. */
  constructor(file: string, config: object, env: Readonly<Record<string, string>> = {}) {
    const args = ['--import=tsx', path.join(root, 'test/torture/support', file), JSON.stringify(config)];
    this.#tracked = spawnTracked(process.execPath, args, {
      cwd: root,
      env: cleanEnv(env),
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.process.on('message', (message: Message) => {
      for (const listener of this.#listeners) listener(message);
    });
    this.#ended = new Promise((_resolve, reject) => {
      this.process.once('exit', (code, signal) => {
        reject(new Error(`${file} ended with ${signal ?? String(code)}`));
      });
    });
    // Told to whoever waits; nobody may.
    this.#ended.catch(() => undefined);
  }

  get process(): ChildProcess {
    return this.#tracked.process;
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  tell(message: object): void {
    this.process.send(message);
  }

  onMessage(listener: (message: Message) => void): void {
    this.#listeners.add(listener);
  }

  /** The next message of this type. Rejects when the helper ends before, or takes longer. */
  async said<T extends Message['type']>(
    type: T,
    timeout: number,
  ): Promise<Extract<Message, { readonly type: T }>> {
    let listener: ((message: Message) => void) | undefined;
    const heard = new Promise<Extract<Message, { readonly type: T }>>((resolve) => {
      listener = (message) => {
        if (message.type === type) resolve(message as Extract<Message, { readonly type: T }>);
      };
      this.#listeners.add(listener);
    });
    try {
      return await within(`"${type}" of a helper`, Promise.race([heard, this.#ended]), timeout);
    } finally {
      if (listener !== undefined) this.#listeners.delete(listener);
    }
  }

  async stop(): Promise<void> {
    this.process.kill('SIGCONT');
    await this.#tracked.stop(200);
  }
}

/** In the helper: what it was started with. */
export function helperConfig(): unknown {
  // Without who started it there is nothing left to do.
  process.once('disconnect', () => process.exit(1));
  return JSON.parse(process.argv[2] ?? '{}') as unknown;
}

/** In the helper: tells the process that started it. */
export function tellStarter(message: Said): void {
  process.send?.(message);
}
