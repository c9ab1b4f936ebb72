import * as vscode from 'vscode';
import type { Client } from '../../client/api.ts';
import { type Disposable, DisposableStore } from '../../common/disposable.ts';
import { toChatError } from '../../model/errors.ts';
import type { ChatWindow } from '../chat-window.ts';
import { examineDataDirectory } from '../data-directory.ts';
import { uriSchemes } from '../ids.ts';
import { registerCommand } from './command.ts';
import { type StatusFacts, statusReport } from './status-report.ts';

/** The editor shows the last part as the name of the tab. */
const REPORT = vscode.Uri.from({ scheme: uriSchemes.status, path: '/Local Chat Status' });
/** A hub that does not answer is part of the report. Milliseconds. */
const PATIENCE = 2_000;
/** A large store on a slow disk takes its time to be examined; then the report goes without. Milliseconds. */
const EXAMINATION = 20_000;
/** How long the word that it was copied stays. Milliseconds. */
const COPIED = 3_000;

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
  owned.add(
    registerCommand(window, 'copyStatus', async () => {
      // What is on screen, if it is: whoever copies it has read that.
      const shown = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === uriSchemes.status);
      await vscode.env.clipboard.writeText(shown?.getText() ?? (await report(window)));
      vscode.window.setStatusBarMessage(vscode.l10n.t('The status was copied.'), COPIED);
    }),
  );
  return owned;
}

async function report(window: ChatWindow): Promise<string> {
  const { client, context } = window;
  const { version } = context.extension.packageJSON as { version: string };
  const facts = {
    extension: version,
    editor: `${vscode.env.appName} ${vscode.version}${vscode.env.remoteName === undefined ? '' : `, ${vscode.env.remoteName}`}`,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    pid: process.pid,
    now: new Date().toISOString(),
  };
  // How things stand once the hub has answered: asking for it is what a window that is still connecting waits for.
  const [hub, examination] = await Promise.all([hubOrCode(client), examinationOrCode(window)]);
  const { state, connection } = client;
  return statusReport({ facts, state, connection, hub, examination });
}

async function hubOrCode(client: Client): Promise<StatusFacts['hub']> {
  try {
    return await client.request('status', {}, { patience: PATIENCE });
  } catch (thrown) {
    return toChatError(thrown).code;
  }
}

async function examinationOrCode({ context, log }: ChatWindow): Promise<StatusFacts['examination']> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'TIMEOUT'>((resolve) => {
    timer = setTimeout(() => resolve('TIMEOUT'), EXAMINATION);
  });
  try {
    return await Promise.race([examineDataDirectory(context), late]);
  } catch (thrown) {
    const error = toChatError(thrown);
    log.log('warn', 'the data directory could not be examined', { error: error.message });
    return error.code;
  } finally {
    clearTimeout(timer);
  }
}
