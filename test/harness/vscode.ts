import { existsSync } from 'node:fs';
import path from 'node:path';
import { downloadAndUnzipVSCode, resolveCliPathFromVSCodeExecutablePath } from '@vscode/test-electron';
import { cached } from './cache.ts';
import { installCodeServer, type CodeServerInstall } from './code-server-install.ts';
import { cleanEnv, runOrThrow } from './process.ts';
import { say } from './say.ts';

/** The VS Code that tests and `npm start` use. */
export type VsCode =
  | { readonly kind: 'desktop'; readonly executable: string }
  | ({ readonly kind: 'code-server' } & CodeServerInstall);

const DOWNLOADS = 'https://update.code.visualstudio.com/api/releases/stable';

/**
 * Finds a VS Code: the executable that LOCAL_CHAT_VSCODE names, an installed one, one downloaded by @vscode/test-electron, or
 * code-server from npm. The first three need a screen; without one, code-server shows its windows in a browser.
 */
export async function findVsCode(): Promise<VsCode> {
  const named = process.env['LOCAL_CHAT_VSCODE'];
  if (named) {
    if (!existsSync(named)) throw new Error(`LOCAL_CHAT_VSCODE names ${named}, which does not exist.`);
    say(`• Using the VS Code that LOCAL_CHAT_VSCODE names: ${named}`);
    return { kind: 'desktop', executable: named };
  }
  if (hasScreen()) {
    const installed = installedVsCode();
    if (installed !== undefined) {
      say(`• Using the installed VS Code: ${installed}`);
      return { kind: 'desktop', executable: installed };
    }
    const version = await newestVersion();
    if (version !== undefined) return { kind: 'desktop', executable: await downloadVsCode(version) };
  } else {
    say('• There is no screen here (no DISPLAY), so code-server stands in for desktop VS Code');
  }
  return { kind: 'code-server', ...(await installCodeServer()) };
}

function hasScreen(): boolean {
  if (process.platform !== 'linux') return true;
  return !!process.env['DISPLAY'] || !!process.env['WAYLAND_DISPLAY'];
}

/** The executable itself, not the `code` script, which hands over to a window that is already open. */
function installedVsCode(): string | undefined {
  const places: Partial<Record<NodeJS.Platform, string[]>> = {
    darwin: ['/Applications/Visual Studio Code.app/Contents/MacOS/Electron'],
    win32: [
      path.join(process.env['LOCALAPPDATA'] ?? '', 'Programs/Microsoft VS Code/Code.exe'),
      'C:/Program Files/Microsoft VS Code/Code.exe',
    ],
    linux: ['/usr/share/code/code', '/opt/visual-studio-code/code', '/snap/code/current/usr/share/code/code'],
  };
  return places[process.platform]?.find((file) => existsSync(file));
}

/** The newest stable version; undefined when the download service is out of reach. */
async function newestVersion(): Promise<string | undefined> {
  say('• Asking for the newest VS Code (at most 4 s)');
  try {
    const response = await fetch(DOWNLOADS, { signal: AbortSignal.timeout(4000) });
    const versions: unknown = response.ok ? await response.json() : [];
    const newest: unknown = Array.isArray(versions) ? versions[0] : undefined;
    if (typeof newest === 'string') return newest;
    say('  the download service gave no answer that we understand, so code-server stands in');
  } catch (error) {
    say(`  the download service is out of reach (${(error as Error).name}), so code-server stands in`);
  }
  return undefined;
}

async function downloadVsCode(version: string): Promise<string> {
  const place = await cached(
    `vscode-${version}`,
    `Downloading VS Code ${version}`,
    'about a minute and 500 MB, once',
    async (dir) => {
      await downloadInto(version, dir);
    },
  );
  // The version is there by now, so this only finds the executable in it.
  return downloadInto(version, place);
}

function downloadInto(version: string, cachePath: string): Promise<string> {
  const reporter = { report: () => undefined, error: (text: unknown) => say(`  ${String(text)}`) };
  return downloadAndUnzipVSCode({ version, cachePath, reporter });
}

/** Arguments for a desktop VS Code with a profile of its own. */
export function desktopArgs(profileDir: string): string[] {
  return [
    `--user-data-dir=${path.join(profileDir, 'user-data')}`,
    `--extensions-dir=${path.join(profileDir, 'extensions')}`,
    '--disable-workspace-trust',
    '--disable-telemetry',
    '--skip-welcome',
    '--skip-release-notes',
    '--disable-updates',
    // Chromium's sandbox refuses to work for root.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
}

/** A desktop application finds its screen through the session's runtime directory. */
export function desktopEnv(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return cleanEnv({ XDG_RUNTIME_DIR: process.env['XDG_RUNTIME_DIR'], ...extra });
}

/** Installs a package into the profile of a desktop VS Code. */
export async function installIntoDesktop(
  executable: string,
  profileDir: string,
  vsix: string,
): Promise<void> {
  const cli = resolveCliPathFromVSCodeExecutablePath(executable);
  const args = [...desktopArgs(profileDir), '--install-extension', vsix, '--force'];
  const options = { env: desktopEnv(), timeout: 120_000 };
  if (process.platform === 'win32') await runOrThrow('cmd', ['/c', cli, ...args], options);
  else await runOrThrow(cli, args, options);
}
