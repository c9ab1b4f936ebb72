import * as vscode from 'vscode';
import type { Client } from '../../client/api.ts';
import { deferred } from '../../common/deferred.ts';
import { type Disposable, DisposableStore } from '../../common/disposable.ts';
import type { Logger } from '../../common/logger.ts';
import { roomTitled } from '../room-facts.ts';
import { untilChat } from '../until-chat.ts';
import type { ChatPanels } from './chat-panels.ts';
import { shownRoomTabs } from './room-tabs.ts';

/** A panel that the editor brings back is handed to us about 0.1 s after its tab is shown. Milliseconds. */
const RESTORE_GRACE = 1_500;
/** Milliseconds. */
const DISPLACE_PATIENCE = 5_000;

/**
 * When an extension host is killed, the editor starts another one, but leaves open panels as they are: with a page that nobody
 * answers, for ever. Such a tab is closed and its room opened anew in the same place. It is told from a tab that is about to be
 * restored by time: a restored one is ours soon after it is shown.
 */
export function watchForOrphans(panels: ChatPanels, client: Client, log: Logger): Disposable {
  const owned = new DisposableStore();
  const waiting = new Map<vscode.Tab, NodeJS.Timeout>();

  const replace = async (tab: vscode.Tab): Promise<void> => {
    await untilChat(client);
    if (owned.isDisposed || panels.shows(tab) || !shownRoomTabs().includes(tab)) return;
    const room = roomTitled(client.state, tab.label);
    if (room === undefined) return;
    log.log('info', 'a panel without an extension host is made anew');
    panels.openQuietly(room.id, tab.group.viewColumn);
    // Closed only once the panel that answers has taken its place: should this tab be that panel after all, it stays.
    if ((await leavesFront(tab)) || panels.showsElsewhere(room.id, tab)) {
      await vscode.window.tabGroups.close(tab, true);
    }
  };
  const settle = async (tab: vscode.Tab): Promise<void> => {
    try {
      await replace(tab);
    } catch (error) {
      log.log('debug', 'a panel was left as it is', { error: String(error) });
    } finally {
      waiting.delete(tab);
    }
  };
  const look = (): void => {
    for (const tab of shownRoomTabs()) {
      if (panels.shows(tab) || waiting.has(tab)) continue;
      waiting.set(
        tab,
        setTimeout(() => void settle(tab), RESTORE_GRACE),
      );
    }
  };

  owned.add(vscode.window.tabGroups.onDidChangeTabs(look));
  owned.add(vscode.window.tabGroups.onDidChangeTabGroups(look));
  owned.add({ dispose: () => waiting.forEach((timer) => clearTimeout(timer)) });
  look();
  return owned;
}

/** Whether another tab comes in front of this one, within a time that the editor needs at most. */
async function leavesFront(tab: vscode.Tab): Promise<boolean> {
  const answer = deferred<boolean>();
  const subscription = vscode.window.tabGroups.onDidChangeTabs(() => {
    if (!shownRoomTabs().includes(tab)) answer.resolve(true);
  });
  const timer = setTimeout(() => answer.resolve(false), DISPLACE_PATIENCE);
  try {
    return !shownRoomTabs().includes(tab) || (await answer.promise);
  } finally {
    clearTimeout(timer);
    subscription.dispose();
  }
}
