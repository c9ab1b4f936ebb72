import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import * as v from 'valibot';
import { timestampSchema } from '../model/ids.ts';
import { writeNew } from './first-wins.ts';

const entrySchema = v.object({
  /** Name of the program: "Visual Studio Code". */
  product: v.pipe(v.string(), v.maxLength(256)),
  directory: v.pipe(v.string(), v.check(isAbsolute)),
  lastUsed: timestampSchema,
});
/** A data directory that an installation used. */
export type RegistryEntry = v.InferOutput<typeof entrySchema>;

const fileSchema = v.object({ stores: v.array(v.unknown()) });

/** One per user, whatever installations there are. */
const FILE = 'stores.json';
/** More installations than anybody has; older ones are forgotten. */
const MAX_ENTRIES = 32;

/** The folder of this user for what programs keep about themselves. */
export function stateFolder(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  switch (platform as string) {
    case 'win32':
      return join(absolute(env['LOCALAPPDATA']) ?? join(homedir(), 'AppData', 'Local'), 'local-chat');
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'local-chat');
    default:
      return join(absolute(env['XDG_STATE_HOME']) ?? join(homedir(), '.local', 'state'), 'local-chat');
  }
}

/**
 * What is noted, the last used first. A file that is missing or damaged is as good as empty, and an entry that makes no sense
 * is passed over: the next activation writes it anew.
 */
export function readRegistry(folder: string = stateFolder()): RegistryEntry[] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(join(folder, FILE), 'utf8'));
  } catch {
    return [];
  }
  const file = v.safeParse(fileSchema, content);
  if (!file.success) return [];
  return file.output.stores
    .flatMap((raw) => {
      const entry = v.safeParse(entrySchema, raw);
      return entry.success ? [entry.output] : [];
    })
    .sort((a, b) => Date.parse(b.lastUsed) - Date.parse(a.lastUsed));
}

/**
 * Notes that `product` uses `directory` now, so that a terminal outside finds it. The file is replaced as a whole; of two
 * products that start in the same moment one note may be lost until its next start.
 *
 * @throws the error of the system when it can not be written.
 */
export function noteStore(
  product: string,
  directory: string,
  now: Date,
  folder: string = stateFolder(),
): void {
  const others = readRegistry(folder).filter((entry) => entry.product !== product);
  const stores = [{ product, directory, lastUsed: now.toISOString() }, ...others].slice(0, MAX_ENTRIES);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, FILE);
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  writeNew(temporary, Buffer.from(`${JSON.stringify({ stores }, null, 2)}\n`));
  try {
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function absolute(path: string | undefined): string | null {
  return path !== undefined && isAbsolute(path) ? path : null;
}
