import type { Chat } from './chat.ts';
import type { Stored } from './history.ts';
import { Program } from './program.ts';

/** A reader on `local-chat tail --json`. Killed, it goes on after the last line that it received in full. */
export class Follower extends Program {
  readonly since: number;
  readonly messages: Stored[] = [];
  readonly #options: readonly string[];
  #wake = (): void => undefined;

  constructor(chat: Chat, name: string, since: number, options: readonly string[] = []) {
    super(chat, name);
    this.since = since;
    this.#options = options;
  }

  get last(): number {
    return this.messages.at(-1)?.seq ?? this.since;
  }

  /** Resolves once a message with this seq or a higher one has come. */
  async reached(seq: number): Promise<void> {
    while (this.last < seq) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  protected args(): readonly string[] {
    return ['tail', '--json', '--since', String(this.last), ...this.#options];
  }

  protected onLine(line: string): void {
    this.messages.push(JSON.parse(line) as Stored);
    this.#wake();
  }
}
