import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../common/disposable.ts';
import type { ChatWindow } from './chat-window.ts';
import { contextKeys } from './ids.ts';
import { totalUnread } from './room-facts.ts';

/** Keeps the keys that decide which commands and menus are there. */
export function registerContextKeys({ client }: Pick<ChatWindow, 'client'>): Disposable {
  const owned = new DisposableStore();
  const last = new Map<keyof typeof contextKeys, boolean | string>();
  const set = (key: keyof typeof contextKeys, value: boolean | string): void => {
    if (last.get(key) === value) return;
    last.set(key, value);
    void vscode.commands.executeCommand('setContext', contextKeys[key], value);
  };
  const update = (): void => {
    const { state, connection } = client;
    set('connected', state.me !== null);
    set('connection', connection.state);
    set(
      'hasArchivedRooms',
      [...state.rooms.values()].some(({ archived }) => archived),
    );
    set('hasUnread', totalUnread(state) > 0);
  };
  owned.add(client.onDidChangeState(update));
  owned.add(client.onDidChangeConnection(update));
  update();
  return owned;
}
