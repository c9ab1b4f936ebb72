import * as vscode from 'vscode';
import { viewIds } from '../ids.ts';

/** The editor puts this before the type of a panel when it lists tabs. */
const TAB_VIEW_TYPE = `mainThreadWebview-${viewIds.panel}`;

function isRoomTab(tab: vscode.Tab | undefined): tab is vscode.Tab {
  return tab?.input instanceof vscode.TabInputWebview && tab.input.viewType === TAB_VIEW_TYPE;
}

/** The tabs of ours that are in front in their group. */
export function shownRoomTabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap(({ activeTab }) => (isRoomTab(activeTab) ? [activeTab] : []));
}

/** The tabs with this title, in front or not. Those behind others have no panel yet after a start: the editor makes it when they are shown. */
export function roomTabsTitled(title: string): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) =>
    tabs.filter((tab) => isRoomTab(tab) && tab.label === title),
  );
}
