import * as vscode from 'vscode';
import type { Client } from '../../client/api.ts';
import { type Disposable, DisposableStore } from '../../common/disposable.ts';
import { toChatError } from '../../model/errors.ts';
import type { ChatWindow } from '../chat-window.ts';
import { uriSchemes } from '../ids.ts';
import { registerCommand } from './command.ts';
import { type StatusFacts, statusReport } from './status-report.ts';

/** The editor shows the last part as the name of the tab. */
const REPORT = vscode.Uri.from({ scheme: uriSchemes.status, path: '/Local Chat Status' });
/** A hub that does not answer is part of the report. Milliseconds. */
const PATIENCE = 2_000;

/** Opens a report to read and to copy into a bug report: how things stand, no word of any message. */
export function registerShowStatus(window: ChatWindow): Disposable {
  const owned = new DisposableStore();
  const didChange = owned.add(new vscode.EventEmitter<vscode.Uri>());
  owned.add(
    vscode.workspace.registerTextDocumentContentProvider(uriSchemes.status, {
      onDidChange: didChange.event,
      provideTextDocumentContent: () => report(window),
    }),
  );
  owned.add(
    registerCommand(window, 'showStatus', async () => {
      didChange.fire(REPORT);
      const document = await vscode.workspace.openTextDocument(REPORT);
      await vscode.window.showTextDocument(document, { preview: true });
    }),
  );
  return owned;
}

async function report({ client, context }: ChatWindow): Promise<string> {
  const { version } = context.extension.packageJSON as { version: string };
  const facts = {
    extension: version,
    editor: `${vscode.env.appName} ${vscode.version}${vscode.env.remoteName === undefined ? '' : `, ${vscode.env.remoteName}`}`,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    pid: process.pid,
  };
  // How things stand once the hub has answered: asking for it is what a window that is still connecting waits for.
  const hub = await hubOrCode(client);
  const { state, connection } = client;
  return statusReport({ facts, state, connection, hub });
}

async function hubOrCode(client: Client): Promise<StatusFacts['hub']> {
  try {
    return await client.request('status', {}, { patience: PATIENCE });
  } catch (thrown) {
    return toChatError(thrown).code;
  }
}
