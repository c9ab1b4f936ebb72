import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheDir } from './paths.ts';
import { cleanEnv, isAlive, runOrThrow } from './process.ts';
import { say, step } from './say.ts';

/**
 * A folder of the cache, filled once by `fill` and complete whenever it exists: it is filled beside its place and renamed.
 * Two processes that need it at once fill it once: the second waits.
 *
 * @param name contains the version, so that a new version is a new folder
 */
export async function cached(
  name: string,
  title: string,
  expect: string,
  fill: (dir: string) => Promise<void>,
): Promise<string> {
  const place = path.join(cacheDir(), name);
  if (existsSync(place)) return place;
  const release = await lock(`${place}.lock`, title);
  try {
    if (existsSync(place)) return place;
    removeAbandoned(name);
    const beside = `${place}.part-${process.pid}`;
    await step(title, expect, async () => {
      await mkdir(beside, { recursive: true });
      await fill(beside);
      moveInto(beside, place);
    });
    return place;
  } finally {
    release();
  }
}

/** Two that took over a dead owner's lock at once may both have filled it; the first one's is as good. */
function moveInto(beside: string, place: string): void {
  try {
    renameSync(beside, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
    rmSync(beside, { recursive: true, force: true });
  }
}

/** Holds a lock file with our pid; one whose owner has died is taken over. */
async function lock(file: string, title: string): Promise<() => void> {
  for (let waited = false; ; waited = true) {
    try {
      const descriptor = openSync(file, 'wx');
      writeSync(descriptor, String(process.pid));
      closeSync(descriptor);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (!waited) say(`• ${title}: another process is at it, waiting`);
    await delay(300);
    const owner = Number(existsSync(file) ? readFileSync(file, 'utf8') : '0');
    if (owner > 0 && !isAlive(owner)) rmSync(file, { force: true });
  }
}

/** Half-filled folders of processes that were killed. */
function removeAbandoned(name: string): void {
  for (const entry of readdirSync(cacheDir())) {
    const pid = entry.startsWith(`${name}.part-`) ? Number(entry.slice(name.length + 6)) : 0;
    if (pid > 0 && !isAlive(pid)) rmSync(path.join(cacheDir(), entry), { recursive: true, force: true });
  }
}

/** What a closed network may have set by environment. All else that `npm run` puts there belongs to our own package. */
const NPM_SETTINGS =
  /^npm_config_(registry|cache|userconfig|globalconfig|(https?_)?proxy|noproxy|ca|cafile|strict_ssl|(prefer_)?offline)$/i;

/**
 * `npm install` in a folder, with the registry the user has configured.
 *
 * @param nodeBin folder of another Node that has to come first on PATH
 */
export async function npmInstall(cwd: string, args: readonly string[], nodeBin?: string): Promise<void> {
  const all = ['install', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts', ...args];
  const settings = Object.entries(process.env).filter(([name]) => NPM_SETTINGS.test(name));
  const searchPath = [...(nodeBin === undefined ? [] : [nodeBin]), process.env['PATH'] ?? ''];
  const env = cleanEnv({ ...Object.fromEntries(settings), PATH: searchPath.join(path.delimiter) });
  if (process.platform === 'win32') await runOrThrow('cmd', ['/c', 'npm', ...all], { cwd, env });
  else await runOrThrow('npm', all, { cwd, env });
}
