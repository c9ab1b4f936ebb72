import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { processLives, processStartTime } from '../../client/process-identity.ts';
import type { Logger } from '../../common/logger.ts';
import { toChatError } from '../../model/errors.ts';
import { idSchema } from '../../model/ids.ts';

/** Beside the epochs: a text belongs to the store of its room. */
const FOLDER = 'unsent';

const unsentSchema = v.object({
  id: idSchema,
  roomId: idSchema,
  profileId: idSchema,
  content: v.string(),
  /** What the room's draft was when it was written: an older state of the same text. */
  composed: v.string(),
  /** Extension host that looks after it. */
  pid: v.number(),
  startTime: v.string(),
});
type StoredText = v.InferOutput<typeof unsentSchema>;

/** A text that the hub does not have: a message on its way, or a draft that could not be saved. */
export type UnsentText = Omit<StoredText, 'pid' | 'startTime'>;

/**
 * The texts that only this machine's windows know of, one file each in the data directory, so that they outlive the extension
 * host. Written before anybody is told that a text was taken over; not synced, since they guard against the end of a process and
 * not of the machine. Nothing here throws: without its file a text is still on its way, it merely has no safety net.
 */
export class UnsentFiles {
  readonly #log: Logger;
  #folder: string | null = null;
  /** Where the texts of this extension host lie, by id; the folder may have changed since. */
  readonly #files = new Map<string, string>();
  #startTime: string | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Texts that are written from now on belong to this store. */
  use(directory: string): void {
    this.#folder = path.join(directory, FOLDER);
  }

  /** The texts of extension hosts that have ended, oldest first as far as ids tell. */
  orphans(): readonly UnsentText[] {
    const folder = this.#folder;
    if (folder === null) return [];
    return this.#names(folder).flatMap((name) => {
      const text = this.#read(path.join(folder, name));
      if (text === null || this.#files.has(text.id) || this.#isLookedAfter(text)) return [];
      return [text];
    });
  }

  put(text: UnsentText): void {
    const folder = this.#folder;
    if (folder === null) return;
    const file = this.#files.get(text.id) ?? path.join(folder, `${text.id}.json`);
    this.#startTime ??= processStartTime(process.pid) ?? '';
    const stored: StoredText = { ...text, pid: process.pid, startTime: this.#startTime };
    try {
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(`${file}.new`, JSON.stringify(stored), { mode: 0o600 });
      renameSync(`${file}.new`, file);
      this.#files.set(text.id, file);
    } catch (error) {
      this.#log.log('warn', 'a text has no safety net', { error: toChatError(error).message });
    }
  }

  /** The hub has it, or the person gave it up. */
  remove(id: string): void {
    const file = this.#files.get(id) ?? (this.#folder && path.join(this.#folder, `${id}.json`));
    this.#files.delete(id);
    if (!file) return;
    try {
      rmSync(file, { force: true });
    } catch (error) {
      // The next start finds that the hub has it, and tries again.
      this.#log.log('warn', 'a text was not forgotten', { error: toChatError(error).message });
    }
  }

  #names(folder: string): string[] {
    try {
      return readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .sort();
    } catch {
      // Nobody ever had an unsent text here, or the directory is gone: the client says so.
      return [];
    }
  }

  #read(file: string): StoredText | null {
    try {
      const text = v.safeParse(unsentSchema, JSON.parse(readFileSync(file, 'utf8')));
      return text.success ? text.output : null;
    } catch (error) {
      // Another window has just looked after it.
      this.#log.log('debug', 'an unsent text could not be read', { error: toChatError(error).message });
      return null;
    }
  }

  /** Whether another extension host still has it in memory. */
  #isLookedAfter({ pid, startTime }: StoredText): boolean {
    // With our own pid it is of an earlier process: what is ours is in the map.
    return pid !== process.pid && processLives(pid, startTime);
  }
}
