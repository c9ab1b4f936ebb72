import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Launcher } from './launcher.ts';

const EXECUTABLE = 0o755;

/** Puts a launcher into `folder`, unless it is there word for word. A terminal that runs it meanwhile has the old one or the new one. */
export async function writeLauncher(folder: string, { fileName, content }: Launcher): Promise<void> {
  const path = join(folder, fileName);
  if (await isThere(path, content)) return;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, content, { flag: 'wx', mode: EXECUTABLE });
    // The mode above is narrowed by the umask.
    await chmod(temporary, EXECUTABLE);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function isThere(path: string, content: string): Promise<boolean> {
  try {
    const { mode } = await stat(path);
    const executable = process.platform === 'win32' || (mode & 0o777) === EXECUTABLE;
    return executable && (await readFile(path, 'utf8')) === content;
  } catch {
    // Missing or unreadable: written anew, and if that fails, too, the writing says why.
    return false;
  }
}
