import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { Editor } from './editor.ts';
import { buildDir, makeTempDir, removeTempDir, root, sampleFolders, vsixPath } from './paths.ts';
import { GREP, REPORT, TEST_DIR } from './report.ts';
import type { Tally } from './tally.ts';
import { desktopArgs, desktopEnv, findVsCode, installIntoDesktop } from './vscode.ts';

const bundled = path.join(buildDir, 'vscode-tests');

/** Milliseconds all tests in the extension host may take together. */
const TIME_LIMIT = 300_000;

/**
 * Runs test/vscode/**\/*.test.ts with mocha inside a real extension host, beside the installed package. Resolves when the
 * report has ended or with a sentence that says why it will not.
 */
export async function runInHost(tally: Tally, report: string, grep: string | undefined): Promise<string> {
  await bundleTests();
  const vscode = await findVsCode();
  const env = {
    [TEST_DIR]: bundled,
    [REPORT]: report,
    ...(grep === undefined ? {} : { [GREP]: grep }),
  };
  const folder = makeTempDir();
  cpSync(sampleFolders[0], path.join(folder, 'lighthouse'), { recursive: true });
  const workspace = path.join(folder, 'lighthouse');
  try {
    return vscode.kind === 'desktop'
      ? await runOnDesktop(vscode.executable, workspace, env, tally)
      : await runOnCodeServer(workspace, env, tally);
  } finally {
    removeTempDir(folder);
  }
}

/** One CommonJS file for the entry and for each test, in the folder of a tiny extension of its own. */
async function bundleTests(): Promise<void> {
  rmSync(bundled, { recursive: true, force: true });
  mkdirSync(bundled, { recursive: true });
  const source = path.join(root, 'test/vscode');
  const tests = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.test.ts'),
  );
  await build({
    absWorkingDir: root,
    entryPoints: ['index.ts', ...tests].map((file) => path.join(source, file)),
    outbase: source,
    outdir: bundled,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const manifest = {
    name: 'local-chat-tests',
    publisher: 'local-chat',
    version: '0.0.0',
    engines: { vscode: '*' },
    capabilities: { untrustedWorkspaces: { supported: true }, virtualWorkspaces: true },
  };
  writeFileSync(path.join(bundled, 'package.json'), JSON.stringify(manifest));
}

async function runOnDesktop(
  executable: string,
  workspace: string,
  env: Readonly<Record<string, string>>,
  tally: Tally,
): Promise<string> {
  const profile = makeTempDir();
  await installIntoDesktop(executable, profile, vsixPath);
  // runTests hands on our whole environment; undefined takes a variable away.
  const unset = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]));
  const updates = setInterval(() => tally.update(), 100);
  try {
    const code = await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: bundled,
      extensionTestsPath: path.join(bundled, 'index.cjs'),
      extensionTestsEnv: { ...unset, ...desktopEnv(env) },
      launchArgs: [workspace, ...desktopArgs(profile)],
    });
    return `VS Code ended with code ${code}.`;
  } catch (error) {
    // A failed test makes VS Code end with code 1; what failed is in the report.
    return String(error);
  } finally {
    clearInterval(updates);
    removeTempDir(profile);
  }
}

async function runOnCodeServer(
  workspace: string,
  env: Readonly<Record<string, string>>,
  tally: Tally,
): Promise<string> {
  const editor = await Editor.start({ vsix: vsixPath, env });
  try {
    await editor.allowTestsInHost();
    const remote = (file: string): string => `vscode-remote://${new URL(editor.server.origin).host}${file}`;
    await editor.openWindow({
      folder: workspace,
      payload: [
        ['extensionDevelopmentPath', remote(bundled)],
        ['extensionTestsPath', remote(path.join(bundled, 'index.cjs'))],
      ],
    });
    const deadline = Date.now() + TIME_LIMIT;
    while (!tally.ended && Date.now() < deadline) {
      await delay(100);
      tally.update();
    }
    return tally.ended
      ? 'The extension host is done.'
      : `Not done after ${TIME_LIMIT / 1000} s.\n${editor.server.output}`;
  } finally {
    await editor.close();
  }
}
