import * as vscode from 'vscode';
import type { Disposable } from '../common/disposable.ts';
import type { Event } from '../common/emitter.ts';
import { settingIds } from './ids.ts';

/** What a person can set. */
export interface SettingValues {
  /** As typed; empty for none. */
  readonly dataDirectory: string;
  readonly enterSends: boolean;
  readonly terminalPath: boolean;
}

function read<K extends keyof SettingValues>(name: K, otherwise: SettingValues[K]): SettingValues[K] {
  const value = vscode.workspace.getConfiguration().get<unknown>(settingIds[name]);
  // settings.json holds whatever was typed there; a value of the wrong kind counts as none.
  return typeof value === typeof otherwise ? (value as SettingValues[K]) : otherwise;
}

/** The only reader of our settings. Reads afresh each time: the editor keeps them in memory. */
export const settings: SettingValues = {
  get dataDirectory() {
    return read('dataDirectory', '').trim();
  },
  get enterSends() {
    return read('enterSends', true);
  },
  get terminalPath() {
    return read('terminalPath', true);
  },
};

export function onDidChangeSetting(name: keyof SettingValues): Event<void> {
  return (listener): Disposable =>
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(settingIds[name])) listener();
    });
}

/** Each machine has its own; as in the manifest. */
const OF_MACHINE: ReadonlySet<keyof SettingValues> = new Set(['dataDirectory', 'terminalPath']);

/** Opens the settings page at this one setting. */
export async function openSetting(name: keyof SettingValues): Promise<void> {
  const query = `@id:${settingIds[name]}`;
  // The page of the user does not list settings of the other machine that a remote window works on.
  const isElsewhere = vscode.env.remoteName !== undefined && OF_MACHINE.has(name);
  const command = isElsewhere ? 'workbench.action.openRemoteSettings' : 'workbench.action.openSettings';
  await vscode.commands.executeCommand(command, { query });
}
