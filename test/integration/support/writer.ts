import { newId } from '../../../src/model/ids.ts';
import type { Chat } from './chat.ts';
import type { Acked, Sent } from './history.ts';
import { Program } from './program.ts';

interface Answer {
  type: 'ack' | 'error';
  id: string | null;
  seq?: number;
  code?: string;
  message?: string;
}

/** A writer on `local-chat pipe`. What has no answer when its process is killed is sent again, under the same id. */
export class Writer extends Program {
  readonly sent: Sent[] = [];
  readonly acked: Acked[] = [];
  readonly errors: Answer[] = [];
  readonly #options: readonly string[];
  readonly #unanswered = new Map<string, string>();
  /** Called with each acknowledgement and when the message was first sent, both by `performance.now()`. */
  onAck: (ack: Acked, sentAt: number) => void = () => undefined;
  readonly #sentAt = new Map<string, number>();
  #answered = (): void => undefined;

  constructor(chat: Chat, name: string, options: readonly string[] = []) {
    super(chat, name);
    this.#options = options;
  }

  get inFlight(): number {
    return this.#unanswered.size;
  }

  /** `id`: one that was sent before, for who sends the same again, or claims that it is something else. */
  send(room: string, content: string, id = newId()): string {
    const line = `${JSON.stringify({ room, content, id })}\n`;
    const at = performance.now();
    this.sent.push({ id, room, content, at });
    this.#sentAt.set(id, at);
    this.#unanswered.set(id, line);
    this.write(line);
    return id;
  }

  /** Writes anything at all. */
  raw(text: string): void {
    this.write(text);
  }

  /** Resolves once every message has its answer. */
  async settled(): Promise<void> {
    while (this.#unanswered.size > 0) {
      await new Promise<void>((resolve) => {
        this.#answered = resolve;
      });
    }
  }

  override start(): void {
    super.start();
    for (const line of this.#unanswered.values()) this.write(line);
  }

  protected args(): readonly string[] {
    return ['pipe', ...this.#options];
  }

  protected onLine(line: string): void {
    const answer = JSON.parse(line) as Answer;
    if (answer.type === 'ack' && answer.id !== null && answer.seq !== undefined) {
      const ack = { id: answer.id, seq: answer.seq, at: performance.now() };
      this.acked.push(ack);
      this.onAck(ack, this.#sentAt.get(ack.id) ?? 0);
    } else {
      this.errors.push(answer);
    }
    if (answer.id !== null) this.#unanswered.delete(answer.id);
    this.#answered();
  }
}
