import { register } from 'node:module';
import type { ChatWindow } from '../../../src/extension/chat-window.ts';
import { commandIds } from '../../../src/extension/ids.ts';
import type { Profile, Room, Session } from '../../../src/model/entities.ts';
import { ChatError, ERROR_CODES } from '../../../src/model/errors.ts';
import { limits } from '../../../src/model/limits.ts';
import { checkProfileName, checkRoomName, type NameCheck } from '../../../src/model/names.ts';
import { id, people, room } from '../../page/builders.ts';

/** Rooms in one state of the chat: as many as the tooltip of the status bar names. */
const TOGETHER = 5;

// The makers of labels import `vscode`, which is there in an extension host only.
const fake = new URL('vscode-fake.ts', import.meta.url).href;
register(
  `data:text/javascript,${encodeURIComponent(
    `export const resolve = (name, context, next) => name === 'vscode' ? { url: '${fake}', shortCircuit: true } : next(name, context);`,
  )}`,
);

async function loadMakers() {
  const [
    editor,
    tree,
    items,
    status,
    faults,
    open,
    facts,
    dm,
    rename,
    topic,
    archive,
    restore,
    who,
    profiles,
  ] = await Promise.all([
    import('./vscode-fake.ts'),
    import('../../../src/extension/rooms/tree-nodes.ts'),
    import('../../../src/extension/rooms/tree-items.ts'),
    import('../../../src/extension/status-bar.ts'),
    import('../../../src/extension/report-fault.ts'),
    import('../../../src/extension/commands/open-room.ts'),
    import('../../../src/extension/room-facts.ts'),
    import('../../../src/extension/commands/new-direct-message.ts'),
    import('../../../src/extension/commands/rename-room.ts'),
    import('../../../src/extension/commands/set-room-topic.ts'),
    import('../../../src/extension/commands/archive-room.ts'),
    import('../../../src/extension/commands/restore-room.ts'),
    import('../../../src/extension/commands/who-is-here.ts'),
    import('../../../src/extension/commands/choose-profile.ts'),
  ]);
  return {
    editor,
    tree,
    items,
    status,
    faults,
    titleOf: facts.titleOf,
    commands: {
      openRoom: open.registerOpenRoom,
      newDirectMessage: dm.registerNewDirectMessage,
      renameRoom: rename.registerRenameRoom,
      setRoomTopic: topic.registerSetRoomTopic,
      archiveRoom: archive.registerArchiveRoom,
      restoreRoom: restore.registerRestoreRoom,
      whoIsHere: who.registerWhoIsHere,
      chooseProfile: profiles.registerChooseProfile,
    },
  };
}

/** The nearest name that the chat allows, or one that says nothing. */
function legal(check: NameCheck, otherwise: string): string {
  return (check.ok ? check.name : check.suggestion) ?? otherwise;
}

/** What must not be in a text that the editor shows: what it would make a sign or a link of, or what would hide its meaning. */
export function harmIn(text: string): string | null {
  if (/\$\([a-z\d-]+(~[a-z]+)?\)/i.test(text)) return 'a sign';
  if (/\[[^\]]*\]\([^)]*\)/.test(text)) return 'a link';
  if (/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u.test(text.replaceAll('\n', '')))
    return 'a control';
  return null;
}

export interface LabelTotals {
  /** Texts that the editor was given, by where it would show them. */
  readonly counts: ReadonlyMap<string, number>;
  readonly violations: readonly string[];
}

/** All that the extension shows outside of its pages, made by its own code from hostile names, topics, folders and faults. */
export async function makeLabels(payloads: readonly string[]): Promise<LabelTotals> {
  const makers = await loadMakers();
  const { editor } = makers;
  const counts = new Map<string, number>();
  const violations: string[] = [];
  for (let from = 0; from < payloads.length; from += TOGETHER) {
    editor.shown.length = 0;
    await makeAll(makers, payloads.slice(from, from + TOGETHER));
    for (const { where, text } of editor.shown) {
      const [place = ''] = /^(?:pick list|input box|status bar|\S+)/.exec(where) ?? [];
      counts.set(place, (counts.get(place) ?? 0) + 1);
      // The signs that are ours: one in front of a row of a list, all in the status bar.
      const row = /^pick list (items )?\d+ label$/.test(where);
      const rest = row ? text.replace(/^\$\([a-z-]+\)( |$)/, '') : text;
      if (where === 'status bar text') {
        if (!/^\$\(comment-discussion\) \d+ \$\(circle-slash\)$/.test(text))
          violations.push(`${where}: ${text}`);
        continue;
      }
      const harm = harmIn(rest);
      if (harm !== null) violations.push(`${harm} in the ${where}: ${JSON.stringify(text)}`);
    }
  }
  return { counts, violations };
}

async function makeAll(
  makers: Awaited<ReturnType<typeof loadMakers>>,
  payloads: readonly string[],
): Promise<void> {
  const { editor, tree, items, status, faults, titleOf, commands } = makers;
  const window = windowWith(payloads);
  const { state } = window.client;
  const nodes = tree.buildTree(state, process.pid);
  for (const node of [...nodes.top, ...[...nodes.children.values()].flat()])
    editor.keepTexts('tree', items.treeItem(node));
  for (const each of state.rooms.values()) editor.keepTexts('title', titleOf(state, each));
  status.registerStatusBar(window).dispose();
  for (const payload of payloads) {
    editor.typed.text = payload;
    for (const [name, registerIt] of Object.entries(commands)) {
      registerIt(window);
      await editor.commands.executeCommand(commandIds[name as keyof typeof commands]);
    }
    const rooms = [...state.rooms.values()];
    const argument = { roomId: rooms[0]?.id };
    await editor.commands.executeCommand(commandIds.renameRoom, argument);
    await editor.commands.executeCommand(commandIds.setRoomTopic, argument);
    for (const code of ERROR_CODES) {
      const names = ['name', 'suggestion', 'id', 'pid', 'directory', 'detail', 'file', 'limit', 'actual'];
      const params = Object.fromEntries(names.map((name) => [name, payload]));
      await faults.reportFault(new ChatError(code, params));
    }
  }
}

/** A window of a chat in which others named things. */
function windowWith(payloads: readonly string[]): ChatWindow {
  const profiles = new Map<string, Profile>([[people.ada.id, people.ada]]);
  const rooms = new Map<string, Room>();
  const sessions: Session[] = [];
  for (const [index, payload] of payloads.entries()) {
    const profile = {
      ...people.grace,
      id: id(100 + index),
      name: legal(checkProfileName(payload), `profile ${index}`),
    };
    profiles.set(profile.id, profile);
    const topic = [...payload.trim()].slice(0, limits.topicLength).join('');
    const name = legal(checkRoomName(payload), `room-${index}`);
    const unread = index + 1;
    const open = room({ id: id(200 + index), name, topic, unread, archived: index % 2 === 1 });
    const direct = room({
      id: id(300 + index),
      kind: 'direct',
      name: null,
      members: [people.ada.id, profile.id],
      unread,
    });
    rooms.set(open.id, open).set(direct.id, direct);
    for (const surface of ['window', 'terminal'] as const) {
      sessions.push({
        id: id(400 + sessions.length),
        profileId: profile.id,
        kind: surface === 'window' ? 'person' : 'agent',
        surface,
        folder: payload.slice(0, 1_024),
        product: payload.slice(0, 1_024),
        pid: 1 + index,
        since: new Date(0).toISOString(),
      });
    }
  }
  const nothing = { dispose: (): void => undefined };
  // As much of a window as makers of labels look at.
  return {
    client: {
      state: { me: people.ada, profiles, rooms, drafts: new Map(), sessions, seq: 1 },
      connection: {
        state: 'unreachable',
        fault: new ChatError('HUB_UNREACHABLE', { pid: payloads[0] ?? '' }),
      },
      whenReady: () => Promise.resolve(),
      request: () => Promise.reject(new ChatError('TIMEOUT')),
      onDidChangeState: () => nothing,
      onDidChangeConnection: () => nothing,
    },
    panels: { activeRoom: undefined },
    log: { log: (): void => undefined },
  } as unknown as ChatWindow;
}
