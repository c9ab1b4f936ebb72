import { homedir, tmpdir } from 'node:os';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onProcessEnd } from './process.ts';

/** The checkout. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Output of the harness itself (bundled in-host tests, type information, screenshots); ignored by git, never shipped. */
export const buildDir = path.join(root, '.build');

/** The package that `npm run package` writes and that all tests in a real editor install. */
export const vsixPath = path.join(root, 'local-chat.vsix');

export const sampleFolders = [
  path.join(root, 'test/harness/samples/lighthouse'),
  path.join(root, 'test/harness/samples/tide-tables'),
] as const;

/** Editors and browsers that were fetched once and serve every later run. */
export function cacheDir(): string {
  const base = process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache');
  const dir = path.join(base, 'local-chat-dev');
  mkdirSync(dir, { recursive: true });
  return dir;
}

const temporary = new Set<string>();

onProcessEnd(() => {
  for (const dir of temporary) removeTempDir(dir);
});

/**
 * A fresh directory of this process, mode 0700, removed when the process ends. The name is short because a Unix socket
 * below it has about a hundred bytes for its whole path.
 */
export function makeTempDir(prefix = 'lc'): string {
  const dir = realpathSync(mkdtempSync(path.join(tmpdir(), `${prefix}-`)));
  temporary.add(dir);
  return dir;
}

/** Removes a directory of `makeTempDir` before the process ends. */
export function removeTempDir(dir: string): void {
  // A process that was killed a moment ago may still be writing its last file.
  rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  temporary.delete(dir);
}

/** `publisher.name` of the manifest. */
export function extensionId(): string {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    publisher: string;
    name: string;
  };
  return `${manifest.publisher}.${manifest.name}`;
}
