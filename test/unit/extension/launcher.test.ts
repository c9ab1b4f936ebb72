import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type LauncherOptions, launchers } from '../../../src/extension/terminal/launcher.ts';
import { writeLauncher } from '../../../src/extension/terminal/write-launcher.ts';
import { makeTempDir, removeTempDir } from '../../harness/paths.ts';
import { cleanEnv, runOrThrow } from '../../harness/process.ts';

describe('the launcher of the integrated terminal', () => {
  let base: string;

  beforeEach(() => {
    base = makeTempDir();
  });

  afterEach(() => removeTempDir(base));

  /** Prints what reaches the program, in folders whose names a shell would trip over. */
  function options(): LauncherOptions {
    const folder = path.join(base, `it's a "$HOME" \`folder\``);
    mkdirSync(folder);
    const script = path.join(folder, 'program.cjs');
    writeFileSync(
      script,
      `console.log(JSON.stringify([process.env.LOCAL_CHAT_DIR, process.env.ELECTRON_RUN_AS_NODE, ...process.argv.slice(2)]))`,
    );
    return { runtime: process.execPath, script, directory: path.join(folder, 'data') };
  }

  async function run(given: LauncherOptions, env: Readonly<Record<string, string>>): Promise<unknown> {
    const [launcher] = launchers(given, 'linux');
    assert.ok(launcher);
    await writeLauncher(path.join(base, 'bin'), launcher);
    const program = path.join(base, 'bin', launcher.fileName);
    return JSON.parse(
      await runOrThrow(program, ['send', 'general', `it's; $(x) "y"`], { env: cleanEnv(env) }),
    );
  }

  it('hands on words as they are and names the directory', async () => {
    const given = options();
    const words = ['send', 'general', `it's; $(x) "y"`];
    assert.deepEqual(await run(given, {}), [given.directory, '1', ...words]);
  });

  it('leaves a directory that the person has chosen', async () => {
    assert.deepEqual(((await run(options(), { LOCAL_CHAT_DIR: '/elsewhere' })) as string[])[0], '/elsewhere');
  });

  it('can be run by its owner and is written only when it differs', async () => {
    const [launcher] = launchers(options(), 'linux');
    assert.ok(launcher);
    const folder = path.join(base, 'bin');
    const file = path.join(folder, launcher.fileName);
    await writeLauncher(folder, launcher);
    const first = statSync(file);
    assert.equal(first.mode & 0o777, 0o755);
    await writeLauncher(folder, launcher);
    assert.equal(statSync(file).ino, first.ino);
    await writeLauncher(folder, { ...launcher, content: '#!/bin/sh\n' });
    assert.equal(readFileSync(file, 'utf8'), '#!/bin/sh\n');
    assert.notEqual(statSync(file).ino, first.ino);
  });

  it('has a second form on Windows, which doubles percent signs', () => {
    const files = launchers({ runtime: 'C:\\a.exe', script: 'C:\\100%\\b.cjs', directory: 'C:\\d' }, 'win32');
    assert.deepEqual(
      files.map(({ fileName }) => fileName),
      ['local-chat', 'local-chat.cmd'],
    );
    assert.match(files[1]?.content ?? '', /"C:\\a\.exe" "C:\\100%%\\b\.cjs" %\*\r\n$/);
  });
});
