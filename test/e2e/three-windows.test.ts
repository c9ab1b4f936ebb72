import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { Editor } from '../harness/editor.ts';
import { extensionId, makeTempDir, root, vsixPath } from '../harness/paths.ts';
import { cleanEnv, runOrThrow } from '../harness/process.ts';
import type { EditorWindow } from '../harness/window.ts';
import { openTree, pageOf, say as sayIn, sees as seesIn } from './support/room.ts';

/** Milliseconds in which the window of a killed extension host shows its chat again. */
const A_IS_BACK = 10_000;
const UNREAD = /general, room, 1 unread message/;

/** Not the view in the side bar, which shows the same room. */
const panel = { place: 'panel' } as const;

const chatOf = (window: EditorWindow): Promise<Frame> => pageOf(window, panel);
const say = (window: EditorWindow, text: string): Promise<void> => sayIn(window, text, panel);
const sees = (window: EditorWindow, text: string, timeout?: number): Promise<void> =>
  seesIn(window, text, timeout === undefined ? panel : { ...panel, timeout });

/** A step takes its time on a busy machine; what has a limit says so itself. */
describe('three windows, one chat', function () {
  this.timeout(300_000);
  let editor: Editor;
  let a: EditorWindow;
  let b: EditorWindow;
  let c: EditorWindow;

  const open = async (folder: string): Promise<EditorWindow> => {
    const window = await editor.openWindow({ folder, width: 1200, height: 800 });
    await openTree(window);
    await window.treeRow('general').first().click();
    await chatOf(window);
    return window;
  };

  const cli = async (...args: string[]): Promise<string> => {
    const directory = editor.server.globalStorage(extensionId());
    const bundle = path.join(root, 'dist', 'local-chat.cjs');
    return runOrThrow(process.execPath, [bundle, ...args, '--data-dir', directory], { env: cleanEnv({}) });
  };

  before(async () => {
    const base = makeTempDir();
    const folders = ['api', 'web', 'docs'].map((name) => path.join(base, name));
    for (const folder of folders) mkdirSync(folder);
    editor = await Editor.start({ vsix: vsixPath });
    a = await open(folders[0] ?? base);
    b = await open(folders[1] ?? base);
    c = await open(folders[2] ?? base);
    // A speaks as another profile than B and C, which share one and go on to.
    await a.command('Local Chat: New Profile…');
    await a.answer('Ada');
    await a.treeRow('Ada · this window').waitFor();
    for (const window of [b, c]) {
      await window.command('Local Chat: Choose Profile…');
      await window.pick('root');
    }
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await editor.keepPictures(this.currentTest.title);
  });
  after(() => editor.close());

  it('shows in B what A writes, unread in the trees of B and C until B looks at it, then in none', async () => {
    const unread = (window: EditorWindow) => window.page.getByRole('treeitem', { name: UNREAD });
    await a.focus();
    await say(a, 'hello from api');
    for (const window of [a, b, c]) await sees(window, 'hello from api');
    await unread(b).waitFor();
    await unread(c).waitFor();
    await b.focus();
    await unread(b).waitFor({ state: 'detached' });
    await unread(c).waitFor({ state: 'detached' });
    assert.equal(await unread(a).count(), 0);
  });

  it('goes on when the extension host that holds the hub is killed', async () => {
    await sees(c, 'hello from api');
    const holder = JSON.parse(await cli('status', '--json')) as { pid: number };
    assert.equal(holder.pid, await a.extensionHostPid(), 'A opened first and holds the hub');
    await chatOf(b);

    await b.focus();
    const killed = Date.now();
    await a.killExtensionHost();
    await say(b, 'still here');
    await sees(c, 'still here', 5_000);
    const took = Date.now() - killed;
    console.info(`      B → C after ${took} ms`);
    assert.ok(took <= 2_000, `B → C took ${took} ms`);
    // Without a click: A is in the background and nobody touches it.
    await sees(a, 'still here', A_IS_BACK - took);
    console.info(`      A shows it after ${Date.now() - killed} ms`);
    await say(c, 'and back');
    for (const window of [a, b, c]) await sees(window, 'and back');
  });

  it('shows everything after a reload', async () => {
    for (const window of [a, b, c]) {
      await window.reload();
      for (const text of ['hello from api', 'still here', 'and back']) await sees(window, text);
    }
    const lines = (await cli('read', 'general', '--json')).trim().split('\n');
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { content: string }).content),
      ['hello from api', 'still here', 'and back'],
    );
  });
});
