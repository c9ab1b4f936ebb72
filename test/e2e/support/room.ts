import type { Frame, Locator } from 'playwright-core';
import type { EditorWindow } from '../../harness/window.ts';

/** Which page of a room is meant, and how long it may take. */
export interface Which {
  /** `#general` or `@Ada`; the first one without it. */
  readonly label?: string;
  /** In the editor area or in the side bar; else wherever it is. */
  readonly place?: 'panel' | 'view';
  /** Milliseconds. */
  readonly timeout?: number;
}

/** The list of a room's page as screen readers know it. */
const listOf = ({ label = '#general', place }: Which): string =>
  `${place === undefined ? '' : `lc-page[place="${place}"] `}[aria-label="Messages in ${label}"]`;

export const pageOf = (window: EditorWindow, which: Which = {}): Promise<Frame> =>
  window.webview(listOf(which), which.timeout);

/** Writes and sends, without waiting for what becomes of it. */
export async function say(window: EditorWindow, text: string, which: Which = {}): Promise<void> {
  const page = await pageOf(window, which);
  await page.getByLabel(`Message ${which.label ?? '#general'}`).fill(text);
  await page.getByLabel('Send', { exact: true }).click();
}

/** Whichever page shows it: a killed extension host, like a reload, brings another one. */
export async function sees(window: EditorWindow, text: string, which: Which = {}): Promise<void> {
  await window.webviewWhere(
    async (frame) => (await frame.locator(listOf(which)).getByText(text, { exact: true }).count()) > 0,
    which.timeout,
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
