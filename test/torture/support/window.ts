import path from 'node:path';
import { Chat } from '../../integration/support/chat.ts';
import { Writer } from '../../integration/support/writer.ts';

/** Give it to `buildVariant` among its `programs`. */
export const WINDOW_PROGRAM = 'test/torture/support/window-program.ts';

/** How a connection is, and how many milliseconds after it was lost the last time. */
export interface ConnectionNote {
  readonly state: string;
  readonly sinceLoss: number;
}

/** A writer in a window, see {@link WINDOW_PROGRAM}, which also remembers how its connection was. */
export class Window extends Writer {
  /** Since it was read last by {@link takeStates}. */
  #states: ConnectionNote[] = [];

  /** `bundle`: of the variant whose window it is. */
  constructor(chat: Chat, name: string, bundle = chat.bundle) {
    super(new Chat({ dir: chat.dir, bundle: path.join(path.dirname(bundle), 'window-program.cjs') }), name);
  }

  /** How the connection was, each time it changed since the last call. */
  takeStates(): ConnectionNote[] {
    return this.#states.splice(0);
  }

  /** Ends the process, if it still runs. */
  close(): Promise<void> {
    return this.chat.close();
  }

  protected override args(): readonly string[] {
    return [];
  }

  protected override onLine(line: string): void {
    const said = JSON.parse(line) as { type: string } & ConnectionNote;
    if (said.type === 'status') this.#states.push(said);
    else super.onLine(line);
  }
}
