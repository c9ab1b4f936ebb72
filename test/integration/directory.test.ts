import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { makeTempDir } from '../harness/paths.ts';
import { type RunResult, run as runProgram } from '../harness/process.ts';
import { Chat } from './support/chat.ts';

describe('the data directory', function () {
  this.timeout(60_000);
  let chat: Chat;
  beforeEach(() => {
    chat = new Chat();
  });
  afterEach(() => chat.close());

  const refusal = async (dir: string): Promise<unknown[]> => {
    const { code, errorCode, stdout, stderr } = await chat.run(['rooms', '--data-dir', dir]);
    assert.equal(stdout, '');
    assert.equal(stderr.split('\n').length, 2, stderr);
    return [code, errorCode];
  };

  it('is made, closed to others, with files closed to others', async () => {
    const dir = path.join(chat.dir, 'new');
    await chat.ok(['send', 'general', 'x', '--data-dir', dir]);
    assert.equal(statSync(dir).mode & 0o777, 0o700);
    for (const name of readdirSync(dir)) {
      const { mode } = statSync(path.join(dir, name));
      assert.equal(mode & 0o077, 0, `${name} has mode ${(mode & 0o777).toString(8)}`);
    }
  });

  it('may be named by flag or by environment; the flag wins', async () => {
    const other = makeTempDir();
    await chat.ok(['send', 'general', 'here']);
    await chat.ok(['send', 'general', 'there', '--data-dir', other]);
    const read = async (words: string[]): Promise<unknown> =>
      (await chat.ok(['read', 'general', '--json', ...words])).json[0]?.['content'];
    assert.equal(await read([]), 'here');
    assert.equal(await read(['--data-dir', other]), 'there');
  });

  it('is refused when it is a link', async () => {
    const link = path.join(makeTempDir(), 'link');
    symlinkSync(chat.dir, link);
    assert.deepEqual(await refusal(link), [1, 'DIRECTORY_LINK']);
    assert.deepEqual(readdirSync(chat.dir), []);
  });

  it('is refused when it is open to others', async () => {
    for (const mode of [0o755, 0o770, 0o701, 0o777]) {
      chmodSync(chat.dir, mode);
      assert.deepEqual(await refusal(chat.dir), [1, 'DIRECTORY_OPEN']);
    }
    assert.deepEqual(readdirSync(chat.dir), []);
  });

  it('is refused when it belongs to somebody else', async function () {
    // Only root can give a directory away; elsewhere the root directory itself is somebody else's.
    const root = process.getuid?.() === 0;
    if (root) chownSync(chat.dir, 65_534, 65_534);
    assert.deepEqual(await refusal(root ? chat.dir : '/root'), [1, 'DIRECTORY_FOREIGN']);
    if (root) assert.deepEqual(readdirSync(chat.dir), []);
  });

  it('is refused when it is a file', async () => {
    const file = path.join(chat.dir, 'file');
    writeFileSync(file, 'text', { mode: 0o600 });
    assert.deepEqual(await refusal(file), [1, 'DIRECTORY_UNUSABLE']);
    assert.equal(readFileSync(file, 'utf8'), 'text');
  });

  it('has to be known from somewhere', async () => {
    const { code, errorCode, stderr } = await chat.run(['rooms'], { env: { LOCAL_CHAT_DIR: undefined } });
    assert.deepEqual([code, errorCode], [1, 'NO_STORE']);
    assert.match(stderr, /--data-dir/);
  });

  it('may have a path that is too long for a socket', async () => {
    const dir = path.join(chat.dir, 'x'.repeat(120), 'y'.repeat(120));
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    chmodSync(dir, 0o700);
    await chat.ok(['send', 'general', 'x', '--data-dir', dir]);
    assert.equal((await chat.ok(['read', 'general', '--data-dir', dir, '--json'])).lines.length, 1);
  });

  it('is left alone when another machine holds it, and free again as the sentence says', async () => {
    await chat.ok(['send', 'general', 'from there']);
    const claims = (): string[] =>
      readdirSync(chat.dir)
        .filter((file) => file.endsWith('.claim'))
        .sort();
    const file = path.join(chat.dir, claims().at(-1) ?? '');
    writeFileSync(
      file,
      JSON.stringify({
        ...(JSON.parse(readFileSync(file, 'utf8')) as object),
        check: undefined,
        hostId: 'x',
      }),
    );
    const before = readdirSync(chat.dir).sort();
    const { code, errorCode, stderr } = await chat.run(['send', 'general', 'from here']);
    assert.deepEqual([code, errorCode], [1, 'OTHER_HOST']);
    assert.ok(stderr.includes(`The chat in ${chat.dir} is held by another machine`), stderr);
    assert.match(stderr, /"local-chat doctor --adopt" makes it one of this machine/);
    assert.deepEqual(readdirSync(chat.dir).sort(), before);

    await chat.ok(['doctor', '--adopt']);
    await chat.ok(['send', 'general', 'from here']);
    assert.deepEqual(
      (await chat.ok(['read', 'general', '--json'])).json.map(({ content }) => content),
      ['from there', 'from here'],
    );
  });

  it('needs no working directory, if it is not named from there', async function () {
    // Elsewhere a directory in use cannot be removed, or /bin/sh is missing.
    if (process.platform === 'win32') this.skip();
    const from = (words: string[]): Promise<RunResult> => {
      const script = 'rmdir "$PWD" && exec "$@"';
      return runProgram('/bin/sh', ['-c', script, 'sh', process.execPath, chat.bundle, ...words], {
        cwd: makeTempDir(),
        env: chat.environment(),
      });
    };
    const sent = await from(['send', 'general', 'from nowhere', '--json']);
    assert.equal(sent.code, 0, sent.output);
    assert.equal((await chat.ok(['read', 'general', '--json'])).lines.length, 1);
    const refused = await from(['rooms', '--data-dir', 'here']);
    assert.equal(refused.code, 1);
    assert.match(refused.output, /^local-chat: .*working directory is gone\. \(DIRECTORY_UNUSABLE\)\n$/);
  });

  it('is left alone when a newer version wrote it', async () => {
    await chat.ok(['send', 'general', 'x']);
    const name =
      readdirSync(chat.dir)
        .filter((file) => file.endsWith('.claim'))
        .sort()
        .at(-1) ?? '';
    const file = path.join(chat.dir, name);
    const claim = JSON.parse(readFileSync(file, 'utf8')) as { format: number };
    writeFileSync(file, JSON.stringify({ ...claim, check: undefined, format: claim.format + 1 }));
    const before = readdirSync(chat.dir).sort();
    const { code, errorCode, stderr } = await chat.run(['send', 'general', 'y']);
    assert.deepEqual([code, errorCode], [1, 'FORMAT_NEWER']);
    assert.match(stderr, /update/);
    assert.deepEqual(readdirSync(chat.dir).sort(), before);
    assert.ok(existsSync(file));
  });
});
