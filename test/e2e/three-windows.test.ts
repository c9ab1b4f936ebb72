import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { Editor } from '../harness/editor.ts';
import { extensionId, makeTempDir, root, vsixPath } from '../harness/paths.ts';
import { cleanEnv, runOrThrow } from '../harness/process.ts';
import type { EditorWindow } from '../harness/window.ts';

const chatOf = (window: EditorWindow, timeout?: number): Promise<Frame> =>
  window.webview('[aria-label="Messages in #general"]', timeout);

async function say(window: EditorWindow, text: string): Promise<void> {
  const chat = await chatOf(window);
  await chat.getByLabel('Message #general').fill(text);
  await chat.getByLabel('Send', { exact: true }).click();
}

/** Whichever frame shows it: a killed extension host, like a reload, brings another one. */
async function sees(window: EditorWindow, text: string, timeout = 20_000): Promise<void> {
  await window.webviewWhere(
    async (frame) =>
      (await frame.getByLabel('Messages in #general').getByText(text, { exact: true }).count()) > 0,
    timeout,
    text,
  );
}

/** A step takes its time on a busy machine; what has a limit says so itself. */
describe('three windows, one chat', function () {
  this.timeout(180_000);
  let editor: Editor;
  let a: EditorWindow;
  let b: EditorWindow;
  let c: EditorWindow;

  const open = async (folder: string): Promise<EditorWindow> => {
    const window = await editor.openWindow({ folder, width: 1200, height: 800 });
    await window.openViewContainer('Local Chat');
    // The last row of the first state: until then the tree is still being drawn, and a click may hit a row that goes.
    await window.treeRow('this window').waitFor();
    await window.treeRow('general').first().click();
    await chatOf(window, 60_000);
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
  });

  after(() => editor.close());

  it('shows in all what one writes', async () => {
    await a.focus();
    await say(a, 'hello from api');
    for (const window of [a, b, c]) await sees(window, 'hello from api');
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
    await say(c, 'and back');
    await sees(b, 'and back');
  });

  it('shows everything after a reload', async () => {
    for (const window of [b, c]) {
      await window.reload();
      for (const text of ['hello from api', 'still here', 'and back']) await sees(window, text, 30_000);
    }
    const lines = (await cli('read', 'general', '--json')).trim().split('\n');
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { content: string }).content),
      ['hello from api', 'still here', 'and back'],
    );
  });
});
