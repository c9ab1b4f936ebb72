import type { TrackedProcess } from '../../harness/process.ts';
import type { Chat } from './chat.ts';

/**
 * A program that is started again each time it is killed, as `pipe` and `tail` would be by whoever depends on them. What it
 * prints is cut into lines; a line that its end cut off is dropped.
 */
export abstract class Program {
  readonly name: string;
  protected readonly chat: Chat;
  #tracked: TrackedProcess | null = null;
  #stopped = false;
  stderr = '';

  constructor(chat: Chat, name: string) {
    this.chat = chat;
    this.name = name;
  }

  get pid(): number {
    return this.#tracked?.process.pid ?? 0;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  protected abstract args(): readonly string[];
  protected abstract onLine(line: string): void;

  start(): void {
    const tracked = this.chat.spawn(this.args());
    this.#tracked = tracked;
    let partial = '';
    tracked.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (partial + text).split('\n');
      partial = lines.pop() ?? '';
      for (const line of lines) this.onLine(line);
    });
    tracked.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-4_000);
    });
  }

  protected write(text: string): void {
    this.#tracked?.process.stdin?.write(text);
  }

  /** SIGKILL, and the same program anew once the process is gone. */
  async killAndRestart(): Promise<void> {
    await this.#end('SIGKILL');
    this.start();
  }

  /** SIGSTOP for so many milliseconds, then SIGCONT. */
  async stopFor(wait: () => Promise<void>): Promise<void> {
    this.#stopped = true;
    this.signal('SIGSTOP');
    await wait();
    this.signal('SIGCONT');
    this.#stopped = false;
  }

  signal(signal: NodeJS.Signals): void {
    this.#tracked?.process.kill(signal);
  }

  /** The exit code, once the process has ended and all its output is read. */
  closed(): Promise<number | null> {
    const child = this.#tracked?.process;
    if (child === undefined) return Promise.resolve(null);
    return new Promise((resolve) => child.once('close', resolve));
  }

  /** Closes standard input and waits for the end. */
  async finish(): Promise<number | null> {
    const closed = this.closed();
    this.#tracked?.process.stdin?.end();
    return closed;
  }

  /** Ends the process with a signal and waits until it is gone. */
  async interrupt(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    return this.#end(signal);
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const closed = this.closed();
    this.signal(signal);
    return closed;
  }
}
