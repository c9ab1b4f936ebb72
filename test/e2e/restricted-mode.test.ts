import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { Editor } from '../harness/editor.ts';
import { makeTempDir, sampleFolders, vsixPath } from '../harness/paths.ts';
import { openTree, pageOf, say, sees } from './support/room.ts';

const panel = { place: 'panel' } as const;

describe('a folder nobody has trusted yet', () => {
  let editor: Editor | undefined;

  before(async () => {
    editor = await Editor.start({ vsix: vsixPath, workspaceTrust: true });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await editor?.keepPictures(this.currentTest.title);
  });

  after(() => editor?.close());

  it('has the chat', async () => {
    assert.ok(editor);
    const folder = path.join(makeTempDir(), 'lighthouse');
    cpSync(sampleFolders[0], folder, { recursive: true });
    const window = await editor.openWindow({ folder });
    await window.page.locator('#status\\.workspaceTrust').filter({ hasText: 'Restricted Mode' }).waitFor();
    await openTree(window);
    await window.treeRow('general').click();
    const chat = await pageOf(window, panel);
    // The panel takes the keyboard when it is there; what is typed before that goes where the keyboard was.
    await chat.locator('textarea:focus').waitFor();
    await say(window, 'from a folder without trust', panel);
    await sees(window, 'from a folder without trust', panel);
    assert.deepEqual(window.errors, []);
  });
});
