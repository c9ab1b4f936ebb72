import { ChatError, toChatError } from '../model/errors.ts';
import { jsonLine, sanitiseLine, sanitiseText } from './sanitise.ts';

/** The reader of our output went away (`| head`): there is nothing left to do and nothing to complain about. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/** The part of a stream of the process that output needs. */
export interface OutputStream extends NodeJS.EventEmitter {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** `done` is called once the text has left this process, with the error when it could not. */
  write(text: string, done: (error?: Error | null) => void): boolean;
}

const MIN_COLUMNS = 40;

/** Standard output or standard error. Every write waits until the reader has taken it, or the system for it. */
export class Output {
  readonly isTerminal: boolean;
  readonly hasColour: boolean;
  readonly #stream: OutputStream;
  #failure: Error | null = null;

  constructor(stream: OutputStream, env: Readonly<Record<string, string | undefined>>) {
    this.#stream = stream;
    this.isTerminal = stream.isTTY === true;
    this.hasColour = this.isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
    // An error nobody listens to would end the process; what it means is said where something is written.
    stream.on('error', (error: Error) => this.#fail(error));
  }

  /** Width of the terminal; a wide page when there is none. */
  get columns(): number {
    return Math.max(MIN_COLUMNS, this.#stream.columns ?? 100);
  }

  /** Writes text as it is. Rejects with {@link OutputClosed} when nobody reads any more, else with OUTPUT_FAILED. */
  async write(text: string): Promise<void> {
    this.#check();
    // Not the `drain` of the stream: it tells neither whose text was lost, nor that the last one was.
    await new Promise<void>((resolve) => {
      try {
        this.#stream.write(text, (error) => {
          if (error instanceof Error) this.#fail(error);
          resolve();
        });
      } catch (error) {
        // A file is written at once, and a full disk is told at once as well.
        this.#fail(error instanceof Error ? error : toChatError(error));
        resolve();
      }
    });
    this.#check();
  }

  /** Ends with a line feed; control characters are made visible, except line feeds and tabs. */
  async text(text: string): Promise<void> {
    await this.write(`${sanitiseText(text)}\n`);
  }

  /** One line, whatever control characters are in it. */
  async line(text: string): Promise<void> {
    await this.write(`${sanitiseLine(text)}\n`);
  }

  async json(value: object): Promise<void> {
    await this.write(jsonLine(value));
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  #fail(error: NodeJS.ErrnoException): void {
    const detail = error.code ?? error.message;
    this.#failure ??=
      detail === 'EPIPE' ? new OutputClosed() : new ChatError('OUTPUT_FAILED', { detail }, { cause: error });
  }
}

/** Colours where they are wanted, the bare text elsewhere. */
export interface Style {
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  /** A colour by its SGR number. */
  readonly colour: (code: number, text: string) => string;
}

export function styleOf(output: Pick<Output, 'hasColour'>): Style {
  const sgr =
    (on: number, off: number) =>
    (text: string): string =>
      output.hasColour && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { dim: sgr(2, 22), bold: sgr(1, 22), colour: (code, text) => sgr(code, 39)(text) };
}
