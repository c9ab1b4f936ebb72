import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { installCodeServer, type CodeServerInstall } from './code-server-install.ts';
import { makeTempDir, removeTempDir } from './paths.ts';
import { cleanEnv, runOrThrow, spawnTracked, type TrackedProcess } from './process.ts';

export type Settings = Readonly<Record<string, unknown>>;

export interface CodeServerOptions {
  /** A packaged extension to install before the start. */
  readonly vsix?: string;
  /** User settings on top of the quiet ones of the harness; also changeable later with `writeSettings`. */
  readonly settings?: Settings;
  /** Additional environment of the server, and so of extension hosts and integrated terminals. LOCAL_CHAT_DIR is unset unless given. */
  readonly env?: Readonly<Record<string, string>>;
  /** Start with workspace trust asked for: new folders then open in Restricted Mode. Default false. */
  readonly workspaceTrust?: boolean;
  /** Seconds an extension host outlives its window's connection. Default 5; a person at work wants more. */
  readonly reconnectionGrace?: number;
}

/** Settings that keep a fresh VS Code from showing anything but what a test asks for. */
const QUIET: Settings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Dark Modern',
  'window.autoDetectColorScheme': false,
  'window.commandCenter': false,
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'git.enabled': false,
  'files.autoSave': 'off',
  'security.workspace.trust.banner': 'never',
  'security.workspace.trust.startupPrompt': 'never',
};

/**
 * A running code-server: VS Code with its real workbench, extension hosts and webviews. Each browser page on it is a window
 * with an extension host of its own; all share one profile, and so one global storage.
 */
export class CodeServer {
  private settings: Settings;
  private log = '';

  private constructor(
    private readonly server: TrackedProcess,
    /** As in `http://127.0.0.1:4321`. Webviews need this very spelling: an address that counts as secure. */
    readonly origin: string,
    /** Temporary profile: `home`, `user-data` and `extensions` below it. */
    readonly profileDir: string,
    settings: Settings,
  ) {
    this.settings = settings;
  }

  /** Installs code-server when the cache has none, sets up a temporary profile, and resolves when it serves. */
  static async start(options: CodeServerOptions = {}): Promise<CodeServer> {
    const install = await installCodeServer();
    const profileDir = makeTempDir();
    const settings = { ...QUIET, ...options.settings };
    await writeSettingsFile(profileDir, settings);
    if (options.vsix !== undefined) await installVsix(install, profileDir, options.vsix);
    const args = [
      install.entry,
      ...profileArgs(profileDir),
      '--auth=none',
      '--bind-addr=127.0.0.1:0',
      '--disable-telemetry',
      '--disable-update-check',
      ...(options.workspaceTrust ? [] : ['--disable-workspace-trust']),
      `--reconnection-grace-time=${options.reconnectionGrace ?? 5}`,
    ];
    const server = spawnTracked(install.node, args, {
      cwd: profileDir,
      env: environment(profileDir, options.env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let note = (text: string): void => {
      output += text;
    };
    server.process.stdout?.setEncoding('utf8').on('data', (text: string) => note(text));
    server.process.stderr?.setEncoding('utf8').on('data', (text: string) => note(text));
    const origin = await new Promise<string>((resolve, reject) => {
      const fail = (why: string): void => {
        clearTimeout(timer);
        reject(new Error(`code-server ${why}\n${output}`));
      };
      const timer = setTimeout(() => fail('did not serve within 60 s.'), 60_000);
      server.process.once('error', (error) => fail(`could not be started: ${error.message}`));
      server.process.once('exit', (code) => fail(`ended with code ${String(code)}.`));
      note = (text) => {
        output += text;
        const address = /HTTP server listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1];
        if (address === undefined) return;
        clearTimeout(timer);
        resolve(address);
      };
      note('');
    }).catch(async (error: unknown) => {
      await server.stop();
      removeTempDir(profileDir);
      throw error;
    });
    const started = new CodeServer(server, origin, profileDir, settings);
    note = (text) => {
      started.log += text;
    };
    started.log = output;
    return started;
  }

  /** What the server printed so far. */
  get output(): string {
    return this.log;
  }

  /** The folder that `ExtensionContext.globalStorageUri` of an extension names. */
  globalStorage(extension: string): string {
    return path.join(this.profileDir, 'user-data/User/globalStorage', extension);
  }

  /** The address of a window. Without a folder it is an empty window. */
  windowUrl(folder?: string, payload: readonly (readonly [string, string])[] = []): string {
    const url = new URL(this.origin);
    if (folder === undefined) url.searchParams.set('ew', 'true');
    else url.searchParams.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', folder);
    url.searchParams.set('payload', JSON.stringify([['skipWelcome', 'true'], ...payload]));
    // Slashes need no escape there, and people read these addresses.
    return url.href.replaceAll('%2F', '/');
  }

  /** Changes user settings for windows that are opened or reloaded from now on. `undefined` removes one. */
  async writeSettings(changes: Settings): Promise<void> {
    this.settings = { ...this.settings, ...changes };
    await writeSettingsFile(this.profileDir, this.settings);
  }

  /**
   * Sets what only a machine can set: a code-server is a remote one, and of those settings it reads no other file. For windows that
   * are opened or reloaded from now on.
   */
  async writeMachineSettings(settings: Settings): Promise<void> {
    const dir = path.join(this.profileDir, 'user-data/Machine');
    await mkdir(dir, { recursive: true });
    await writeFile(path.join(dir, 'settings.json'), `${JSON.stringify(settings, null, 2)}\n`);
  }

  /**
   * The running extension host behind one of a window's connections.
   *
   * @param tokens the `reconnectionToken`s of the window's web sockets, oldest first
   */
  extensionHostPid(tokens: readonly string[]): number | undefined {
    for (const token of [...tokens].reverse()) {
      const line = new RegExp(
        `\\[${token.slice(0, 8)}[^\\]]*\\]\\[ExtensionHostConnection\\] <(\\d+)> Launched`,
      );
      const pid = line.exec(this.log)?.[1];
      if (pid !== undefined) return Number(pid);
    }
    return undefined;
  }

  /** Resolves when the server has ended, by `stop` or by itself. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      if (this.server.process.exitCode !== null) resolve();
      else this.server.process.once('close', () => resolve());
    });
  }

  /** Ends the server, its extension hosts and terminals, and removes the profile. */
  async stop(): Promise<void> {
    await this.server.stop();
    removeTempDir(this.profileDir);
  }
}

async function installVsix(install: CodeServerInstall, profileDir: string, vsix: string): Promise<void> {
  const args = [install.entry, ...profileArgs(profileDir), '--install-extension', vsix, '--force'];
  const output = await runOrThrow(install.node, args, { env: environment(profileDir), timeout: 120_000 });
  if (!output.includes('was successfully installed')) {
    throw new Error(`${vsix} was not installed.\n${output}`);
  }
}

function profileArgs(profileDir: string): string[] {
  return [
    `--user-data-dir=${path.join(profileDir, 'user-data')}`,
    `--extensions-dir=${path.join(profileDir, 'extensions')}`,
  ];
}

function environment(profileDir: string, extra: Readonly<Record<string, string>> = {}) {
  // Short, because sockets are made in the temporary directory.
  return cleanEnv({ HOME: path.join(profileDir, 'home'), TMPDIR: path.join(profileDir, 't'), ...extra });
}

async function writeSettingsFile(profileDir: string, settings: Settings): Promise<void> {
  const dir = path.join(profileDir, 'user-data/User');
  await mkdir(dir, { recursive: true });
  await mkdir(path.join(profileDir, 'home'), { recursive: true });
  await mkdir(path.join(profileDir, 't'), { recursive: true });
  const file = path.join(dir, 'settings.json');
  await writeFile(`${file}.new`, `${JSON.stringify(settings, null, 2)}\n`);
  await rename(`${file}.new`, file);
}
