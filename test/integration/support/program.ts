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
  /** The end of what it wrote to standard error, over all its lives. */
  stderr = '';
  /** How it ended by itself, which it never should; null as long as it did not. */
  endedByItself: string | null = null;
  #isEnding = false;
  /** The exit code, once the process has ended and all its output is read. */
  #closed: Promise<number | null> = Promise.resolve(null);
  /** Whether it logs what it does to standard error. */
  verbose = false;

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
    const tracked = this.chat.spawn(this.args(), this.verbose ? { env: { LOCAL_CHAT_LOG: 'info' } } : {});
    this.#tracked = tracked;
    this.#isEnding = false;
    this.#closed = new Promise((resolve) => {
      tracked.process.once('close', (code) => {
        if (!this.#isEnding) this.endedByItself = `${this.name} ended with ${String(code)}: ${this.stderr}`;
        resolve(code);
      });
    });
    let partial = '';
    tracked.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (partial + text).split('\n');
      partial = lines.pop() ?? '';
      for (const line of lines) this.onLine(line);
    });
    tracked.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-8_000);
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

  /** Closes standard input and waits for the end. */
  async finish(): Promise<number | null> {
    this.#isEnding = true;
    this.#tracked?.process.stdin?.end();
    return this.#closed;
  }

  /** Ends the process with a signal and waits until it is gone. */
  async interrupt(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    return this.#end(signal);
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    this.#isEnding = true;
    this.signal(signal);
    return this.#closed;
  }
}
