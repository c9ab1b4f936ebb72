import * as vscode from 'vscode';
import { assertNever } from '../../common/assert-never.ts';
import type { Disposable } from '../../common/disposable.ts';
import { deferred } from '../../common/deferred.ts';
import { PROFILE_COLOURS, type Profile, type ProfileColour } from '../../model/entities.ts';
import { newId } from '../../model/ids.ts';
import { checkProfileName } from '../../model/names.ts';
import type { ChatWindow } from '../chat-window.ts';
import { commandIds } from '../ids.ts';
import { compareNames } from '../room-facts.ts';
import { askName } from './ask-name.ts';
import { registerCommand } from './command.ts';
import { profileNames } from './new-profile.ts';
import { useProfile } from './use-profile.ts';

interface ProfileItem extends vscode.QuickPickItem {
  /** Null for "New Profile…". */
  readonly profile: Profile | null;
}

/** What the person did in the list. */
type Choice = { what: 'use' | 'rename' | 'colour'; profile: Profile } | { what: 'new' };

/** Chooses who this window speaks as; each profile can be renamed and get another colour on the way. */
export function registerChooseProfile(window: ChatWindow): Disposable {
  return registerCommand(window, 'chooseProfile', async () => {
    await window.client.whenReady();
    const choice = await ask(window);
    if (choice !== undefined) await perform(window, choice);
  });
}

async function perform(window: ChatWindow, choice: Choice): Promise<void> {
  switch (choice.what) {
    case 'new':
      await vscode.commands.executeCommand(commandIds.newProfile);
      return;
    case 'use':
      await useProfile(window, choice.profile.id);
      return;
    case 'rename':
      await rename(window, choice.profile);
      return;
    case 'colour':
      await recolour(window, choice.profile);
      return;
    default:
      assertNever(choice);
  }
}

async function ask({ client }: ChatWindow): Promise<Choice | undefined> {
  const { state } = client;
  const rename = { iconPath: new vscode.ThemeIcon('edit'), tooltip: vscode.l10n.t('Rename Profile') };
  const recolour = {
    iconPath: new vscode.ThemeIcon('symbol-color'),
    tooltip: vscode.l10n.t('Change Colour'),
  };
  const here = new Set(state.sessions.map(({ profileId }) => profileId));
  const profiles = [...state.profiles.values()].sort((a, b) => compareNames(a.name, b.name));
  const picker = vscode.window.createQuickPick<ProfileItem>();
  picker.title = vscode.l10n.t('Choose Profile');
  picker.placeholder = vscode.l10n.t('Who this window speaks as');
  picker.items = [
    ...profiles.map((profile) => ({
      label: `$(account) ${profile.name}`,
      description: describe(profile.id === state.me?.id, here.has(profile.id)),
      buttons: [recolour, rename],
      profile,
    })),
    { label: '', kind: vscode.QuickPickItemKind.Separator, profile: null },
    { label: `$(add) ${vscode.l10n.t('New Profile…')}`, alwaysShow: true, profile: null },
  ];
  const current = picker.items.find(({ profile }) => profile?.id === state.me?.id);
  if (current !== undefined) picker.activeItems = [current];

  const chosen = deferred<Choice | undefined>();
  picker.onDidAccept(() => {
    const profile = picker.selectedItems[0]?.profile;
    if (profile !== undefined) chosen.resolve(profile === null ? { what: 'new' } : { what: 'use', profile });
  });
  picker.onDidTriggerItemButton(({ button, item: { profile } }) => {
    if (profile !== null) chosen.resolve({ what: button === rename ? 'rename' : 'colour', profile });
  });
  picker.onDidHide(() => chosen.resolve(undefined));
  picker.show();
  try {
    return await chosen.promise;
  } finally {
    picker.dispose();
  }
}

function describe(isMe: boolean, isHere: boolean): string {
  if (isMe) return vscode.l10n.t('this window');
  return isHere ? vscode.l10n.t('here now') : '';
}

async function rename({ client }: ChatWindow, { id, name: before }: Profile): Promise<void> {
  const name = await askName({
    title: vscode.l10n.t('Rename Profile'),
    prompt: vscode.l10n.t('Everything this profile wrote shows the new name.'),
    value: before,
    taken: profileNames(client, id),
    check: checkProfileName,
  });
  if (name !== undefined && name !== before) {
    await client.request('profile.change', { id: newId(), profileId: id, name });
  }
}

async function recolour({ client }: ChatWindow, { id, name, colour: before }: Profile): Promise<void> {
  const items = PROFILE_COLOURS.map((colour) => ({
    label: colourWord(colour),
    description: colour === before ? vscode.l10n.t('now') : '',
    colour,
  }));
  const chosen = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Colour of {0}', name) });
  if (chosen !== undefined && chosen.colour !== before) {
    await client.request('profile.change', { id: newId(), profileId: id, colour: chosen.colour });
  }
}

function colourWord(colour: ProfileColour): string {
  const { t } = vscode.l10n;
  switch (colour) {
    case 'violet':
      return t('Violet');
    case 'green':
      return t('Green');
    case 'orange':
      return t('Orange');
    case 'blue':
      return t('Blue');
    case 'pink':
      return t('Pink');
    case 'teal':
      return t('Teal');
    case 'red':
      return t('Red');
    case 'olive':
      return t('Olive');
    default:
      return assertNever(colour);
  }
}
