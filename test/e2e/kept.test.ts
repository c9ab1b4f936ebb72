import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Frame } from 'playwright-core';
import { Editor } from '../harness/editor.ts';
import { extensionId, makeTempDir, vsixPath } from '../harness/paths.ts';
import type { EditorWindow } from '../harness/window.ts';
import { isAlive } from '../harness/process.ts';
import { Chat } from '../integration/support/chat.ts';
import { until } from '../integration/support/until.ts';
import { openTree, pageOf, say, sees } from './support/room.ts';

/** The hub is held by a terminal, so it can be put to sleep while the window lives. */
describe('what was written and not stored', function () {
  this.timeout(180_000);
  let editor: Editor;
  let window: EditorWindow;
  let chat: Chat;
  /** The process that holds the hub. */
  let holder: number;
  const asleep = new Set<number>();

  const sleep = (pid: number): void => {
    asleep.add(pid);
    process.kill(pid, 'SIGSTOP');
  };
  const wake = (pid: number): void => {
    if (asleep.delete(pid)) process.kill(pid, 'SIGCONT');
  };

  const composerIn = (page: Frame, label = '#general') => page.getByLabel(`Message ${label}`);

  /** Opens a room; after a reload that is once the window has found the hub, or taken it over. */
  const open = async (room: string): Promise<Frame> => {
    // The last row of the first state: until then the tree is still being drawn, and a click may hit a row that goes.
    await window.treeRow('this window').waitFor({ timeout: 60_000 });
    await window.treeRow(room).click();
    // Not the page in the side bar, which may show the same room.
    return pageOf(window, { label: `#${room}`, place: 'panel' });
  };

  /** Waits until this stands in the composer of the page, whichever that is by then. */
  const composerShows = (text: string, label = '#general'): Promise<Frame> =>
    window.webviewWhere(
      async (frame) => (await composerIn(frame, label).inputValue({ timeout: 500 })) === text,
      60_000,
      `“${text}” in the composer`,
    );

  const stored = async (): Promise<unknown[]> =>
    (await chat.ok(['read', 'general', '--json'])).json.map(({ content }) => content);

  /** Whether the data directory holds it beside the store. */
  const isKept = (text: string): boolean => holds(path.join(chat.dir, 'unsent'), '.json', text);

  /** Waits until the window has taken it over. */
  const taken = (text: string): Promise<true> => until(`“${text}” is kept`, () => isKept(text));

  /** Waits until the page, too, knows that it was taken over: before that, the next page would hand it over again. */
  const answered = async (page: Frame): Promise<void> => {
    while (
      await page.evaluate(() => Object.keys(localStorage).some((key) => key.startsWith('local-chat.sent.')))
    )
      await delay(20);
  };

  /** Waits until a window has looked after it: what was not stored is in the draft by then. */
  const lookedAfter = (text: string): Promise<true> =>
    until(`“${text}” is looked after`, () => !isKept(text), 30_000);

  /** Waits until the draft is in the store. */
  const draftStored = (text: string): Promise<true> =>
    until(`the draft “${text}” in the log`, () => holds(chat.dir, '.log', text));

  before(async () => {
    const folder = path.join(makeTempDir(), 'harbour');
    mkdirSync(folder);
    editor = await Editor.start({ vsix: vsixPath });
    chat = new Chat({ dir: editor.server.globalStorage(extensionId()) });
    mkdirSync(chat.dir, { recursive: true, mode: 0o700 });
    holder = chat.spawn(['tail']).process.pid ?? 0;
    await until('the terminal is the hub', () => chat.hub()?.pid === holder);
    window = await editor.openWindow({ folder });
    await openTree(window);
    await open('general');
  });

  after(async () => {
    for (const pid of asleep) wake(pid);
    await chat?.close();
    await editor?.close();
  });

  it('is stored or in the draft, never both, when the hub wakes during the reload', async () => {
    const page = await open('general');
    // Typed slowly: the draft is stored before the message is sent.
    await composerIn(page).fill('half asleep');
    await draftStored('half asleep');
    sleep(holder);
    await page.getByLabel('Send', { exact: true }).click();
    await taken('half asleep');
    await answered(page);
    const former = await window.extensionHostPid();
    const reloading = window.page.reload();
    // Only the hub can still read what the window had told it.
    await until('the former extension host has ended', () => !isAlive(former));
    wake(holder);
    await reloading;
    await window.ready();
    await open('general');
    await lookedAfter('half asleep');
    // What the room is told after the message tells that all before it has arrived.
    await chat.ok(['send', 'general', 'all awake']);
    await sees(window, 'all awake');
    const texts = [...(await stored()), await composerIn(await pageOf(window)).inputValue()];
    assert.deepEqual(texts.filter((text) => text === 'half asleep').length, 1, texts.join(' | '));
  });

  it('says why it failed, and can be sent again, edited again, and found again', async () => {
    await chat.ok(['room', 'create', 'ferry']);
    await open('ferry');
    const failed = async (text: string) => {
      const page = await pageOf(window, { label: '#ferry' });
      return page.getByRole('article').filter({ hasText: text });
    };
    /** The room is archived while this window hears of nothing. */
    const sendTooLate = async (text: string): Promise<void> => {
      await pageOf(window, { label: '#ferry' });
      const host = await window.extensionHostPid();
      sleep(host);
      await say(window, text, { label: '#ferry' });
      await chat.ok(['room', 'archive', 'ferry']);
      wake(host);
      await (await failed(text)).getByText('Not sent. This room is archived.').waitFor();
      await chat.ok(['room', 'restore', 'ferry']);
      await (await pageOf(window, { label: '#ferry' })).getByLabel('Message #ferry').waitFor();
    };
    const inFerry = async (): Promise<unknown[]> =>
      (await chat.ok(['read', 'ferry', '--json'])).json.map(({ content }) => content);

    await sendTooLate('send me again');
    assert.deepEqual(await inFerry(), []);
    await (await failed('send me again')).getByRole('button', { name: 'Retry' }).click();
    await (
      await failed('send me again')
    )
      .getByRole('button', { name: 'Retry' })
      .waitFor({ state: 'detached' });
    while ((await inFerry()).length === 0) await delay(50);
    assert.deepEqual(await inFerry(), ['send me again']);

    await sendTooLate('edit me again');
    await (await failed('edit me again')).getByRole('button', { name: 'Edit again' }).click();
    await (await failed('edit me again')).waitFor({ state: 'detached' });
    const composer = (await pageOf(window, { label: '#ferry' })).getByLabel('Message #ferry');
    assert.equal(await composer.inputValue(), 'edit me again');
    await composer.fill('');

    await sendTooLate('find me again');
    await taken('find me again');
    await window.page.reload();
    await window.ready();
    await open('ferry');
    await lookedAfter('find me again');
    await composerShows('find me again', '#ferry');
    assert.deepEqual(await inFerry(), ['send me again']);
    assert.equal(await (await failed('find me again')).count(), 0);
  });

  it('is in the draft again when the hub slept until after the reload', async () => {
    await open('general');
    const before = await stored();
    assert.equal(chat.hub()?.pid, holder);
    sleep(holder);
    await say(window, 'while the hub slept');
    await taken('while the hub slept');
    await answered(await pageOf(window));
    await window.page.reload();
    await window.ready();
    await open('general');
    const page = await composerShows('while the hub slept');
    wake(holder);
    // The one that woke is no hub any more: what it still finds in its connection must not count.
    const successor = await window.extensionHostPid();
    await until('the window is the hub', () => chat.hub()?.pid === successor);
    assert.deepEqual(await stored(), before);
    await composerIn(page).press('Enter');
    await sees(window, 'while the hub slept');
    await composerShows('');
    assert.deepEqual(await stored(), [...before, 'while the hub slept']);
    assert.deepEqual(window.errors, []);
  });
});

/** Whether a file of this folder has the text. A file may go while it is looked at. */
function holds(folder: string, ending: string, text: string): boolean {
  if (!existsSync(folder)) return false;
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .some((name) => {
      try {
        return readFileSync(path.join(folder, name), 'utf8').includes(text);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
        throw error;
      }
    });
}
