import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { createClient } from '../client/client.ts';
import { examineDirectory } from '../client/examine.ts';
import { type DirectoryChoice, locateStore, openDirectory } from '../client/store-directory.ts';
import { ChatError } from '../model/errors.ts';
import { runCli } from './run.ts';

/** The bundles lie beside each other, and their manifest one level above. */
const bundleFolder = __dirname;
const manifestSchema = v.object({ version: v.string() });
const manifest = v.parse(
  manifestSchema,
  JSON.parse(readFileSync(path.join(bundleFolder, '../package.json'), 'utf8')),
);

function interrupted(): AbortSignal {
  const interrupt = new AbortController();
  // Once each: the second one ends the process by force, should the first one not do.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
  return interrupt.signal;
}

/** Null when it was removed under this process, or may not be looked at: most commands do without. */
function workingDirectory(): string | null {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}

const cwd = workingDirectory();
// Without any, Node starts no thread, and the hub is one.
if (cwd === null) process.chdir(path.parse(bundleFolder).root);

function choose(named: string | undefined): DirectoryChoice {
  const choice = locateStore({ dataDir: named });
  if (cwd === null && !path.isAbsolute(choice.directory)) {
    const detail = 'the working directory is gone';
    throw new ChatError('DIRECTORY_UNUSABLE', { directory: choice.directory, detail });
  }
  return choice;
}

const done = runCli({
  argv: process.argv.slice(2),
  env: process.env,
  folder: cwd === null ? '' : path.basename(cwd),
  version: manifest.version,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  interrupted,
  locate: (named) => openDirectory(choose(named)),
  openClient: (request) => createClient({ ...request, bundleFolder, version: manifest.version }),
  examine: async ({ named, adopt }) =>
    examineDirectory({ ...choose(named), adopt, bundleFolder, version: manifest.version }),
});

/** Resolves once everything that was written so far has left this process, or nobody is there to take it. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

void done.then(async (code) => {
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  // Not left to the end of all handles: a keyboard somebody waits at would hold it. What was acknowledged is on the disk.
  process.exit(code);
});
