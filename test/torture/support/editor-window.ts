import type { Locator } from 'playwright-core';
import { limits } from '../../../src/model/limits.ts';
import { checkRoomName } from '../../../src/model/names.ts';
import { Editor } from '../../harness/editor.ts';
import { extensionId, vsixPath } from '../../harness/paths.ts';
import type { EditorWindow } from '../../harness/window.ts';
import { Chat } from '../../integration/support/chat.ts';

/** Stands before most others: a list draws the rows on screen only. */
const BAIT_ROOM = '0-bait';
/** Rows whose tooltips are looked at. */
const HOVERED = 6;
/** What a notification, a box and their readers would make something of. */
const BAIT = '$(trash) [x](command:workbench.action.quit) [y](https://evil.example)';

export interface WindowTotals {
  rooms: number;
  /** Places of the window that were looked at. */
  places: number;
  readonly violations: string[];
}

/** A window of the real editor, in a chat whose rooms have these topics, and as much of them in their names as is allowed. */
export async function showInWindow(payloads: readonly string[]): Promise<WindowTotals> {
  const totals: WindowTotals = { rooms: 0, places: 0, violations: [] };
  const editor = await Editor.start({ vsix: vsixPath });
  try {
    const window = await editor.openWindow();
    await window.openViewContainer('Local Chat');
    await window.treeRow('this window').waitFor();
    const chat = new Chat({ dir: editor.server.globalStorage(extensionId()) });
    try {
      for (const payload of payloads) totals.rooms += await makeRoom(chat, payload);
      await chat.ok(['room', 'create', BAIT_ROOM, '--topic', BAIT]);
    } finally {
      await chat.close();
    }
    await look(window, totals);
    await editor.settings({ 'localChat.dataDirectory': `/dev/null/${BAIT}` });
    // The window has said it when it began; that may be gone by now, and this says it again.
    await window.command('Local Chat: Open Room…');
    const notice = window.page.locator('.notification-list-item-message').filter({ hasText: '/dev/null' });
    await check('a notification', notice.first(), 0, totals);
  } catch (error) {
    await editor.keepPictures('hostile text');
    throw error;
  } finally {
    await editor.close();
  }
  return totals;
}

async function makeRoom(chat: Chat, payload: string): Promise<number> {
  const check = checkRoomName(payload);
  const name = check.ok ? check.name : check.suggestion;
  const topic = [...payload.replaceAll('\0', '').trim()].slice(0, limits.topicLength).join('');
  if (name === null || topic === '' || topic.startsWith('-')) return 0;
  return (await chat.run(['room', 'create', name, '--topic', topic])).code === 0 ? 1 : 0;
}

async function look(window: EditorWindow, totals: WindowTotals): Promise<void> {
  const rows = window.page.locator('.part.sidebar .monaco-list-row[role="treeitem"]');
  await window.treeRow(BAIT_ROOM).waitFor();
  const count = await rows.count();
  for (let index = 0; index < count; index += 1)
    await check('the tree', rows.nth(index).locator('.monaco-icon-label-container'), 0, totals);
  for (let index = 0; index < Math.min(count, HOVERED); index += 1) {
    await rows.nth(index).hover();
    await check('a tooltip', window.page.locator('.workbench-hover:visible').first(), 0, totals);
    await window.page.mouse.move(700, 400);
    await window.page.locator('.workbench-hover:visible').first().waitFor({ state: 'hidden' });
  }

  const open = window.command('Local Chat: Open Room…');
  const list = window.page.locator('.quick-input-list .monaco-list-row');
  await list.filter({ hasText: BAIT_ROOM }).first().waitFor();
  for (const row of await list.all()) await check('a pick list', row, 1, totals);
  await open;
  await window.page.keyboard.press('Escape');

  await window.command('Local Chat: New Room…');
  await window.quickInput().fill(BAIT);
  await check('an input box', window.page.locator('.quick-input-widget .quick-input-message'), 0, totals);
  await window.page.keyboard.press('Escape');
}

/** What is on screen there has no links, and of signs those that are ours. */
async function check(place: string, element: Locator, own: number, totals: WindowTotals): Promise<void> {
  await element.waitFor();
  const { signs, links, text } = await element.evaluate((shown) => ({
    signs: shown.querySelectorAll(
      '.label-name .codicon, .label-description .codicon, p .codicon, :scope > .codicon',
    ).length,
    links: shown.querySelectorAll('a[href], a[data-href], [role="link"]').length,
    text: shown.textContent,
  }));
  totals.places += 1;
  if (signs !== own || links > 0)
    totals.violations.push(`${place} shows ${signs} signs and ${links} links: ${JSON.stringify(text)}`);
}
