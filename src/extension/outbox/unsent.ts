import * as v from 'valibot';
import type { Memento } from 'vscode';
import type { Logger } from '../../common/logger.ts';
import { toChatError } from '../../model/errors.ts';
import { idSchema } from '../../model/ids.ts';
import { memoryKeys } from '../ids.ts';

const unsentSchema = v.object({
  id: idSchema,
  roomId: idSchema,
  profileId: idSchema,
  content: v.string(),
  /** What the room's draft was when it was sent. */
  composed: v.string(),
  /** Extension host that is sending it. */
  pid: v.number(),
});
/** A message between the key press and its acknowledgement. */
export type Unsent = v.InferOutput<typeof unsentSchema>;

/** The messages on their way, in the memory of the workspace: they outlive the extension host. */
export class UnsentMemory {
  readonly #memory: Memento;
  readonly #log: Logger;
  #entries: readonly Unsent[];

  constructor(memory: Memento, log: Logger) {
    this.#log = log;
    this.#memory = memory;
    const stored = memory.get<unknown>(memoryKeys.unsent);
    this.#entries = (Array.isArray(stored) ? stored : []).flatMap((raw: unknown) => {
      const entry = v.safeParse(unsentSchema, raw);
      return entry.success ? [entry.output] : [];
    });
  }

  get entries(): readonly Unsent[] {
    return this.#entries;
  }

  async add(entry: Unsent): Promise<void> {
    await this.#write([...this.#entries.filter((other) => other.id !== entry.id), entry]);
  }

  async remove(id: string): Promise<void> {
    if (this.#entries.some((entry) => entry.id === id))
      await this.#write(this.#entries.filter((entry) => entry.id !== id));
  }

  async #write(entries: readonly Unsent[]): Promise<void> {
    this.#entries = entries;
    try {
      await this.#memory.update(memoryKeys.unsent, entries.length === 0 ? undefined : entries);
    } catch (thrown) {
      // The message itself is on its way; only its safety net is missing.
      this.#log.log('warn', 'the workspace did not remember a message', {
        error: toChatError(thrown).message,
      });
    }
  }
}
