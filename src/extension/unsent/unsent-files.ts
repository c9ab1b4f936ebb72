import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { processLives, processStartTime } from '../../client/process-identity.ts';
import type { Logger } from '../../common/logger.ts';
import { toChatError } from '../../model/errors.ts';
import { idSchema } from '../../model/ids.ts';
import { type Owner, parseUnsentFileName, unsentFileName } from './file-name.ts';

/** Beside the epochs: a text belongs to the store of its room. */
const FOLDER = 'unsent';
/** While it is written; nobody was told yet that such a text was taken over. */
const UNFINISHED = '.new';
/** Far longer than writing takes. Milliseconds. */
const KEEP_UNFINISHED = 24 * 60 * 60 * 1_000;

const unsentSchema = v.object({
  id: idSchema,
  roomId: idSchema,
  profileId: idSchema,
  content: v.string(),
  /** What the room's draft was when it was written: an older state of the same text. */
  composed: v.string(),
});

/** A text that the hub does not have: a message on its way, or a draft that could not be saved. */
export type UnsentText = Readonly<v.InferOutput<typeof unsentSchema>>;

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
  #self: Owner | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Texts that are written from now on belong to this store. */
  use(directory: string): void {
    this.#folder = path.join(directory, FOLDER);
    this.#removeUnfinished(this.#folder);
  }

  /**
   * Takes over texts of extension hosts that have ended, those of which `which` is true; oldest first as far as ids tell. However
   * many windows look at the same moment, each text goes to one of them. It is this one's until {@link remove} or
   * {@link giveBack}, or until this extension host ends.
   */
  takeOrphans(which: (text: UnsentText) => boolean): readonly UnsentText[] {
    const folder = this.#folder;
    if (folder === null) return [];
    return this.#names(folder).flatMap((name) => {
      if (!this.#isOrphan(name)) return [];
      const text = this.#read(path.join(folder, name));
      return text !== null && which(text) && this.#take(folder, name, text.id) ? [text] : [];
    });
  }

  put(text: UnsentText): void {
    const folder = this.#folder;
    if (folder === null) return;
    this.#takeAny(folder, text.id);
    const file = this.#files.get(text.id) ?? path.join(folder, unsentFileName(text.id, this.#owner()));
    try {
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(`${file}${UNFINISHED}`, JSON.stringify(text), { mode: 0o600 });
      renameSync(`${file}${UNFINISHED}`, file);
      this.#files.set(text.id, file);
    } catch (error) {
      this.#log.log('warn', 'a text has no safety net', { error: toChatError(error).message });
    }
  }

  /** The hub has it, or the person gave it up. */
  remove(id: string): void {
    const file = this.#files.get(id);
    if (file === undefined) return;
    this.#files.delete(id);
    try {
      rmSync(file, { force: true });
    } catch (error) {
      // The next start finds that the hub has it, and tries again.
      this.#log.log('warn', 'a text was not forgotten', { error: toChatError(error).message });
    }
  }

  /** It was taken over and could not be looked after: whoever comes next may. */
  giveBack(id: string): void {
    const file = this.#files.get(id);
    if (file === undefined) return;
    try {
      renameSync(file, path.join(path.dirname(file), unsentFileName(id, null)));
      this.#files.delete(id);
    } catch (error) {
      // Then it is given back with the end of this extension host.
      this.#log.log('warn', 'a text was not given back', { error: toChatError(error).message });
    }
  }

  /** A message that its page hands over once more may have come to an earlier window: it stays one text. */
  #takeAny(folder: string, id: string): void {
    if (this.#files.has(id)) return;
    const name = this.#names(folder).find((other) => other.startsWith(`${id}.`) && this.#isOrphan(other));
    if (name !== undefined) this.#take(folder, name, id);
  }

  /** False when another window was first. */
  #take(folder: string, name: string, id: string): boolean {
    const file = path.join(folder, unsentFileName(id, this.#owner()));
    try {
      renameSync(path.join(folder, name), file);
      this.#files.set(id, file);
      return true;
    } catch (error) {
      this.#log.log('debug', 'an unsent text was not taken', { error: toChatError(error).message });
      return false;
    }
  }

  #names(folder: string): string[] {
    try {
      return readdirSync(folder).sort();
    } catch {
      // Nobody ever had an unsent text here, or the directory is gone: the client says so.
      return [];
    }
  }

  #read(file: string): UnsentText | null {
    try {
      const text = v.safeParse(unsentSchema, JSON.parse(readFileSync(file, 'utf8')));
      return text.success ? text.output : null;
    } catch (error) {
      // Another window has just looked after it.
      this.#log.log('debug', 'an unsent text could not be read', { error: toChatError(error).message });
      return null;
    }
  }

  /** Whether it is a text which no extension host has in memory. */
  #isOrphan(name: string): boolean {
    const file = parseUnsentFileName(name);
    if (file === null || this.#files.has(file.id)) return false;
    const { owner } = file;
    // With our own pid it is of an earlier process: what is ours is in the map.
    return owner === null || owner.pid === process.pid || !mayLive(owner);
  }

  #owner(): Owner {
    return (this.#self ??= { pid: process.pid, startTime: processStartTime(process.pid) ?? '' });
  }

  /** What a process left that ended while it wrote. */
  #removeUnfinished(folder: string): void {
    for (const name of this.#names(folder).filter((other) => other.endsWith(UNFINISHED))) {
      const file = path.join(folder, name);
      try {
        if (Date.now() - statSync(file).mtimeMs > KEEP_UNFINISHED) rmSync(file);
      } catch (error) {
        // Another window was first, or the disk does not let us; it is in nobody's way.
        this.#log.log('debug', 'an unfinished text stays', { error: toChatError(error).message });
      }
    }
  }
}

/** Where the platform does not tell when a process began, its pid has to do: a text waits rather than come back twice. */
function mayLive({ pid, startTime }: Owner): boolean {
  return startTime === '' ? processStartTime(pid) !== null : processLives(pid, startTime);
}
