import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { quarantineFolderName, QUARANTINE, type Salvage, SALVAGE_REPORT } from '../../src/model/salvage.ts';
import { Editor } from '../harness/editor.ts';
import { extensionId, makeTempDir, vsixPath } from '../harness/paths.ts';
import type { EditorWindow } from '../harness/window.ts';
import { openTree, tab } from './support/room.ts';

/** What a hub leaves that has found its store damaged. */
function plantReport(directory: string, over: Partial<Salvage>): void {
  const salvage: Salvage = {
    version: 1,
    timestamp: new Date().toISOString(),
    epoch: 1,
    outcome: 'salvaged',
    files: [{ name: '000000000001.log', bytes: 900, at: 70, detail: 'damaged line' }],
    lost: [[3, 5]],
    ...over,
  };
  const folder = path.join(directory, QUARANTINE, quarantineFolderName(salvage.epoch, salvage.timestamp));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(folder, SALVAGE_REPORT), JSON.stringify(salvage), { mode: 0o600 });
}

describe('a store that was found damaged', function () {
  this.timeout(180_000);
  let editor: Editor;
  let window: EditorWindow;
  let directory: string;

  const folder = (name: string): string => {
    const made = path.join(makeTempDir(), name);
    mkdirSync(made);
    return made;
  };
  const toast = (of: EditorWindow) =>
    of.page.locator('.notification-toast', { hasText: 'Local Chat found its store damaged' });

  before(async () => {
    editor = await Editor.start({ vsix: vsixPath });
    window = await editor.openWindow({ folder: folder('harbour') });
    await openTree(window);
    directory = editor.server.globalStorage(extensionId());
  });
  after(() => editor?.close());

  it('is told of in one window, once, with what is missing and what is safe', async () => {
    plantReport(directory, {});
    const second = await editor.openWindow({ folder: folder('lighthouse') });
    await toast(second).getByText('3 entries, between the numbers 3 and 5, could not be read').waitFor();
    await toast(second).getByText('Everything else is there').waitFor();
    await toast(second).getByRole('button', { name: 'Show Details' }).click();
    await tab(second, /^Local Chat Status/).waitFor();
    await second.page
      .locator('.part.editor .view-lines')
      .getByText('3 of the numbers missing')
      .first()
      .waitFor();
    assert.equal(await toast(window).count(), 0, 'the other window stays quiet');

    await window.reload();
    await openTree(window);
    // Longer than a window that is not looked at waits for the others.
    await window.page.waitForTimeout(5_000);
    assert.equal(await toast(window).count(), 0, 'nor does a later one repeat it');
  });

  it('has a report to copy', async () => {
    await window.command('Local Chat: Show Status');
    await tab(window, /^Local Chat Status/).waitFor();
    await window.page.locator('.part.editor .view-lines').getByText('As of').waitFor();
    await window.page.locator('.part.editor').getByRole('button', { name: 'Copy Status' }).first().click();
    await window.page.getByText('The status was copied.').first().waitFor();
  });
});
