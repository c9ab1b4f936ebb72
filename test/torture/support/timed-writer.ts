import { Writer } from '../../integration/support/writer.ts';
import { until } from '../../integration/support/until.ts';

/** How a message was answered; `ms` after it was given to the program. `code`: null for an acknowledgement. */
export interface TimedAnswer {
  readonly id: string;
  readonly code: string | null;
  /** By `performance.now()`. */
  readonly sentAt: number;
  readonly ms: number;
}

/** A writer that remembers how long each answer took, refusals too. */
export class TimedWriter extends Writer {
  readonly #sentAt = new Map<string, number>();
  readonly answers = new Map<string, TimedAnswer>();

  override send(room: string, content: string): string {
    const at = performance.now();
    const id = super.send(room, content);
    this.#sentAt.set(id, at);
    return id;
  }

  /** Sends a message and waits for its answer, whatever it is. */
  async ask(room: string, content: string, timeout = 20_000): Promise<TimedAnswer> {
    const id = this.send(room, content);
    return until(
      `an answer for ${this.name}; it said last: ${this.stderr}`,
      () => this.answers.get(id),
      timeout,
    );
  }

  protected override onLine(line: string): void {
    const { id, code } = JSON.parse(line) as { id: string | null; code?: string };
    if (id !== null) {
      const sentAt = this.#sentAt.get(id) ?? 0;
      this.answers.set(id, { id, code: code ?? null, sentAt, ms: performance.now() - sentAt });
    }
    super.onLine(line);
  }
}
