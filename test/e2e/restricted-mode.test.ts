import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { Editor } from '../harness/editor.ts';
import { makeTempDir, sampleFolders, vsixPath } from '../harness/paths.ts';

describe('a folder nobody has trusted yet', () => {
  let editor: Editor | undefined;

  before(async () => {
    editor = await Editor.start({ vsix: vsixPath, workspaceTrust: true });
  });

  after(() => editor?.close());

  it('has the chat', async () => {
    assert.ok(editor);
    const folder = path.join(makeTempDir(), 'lighthouse');
    cpSync(sampleFolders[0], folder, { recursive: true });
    const window = await editor.openWindow({ folder });
    await window.page.locator('#status\\.workspaceTrust').filter({ hasText: 'Restricted Mode' }).waitFor();
    await window.openViewContainer('Local Chat');
    await window.treeRow('general').click();
    const chat = await window.webview('[aria-label="Messages in #general"]');
    await chat.getByLabel('Message #general').fill('from a folder without trust');
    await chat.getByLabel('Send', { exact: true }).click();
    await chat.getByLabel('Messages in #general').getByText('from a folder without trust').waitFor();
    assert.deepEqual(window.errors, []);
  });
});
