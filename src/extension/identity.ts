import { userInfo } from 'node:os';
import * as vscode from 'vscode';
import type { SessionIdentity } from '../client/api.ts';

/** How this window shows itself to others. */
export function windowIdentity(): SessionIdentity {
  return {
    kind: 'person',
    surface: 'window',
    folder: (vscode.workspace.name ?? '').slice(0, 200),
    product: vscode.env.appName.slice(0, 200),
  };
}

/** True without a folder and without a workspace file: there is nothing that such a window could be told by next time. */
export function isEmptyWindow(): boolean {
  return vscode.workspace.workspaceFile === undefined && vscode.workspace.workspaceFolders === undefined;
}

/** Who the first profile of a new store is. A process may run under a number that no user belongs to. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      return process.env['USER'] || process.env['USERNAME'] || 'Me';
    throw error;
  }
}
