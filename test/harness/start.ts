import { cpSync } from 'node:fs';
import path from 'node:path';
import { CodeServer } from './code-server.ts';
import { packageExtension } from './package.ts';
import { makeTempDir, sampleFolders, vsixPath } from './paths.ts';
import { spawnTracked } from './process.ts';
import { runAsProgram, say, step } from './say.ts';
import { desktopArgs, desktopEnv, findVsCode, installIntoDesktop } from './vscode.ts';

/*
 * npm start: builds the package, finds a VS Code, installs the package into a temporary profile and opens two windows on two
 * sample folders. Ctrl-C ends everything and removes the profile, and with it the chat.
 *   --no-build                    takes local-chat.vsix as it is
 */

/** Seconds a window in the browser may be away, as when a laptop sleeps. */
const RECONNECTION_GRACE = 3600;

/** Copies, so that what is tried out in the windows does not change the checkout. */
function copySamples(): string[] {
  const parent = makeTempDir();
  return sampleFolders.map((folder) => {
    const copy = path.join(parent, path.basename(folder));
    cpSync(folder, copy, { recursive: true });
    return copy;
  });
}

async function startDesktop(executable: string, folders: readonly string[]): Promise<void> {
  const profile = makeTempDir();
  await step('Installing the extension into a temporary profile', 'about 5 s', () =>
    installIntoDesktop(executable, profile, vsixPath),
  );
  say('• Opening two windows. Click the Local Chat icon in the activity bar of both.');
  say('  Close both windows, or press Ctrl-C here, to end it and to remove the profile.');
  // Whichever process comes second hands its folder over to the first one and ends.
  await Promise.all(
    folders.map((folder) => {
      const { process: application } = spawnTracked(
        executable,
        ['--new-window', folder, ...desktopArgs(profile)],
        { env: desktopEnv(), stdio: 'ignore' },
      );
      return new Promise((resolve, reject) => {
        application.once('close', resolve);
        application.once('error', reject);
      });
    }),
  );
}

async function startInBrowser(folders: readonly string[]): Promise<void> {
  const server = await step(
    'Starting code-server with the extension in a temporary profile',
    'about 5 s',
    () => CodeServer.start({ vsix: vsixPath, reconnectionGrace: RECONNECTION_GRACE }),
  );
  say('\nTwo windows are ready. Open both addresses in a browser, each in a tab or window of its own,');
  say('and click the Local Chat icon in the activity bar:\n');
  for (const folder of folders) say(`  ${server.windowUrl(folder)}`);
  say('\nCtrl-C ends it and removes the profile.');
  await server.ended();
  say('code-server has ended.');
}

async function start(): Promise<void> {
  if (!process.argv.includes('--no-build')) await packageExtension();
  const vscode = await findVsCode();
  const folders = copySamples();
  if (vscode.kind === 'desktop') await startDesktop(vscode.executable, folders);
  else await startInBrowser(folders);
}

await runAsProgram(start);
