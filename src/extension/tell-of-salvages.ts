import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../common/disposable.ts';
import { toChatError } from '../model/errors.ts';
import type { Salvage } from '../model/salvage.ts';
import type { ChatWindow } from './chat-window.ts';
import { commandIds } from './ids.ts';
import { salvageSentence } from './sentences.ts';
import { ToldSalvages } from './told-salvages.ts';

/** A window that nobody looks at lets the one that somebody does go first. Milliseconds. */
const COURTESY = 3_000;
const PATIENCE = 5_000;

/** From what concerns everybody to what is only good to know. One that was cut off lost nothing that anybody was told is kept. */
const GRAVITY: Readonly<Record<Salvage['outcome'], number>> = {
  'begun anew': 3,
  salvaged: 2,
  repaired: 1,
  'cut off': 0,
};

/**
 * When a hub has found its store damaged, the person is told in one notification, in one window, once. Looked for with each
 * connection: whoever opens a damaged store is a hub that begins, and windows connect to it.
 */
export function tellOfSalvages({
  client,
  context,
  log,
}: Pick<ChatWindow, 'client' | 'context' | 'log'>): Disposable {
  const owned = new DisposableStore();
  const told = new ToldSalvages(context.globalState);
  let timer: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
    try {
      const { directory, salvages } = await client.request('status', {}, { patience: PATIENCE });
      const grave = salvages.filter(({ outcome }) => GRAVITY[outcome] > 0);
      const untold = told.take(directory, grave).sort((a, b) => GRAVITY[a.outcome] - GRAVITY[b.outcome]);
      const gravest = untold.at(-1);
      if (gravest !== undefined) void tell(gravest);
    } catch (thrown) {
      // The next connection looks again.
      log.log('debug', 'nobody told of damages', { error: toChatError(thrown).message });
    }
  };
  const lookSoon = (): void => {
    clearTimeout(timer);
    const { state } = client.connection;
    if (state !== 'ready' && state !== 'readonly') return;
    timer = setTimeout(() => void look(), vscode.window.state.focused ? 0 : COURTESY);
  };
  owned.add(client.onDidChangeConnection(lookSoon));
  owned.add({ dispose: () => clearTimeout(timer) });
  lookSoon();
  return owned;
}

async function tell(salvage: Salvage): Promise<void> {
  const details = vscode.l10n.t('Show Details');
  const sentence = salvageSentence(salvage);
  const chosen =
    salvage.outcome === 'repaired'
      ? await vscode.window.showInformationMessage(sentence, details)
      : await vscode.window.showWarningMessage(sentence, details);
  if (chosen === details) await vscode.commands.executeCommand(commandIds.showStatus);
}
