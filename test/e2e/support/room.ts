import type { Frame, Locator } from 'playwright-core';
import type { EditorWindow } from '../../harness/window.ts';

/** The list of a room's page as screen readers know it; `label` is `#general` or `@Ada`. */
const listOf = (label: string): string => `Messages in ${label}`;

/** The page of a room, in the editor area or in the side bar. */
export const pageOf = (window: EditorWindow, label = '#general', timeout?: number): Promise<Frame> =>
  window.webview(`[aria-label="${listOf(label)}"]`, timeout);

/** Writes and sends, without waiting for what becomes of it. */
export async function say(window: EditorWindow, text: string, label = '#general'): Promise<void> {
  const page = await pageOf(window, label);
  await page.getByLabel(`Message ${label}`).fill(text);
  await page.getByLabel('Send', { exact: true }).click();
}

/** Whichever page shows it: a killed extension host, like a reload, brings another one. */
export async function sees(
  window: EditorWindow,
  text: string,
  label = '#general',
  timeout?: number,
): Promise<void> {
  await window.webviewWhere(
    async (frame) => (await frame.getByLabel(listOf(label)).getByText(text, { exact: true }).count()) > 0,
    timeout,
    text,
  );
}

/** The tab of a room, or of whatever the editor area holds. */
export const tab = (window: EditorWindow, label: string | RegExp): Locator =>
  window.page.locator('.part.editor').getByRole('tab', { name: label, exact: true });

/** Opens the container and waits for the last row of the first state: before, the tree is still being drawn and a click may miss. */
export async function openTree(window: EditorWindow): Promise<void> {
  await window.openViewContainer('Local Chat');
  await window.treeRow('this window').waitFor();
}
