import * as vscode from 'vscode';
import type { Disposable } from '../../common/disposable.ts';
import { newId } from '../../model/ids.ts';
import type { ChatWindow } from '../chat-window.ts';
import { commandIds } from '../ids.ts';
import { compareNames } from '../room-facts.ts';
import { awaitRoom } from './await-room.ts';
import { profileOfArgument, registerCommand } from './command.ts';

export function registerNewDirectMessage(window: ChatWindow): Disposable {
  const { client } = window;
  return registerCommand(window, 'newDirectMessage', async (argument) => {
    await client.whenReady();
    const profileId = profileOfArgument(argument) ?? (await askPerson(window));
    if (profileId !== undefined) await openDirect(window, profileId);
  });
}

/** Opens the talk with one other profile; the first time it is made. */
export async function openDirect({ client, panels }: ChatWindow, profileId: string): Promise<void> {
  const { subject } = await client.request('direct.open', { id: newId(), profileIds: [profileId] });
  await awaitRoom(client, subject);
  panels.open(subject);
}

/** Asks for one of the other profiles, those who are here first. */
async function askPerson({ client }: ChatWindow): Promise<string | undefined> {
  const { state } = client;
  const here = new Set(state.sessions.map(({ profileId }) => profileId));
  const items = [...state.profiles.values()]
    .filter(({ id }) => id !== state.me?.id)
    .sort((a, b) => Number(here.has(b.id)) - Number(here.has(a.id)) || compareNames(a.name, b.name))
    .map(({ id, name }) => ({
      label: `$(account) ${name}`,
      description: here.has(id) ? vscode.l10n.t('here now') : '',
      id,
    }));
  if (items.length === 0) {
    await tellThatNobodyIsThere();
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('New Direct Message'),
    placeHolder: vscode.l10n.t('Who to write to'),
  });
  return chosen?.id;
}

async function tellThatNobodyIsThere(): Promise<void> {
  const make = vscode.l10n.t('New Profile…');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('There is no other profile yet. Another window or terminal can choose one of its own.'),
    make,
  );
  if (chosen === make) await vscode.commands.executeCommand(commandIds.newProfile);
}
