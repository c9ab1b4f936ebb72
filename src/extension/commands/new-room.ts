import * as vscode from 'vscode';
import type { Client } from '../../client/api.ts';
import type { Disposable } from '../../common/disposable.ts';
import { newId } from '../../model/ids.ts';
import { checkRoomName } from '../../model/names.ts';
import type { ChatWindow } from '../chat-window.ts';
import { askName } from './ask-name.ts';
import { awaitRoom } from './await-room.ts';
import { registerCommand } from './command.ts';

export function registerNewRoom(window: ChatWindow): Disposable {
  const { client, panels } = window;
  return registerCommand(window, 'newRoom', async () => {
    await client.whenReady();
    const name = await askName({
      title: vscode.l10n.t('New Room'),
      prompt: vscode.l10n.t('Everybody on this machine sees the room.'),
      placeHolder: vscode.l10n.t('Name, for example “builds”'),
      taken: roomNames(client),
      check: checkRoomName,
    });
    if (name === undefined) return;
    const { subject } = await client.request('room.create', { id: newId(), name });
    await awaitRoom(client, subject);
    panels.open(subject);
  });
}

/** Names in use, those of archived rooms included. */
export function roomNames(client: Client, except?: string): readonly string[] {
  return [...client.state.rooms.values()].flatMap(({ id, name }) =>
    name === null || id === except ? [] : [name],
  );
}
