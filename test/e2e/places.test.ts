import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Editor } from '../harness/editor.ts';
import { extensionId, makeTempDir, vsixPath } from '../harness/paths.ts';
import type { EditorWindow } from '../harness/window.ts';
import { Chat } from '../integration/support/chat.ts';
import { openTree, pageOf, say, sees, tab } from './support/room.ts';

describe('a window', () => {
  let editor: Editor;
  let empty: EditorWindow;
  let several: EditorWindow;
  let chat: Chat;

  const open = async (folder?: string): Promise<EditorWindow> => {
    const window = await editor.openWindow(folder === undefined ? {} : { folder });
    await openTree(window);
    await window.treeRow('general').first().click();
    await pageOf(window);
    return window;
  };

  before(async () => {
    editor = await Editor.start({ vsix: vsixPath });
    chat = new Chat({ dir: editor.server.globalStorage(extensionId()) });
  });

  after(async () => {
    await chat?.close();
    await editor?.close();
  });

  it('without a folder has the chat', async () => {
    empty = await open();
    await empty.treeRow('Empty window').waitFor();
    await say(empty, 'from an empty window');
    await sees(empty, 'from an empty window');
  });

  it('with several folders has the same chat', async () => {
    const base = makeTempDir();
    for (const name of ['keeper', 'harbour']) mkdirSync(path.join(base, name));
    const workspace = path.join(base, 'coast.code-workspace');
    writeFileSync(workspace, JSON.stringify({ folders: [{ path: 'keeper' }, { path: 'harbour' }] }));
    several = await open(workspace);
    await several.treeRow(/^coast/).waitFor();
    await sees(several, 'from an empty window');
    await say(several, 'from several folders');
    for (const window of [empty, several]) await sees(window, 'from several folders');
  });

  it('opens a link to a message that was copied in another one', async () => {
    const page = await pageOf(empty);
    const message = page.getByRole('article').filter({ hasText: 'from several folders' });
    await empty.focus();
    await message.hover();
    await message.getByLabel('Copy link').click();
    await message.getByTitle('Copied').waitFor();
    const link = await empty.page.evaluate(() => navigator.clipboard.readText());
    assert.match(link, /^[\w-]+:\/\/local-chat\.local-chat\/room\/[\w-]+\/[\w-]+$/);

    await tab(several, '#general')
      .getByLabel(/^Close/)
      .click();
    await tab(several, '#general').waitFor({ state: 'detached' });
    await follow(several, link);
    await tab(several, '#general').waitFor();
    await sees(several, 'from several folders');
    // It takes the focus; what is opened before would be closed by that.
    await several.webviewWhere((frame) =>
      frame.evaluate(() => document.hasFocus() && document.querySelector('[place="panel"]') !== null),
    );
  });

  it('says of a link to nowhere that the room does not exist', async () => {
    await follow(several, 'code-oss://local-chat.local-chat/room/01890a5d-ac96-774b-bcce-b302099a8057');
    await several.page
      .locator('.notification-toast', {
        hasText: 'This room does not exist, or not for this profile. (NO_SUCH_ROOM)',
      })
      .waitFor();
    for (const { errors } of [empty, several]) assert.deepEqual(errors, []);
  });

  describe('whose data directory is open to others', () => {
    let window: EditorWindow;
    let directory: string;
    const sentence = (): string =>
      `The data directory ${directory} is open to other users; close it to all but yourself. (DIRECTORY_OPEN)`;

    before(async () => {
      directory = path.join(makeTempDir(), 'shared');
      mkdirSync(directory);
      chmodSync(directory, 0o777);
      await editor.server.writeMachineSettings({ 'localChat.dataDirectory': directory });
      const folder = path.join(makeTempDir(), 'island');
      mkdirSync(folder);
      window = await editor.openWindow({ folder });
    });

    it('says so in one sentence, and leads to the setting', async () => {
      const toasts = window.page.locator('.notification-toast');
      await toasts.getByText(sentence()).waitFor();
      assert.equal(await toasts.count(), 1);
      await window.openViewContainer('Local Chat');
      await window.page.locator('.part.sidebar .message', { hasText: sentence() }).waitFor();
      await toasts.getByRole('button', { name: 'Open Setting' }).click();
      const settings = window.page.locator('.settings-editor');
      await settings.getByText('Data Directory', { exact: true }).first().waitFor();
      assert.equal(await settings.locator('.setting-item-contents input').first().inputValue(), directory);
      await window.page.keyboard.press('Escape');
      await settings.waitFor({ state: 'hidden' });
    });

    it('has only those commands in its palette that explain themselves', async () => {
      await window.focus();
      await window.page.keyboard.press('F1');
      await window.quickInput().fill('>Local Chat:');
      await window.quickPickRow('Local Chat: Show Status').waitFor();
      const rows = window.page.locator('.quick-input-list .monaco-list-row .label-name');
      const names = (await rows.allInnerTexts()).filter((name) => /^Local Chat: (?!Focus on )/.test(name));
      await window.page.keyboard.press('Escape');
      await window.quickInput().waitFor({ state: 'hidden' });
      assert.deepEqual(names.sort(), [
        'Local Chat: Choose Profile…',
        'Local Chat: Copy Status',
        'Local Chat: New Direct Message…',
        'Local Chat: New Profile…',
        'Local Chat: New Room…',
        'Local Chat: Open Chat Panel',
        'Local Chat: Open Room…',
        'Local Chat: Show Log',
        'Local Chat: Show Status',
        'Local Chat: Who Is Here',
      ]);
    });

    for (const name of ['Open Chat Panel', 'New Room…', 'Choose Profile…']) {
      it(`says so again for ${name}`, async () => {
        await window.command('Notifications: Clear All Notifications');
        await window.command(`Local Chat: ${name}`);
        await window.page.locator('.notification-toast').getByText(sentence()).waitFor();
      });
    }

    it('has it in its report', async () => {
      await window.command('Local Chat: Show Status');
      const lines = window.page.locator('.part.editor .view-lines');
      await lines.getByText('unreachable').waitFor();
      await lines.getByText('no answer (DIRECTORY_OPEN)').waitFor();
    });

    it('leaves the directory as it is', () => {
      assert.equal(statSync(directory).mode & 0o777, 0o777);
      assert.deepEqual(readdirSync(directory), []);
      assert.deepEqual(window.errors, []);
    });

    it('has the chat once the directory is closed and the window is reloaded', async () => {
      chmodSync(directory, 0o700);
      await window.command('View: Close All Editors');
      await window.reload();
      await openTree(window);
      await window.treeRow('general').first().click();
      await say(window, 'behind closed doors');
      await sees(window, 'behind closed doors');
      assert.ok(new Chat({ dir: directory }).hub());
    });
  });
});

/** Opens a link as the operating system would hand it over, and allows it. */
async function follow(window: EditorWindow, link: string): Promise<void> {
  await window.command('Developer: Open URL');
  await window.answer(link);
  await window.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Open', exact: true }).click();
}
