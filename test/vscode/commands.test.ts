import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { type CommandName, commandIds } from '../../src/extension/ids.ts';
import { installed } from './support/installed.ts';
import { type Line, Terminal } from './support/terminal.ts';
import { until } from './support/until.ts';

/** Milliseconds after which a command that has not settled is taken to wait for the person. */
const ASKS = 500;

const call = (name: CommandName, argument?: unknown): Thenable<unknown> =>
  vscode.commands.executeCommand(commandIds[name], argument);

/** Titles of the rooms that have a tab, sorted. */
function rooms(): string[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('localChat.room'),
    )
    .map(({ label }) => label)
    .sort();
}

const front = (): string | undefined => vscode.window.tabGroups.activeTabGroup.activeTab?.label;

const closeAll = (): Thenable<unknown> => vscode.commands.executeCommand('workbench.action.closeAllEditors');

/**
 * Calls a command that asks, and answers for the person.
 *
 * @param answer what moves and accepts, or closes, the list or box that is open
 */
async function whileItAsks(name: CommandName, argument: unknown, ...answer: string[]): Promise<void> {
  let settled = false;
  const done = Promise.resolve(call(name, argument)).finally(() => (settled = true));
  await delay(ASKS);
  assert.equal(settled, false, `${name} did not ask`);
  for (const step of answer) await vscode.commands.executeCommand(step);
  await done;
}

const ACCEPT = 'workbench.action.acceptSelectedQuickOpenItem';
const NEXT = 'workbench.action.quickOpenSelectNext';
const PREVIOUS = 'workbench.action.quickOpenSelectPrevious';
const GO_AWAY = 'workbench.action.closeQuickOpen';

/** Typing into a box is beyond the host: test/e2e/palette.test.ts answers these as a person does. */
describe('each command', () => {
  let terminal: Terminal;
  let me: string;

  before(async () => {
    await installed().activate();
    terminal = await Terminal.open();
    const profiles = await terminal.run('profile', 'list');
    me = String(profiles.find(({ current }) => current)?.['name']);
  });

  beforeEach(closeAll);
  after(closeAll);

  /** Makes a room, and resolves once this window knows it and all that was stored before it. */
  async function roomOf(name: string): Promise<{ roomId: string }> {
    const { id } = await terminal.one('room', 'create', name);
    const roomId = String(id);
    await until(`the window knows ${name}`, async () => {
      await vscode.env.clipboard.writeText('');
      await call('copyRoomName', { roomId });
      return (await vscode.env.clipboard.readText()) === name;
    });
    return { roomId };
  }

  const roomLine = async (name: string): Promise<Line | undefined> =>
    (await terminal.run('rooms', '--as', me)).find(({ room }) => room === name);

  /** Who this window speaks as. */
  const speaker = async (): Promise<unknown> =>
    (await terminal.run('who')).find(({ pid, surface }) => pid === process.pid && surface === 'window')?.[
      'profile'
    ];

  const tests = {
    async openChatPanel() {
      await call('openChatPanel');
      await until('a tab', () => rooms().length > 0);
      assert.deepEqual(rooms(), ['#general']);
      await vscode.commands.executeCommand('workbench.action.files.newUntitledFile');
      await until('another tab in front', () => front() !== '#general');
      await call('openChatPanel');
      await until('the room in front again', () => front() === '#general');
      assert.deepEqual(rooms(), ['#general']);
    },

    async openRoom() {
      const pier = await roomOf('pier');
      const quay = await roomOf('quay');
      await call('openRoom', pier);
      // As the tree calls it.
      await call('openRoom', { type: 'room', room: { id: quay.roomId } });
      await until('both', () => rooms().length === 2);
      await call('openRoom', pier);
      await until('the first in front', () => front() === '#pier');
      assert.deepEqual(rooms(), ['#pier', '#quay']);
      await closeAll();
      // Without a room it asks; general comes before the others.
      await whileItAsks('openRoom', undefined, ACCEPT);
      await until('the first of the list', () => rooms().length > 0);
      assert.deepEqual(rooms(), ['#general']);
    },

    async newRoom() {
      const before = await terminal.run('rooms');
      await whileItAsks('newRoom', undefined, GO_AWAY);
      assert.deepEqual(await terminal.run('rooms'), before);
      assert.deepEqual(rooms(), []);
    },

    async newDirectMessage() {
      await terminal.run('profile', 'create', 'Grace');
      await roomOf('belvedere');
      await whileItAsks('newDirectMessage', undefined, ACCEPT);
      await until('a tab', () => rooms().length > 0);
      assert.deepEqual(rooms(), ['@Grace']);
    },

    async renameRoom() {
      const room = await roomOf('ropewalk');
      // The box holds the name so far.
      await whileItAsks('renameRoom', room, ACCEPT);
      await whileItAsks('renameRoom', room, GO_AWAY);
      await whileItAsks('renameRoom', undefined, GO_AWAY);
      assert.ok(await roomLine('ropewalk'));
    },

    async setRoomTopic() {
      const room = await roomOf('sluice');
      await terminal.run('room', 'topic', 'sluice', 'Repairs');
      await whileItAsks('setRoomTopic', room, GO_AWAY);
      await whileItAsks('setRoomTopic', undefined, GO_AWAY);
      assert.equal((await roomLine('sluice'))?.['topic'], 'Repairs');
    },

    async archiveRoom() {
      const room = await roomOf('dock');
      await whileItAsks('archiveRoom', undefined, GO_AWAY);
      assert.equal((await roomLine('dock'))?.['archived'], false);
      await call('archiveRoom', room);
      assert.equal((await roomLine('dock'))?.['archived'], true);
    },

    async restoreRoom() {
      const room = await roomOf('slipway');
      await terminal.run('room', 'archive', 'slipway');
      await whileItAsks('restoreRoom', undefined, GO_AWAY);
      assert.equal((await roomLine('slipway'))?.['archived'], true);
      await call('restoreRoom', room);
      assert.equal((await roomLine('slipway'))?.['archived'], false);
    },

    async chooseProfile() {
      // The list is by name, and its marked row is the profile in use.
      const next = `${me}2`;
      await terminal.run('profile', 'create', next);
      await roomOf('gangway');
      await whileItAsks('chooseProfile', undefined, GO_AWAY);
      assert.equal(await speaker(), me);
      await whileItAsks('chooseProfile', undefined, NEXT, ACCEPT);
      assert.equal(await speaker(), next);
      await whileItAsks('chooseProfile', undefined, PREVIOUS, ACCEPT);
      assert.equal(await speaker(), me);
    },

    async newProfile() {
      const before = await terminal.run('profile', 'list');
      await whileItAsks('newProfile', undefined, GO_AWAY);
      assert.deepEqual(await terminal.run('profile', 'list'), before);
    },

    async whoIsHere() {
      await whileItAsks('whoIsHere', undefined, ACCEPT);
      // The first row is this window, and nobody writes to oneself.
      assert.deepEqual(rooms(), []);
    },

    async markAllAsRead() {
      await terminal.run('profile', 'create', 'Edith');
      const names = ['mole', 'weir'];
      for (const name of names) {
        await terminal.run('room', 'create', name);
        await terminal.run('send', name, 'unread', '--as', 'Edith');
      }
      const unread = (): Promise<unknown[]> =>
        Promise.all(names.map(async (name) => (await roomLine(name))?.['unread']));
      assert.deepEqual(await unread(), [1, 1]);
      await roomOf('pontoon');
      await call('markAllAsRead');
      assert.deepEqual(await unread(), [0, 0]);
    },

    async showLog() {
      const isLog = ({ uri }: vscode.TextDocument): boolean =>
        uri.scheme === 'output' && uri.path.includes('local-chat.local-chat');
      await call('showLog');
      await until('the log on screen', () =>
        vscode.window.visibleTextEditors.some(({ document }) => isLog(document)),
      );
      await vscode.commands.executeCommand('workbench.action.closePanel');
    },

    async showStatus() {
      const report = (): string => vscode.window.activeTextEditor?.document.getText() ?? '';
      const messages = (): number => Number(/^messages:\s+(\d+)$/m.exec(report())?.[1]);
      await call('showStatus');
      assert.equal(vscode.window.activeTextEditor?.document.uri.scheme, 'local-chat-status');
      const before = await until('a report', () => Number.isFinite(messages()) && { messages: messages() });
      await terminal.run('send', 'general', 'one more');
      await call('showStatus');
      await until('the report of now', () => messages() > before.messages);
      assert.match(report(), /^connection:\s+ready$/m);
      assert.match(report(), new RegExp(`^process:\\s+${process.pid}$`, 'm'));
      // The hub, and what the doctor sees.
      assert.match(report(), /^epoch:\s+\d+$/m);
      assert.match(report(), /^base:\s+\d{12}\.base /m);
      assert.doesNotMatch(report(), /PROBLEM/);
      assert.doesNotMatch(report(), /general|lighthouse/, 'names of rooms and folders stay out of it');
    },

    async copyStatus() {
      await vscode.env.clipboard.writeText('something else');
      await call('copyStatus');
      assert.match(await vscode.env.clipboard.readText(), /^Local Chat Status\n[^]*^connection:\s+ready$/m);
      // With a report on screen it is that one which is copied.
      await call('showStatus');
      const shown = await until('a report', () => vscode.window.activeTextEditor?.document.getText() || null);
      await call('copyStatus');
      assert.equal(await vscode.env.clipboard.readText(), shown);
    },

    async openInSideBar() {
      const room = await roomOf('causeway');
      await call('openInSideBar', room);
      // What the view shows is what Open in Editor opens.
      await call('openInEditor');
      await until('a tab', () => rooms().length > 0);
      assert.deepEqual(rooms(), ['#causeway']);
    },

    async openInEditor() {
      const room = await roomOf('jetty');
      await call('openInEditor', room);
      await until('a tab', () => rooms().length > 0);
      assert.deepEqual(rooms(), ['#jetty']);
    },

    async copyRoomName() {
      const room = await roomOf('wharf');
      await vscode.env.clipboard.writeText('something else');
      await call('copyRoomName', room);
      assert.equal(await vscode.env.clipboard.readText(), 'wharf');
    },
  } satisfies Record<CommandName, () => Promise<void>>;

  for (const [name, test] of Object.entries(tests)) it(name, test);
});
