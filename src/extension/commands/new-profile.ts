import * as vscode from 'vscode';
import type { Client } from '../../client/api.ts';
import type { Disposable } from '../../common/disposable.ts';
import { newId } from '../../model/ids.ts';
import { checkProfileName } from '../../model/names.ts';
import type { ChatWindow } from '../chat-window.ts';
import { askName } from './ask-name.ts';
import { registerCommand } from './command.ts';
import { useProfile } from './use-profile.ts';

/** Makes a profile and takes it for this window. */
export function registerNewProfile(window: ChatWindow): Disposable {
  const { client } = window;
  return registerCommand(window, 'newProfile', async () => {
    await client.whenReady();
    const name = await askName({
      title: vscode.l10n.t('New Profile'),
      prompt: vscode.l10n.t('This window speaks as the new profile from now on.'),
      placeHolder: vscode.l10n.t('Name, for example “Ada”'),
      taken: profileNames(client),
      check: checkProfileName,
    });
    if (name === undefined) return;
    const { subject } = await client.request('profile.create', { id: newId(), name });
    await useProfile(window, subject);
  });
}

export function profileNames(client: Client, except?: string): readonly string[] {
  return [...client.state.profiles.values()].flatMap(({ id, name }) => (id === except ? [] : [name]));
}
