import * as vscode from 'vscode';
import type { ChatError, ErrorCode } from '../model/errors.ts';
import { commandIds } from './ids.ts';
import { sentenceOf } from './sentences.ts';
import { openSetting } from './settings.ts';

interface Remedy {
  readonly title: string;
  readonly run: () => Thenable<unknown>;
}

/** Tells the person in one sentence, with its code and at most one button. */
export async function reportFault({ code, params }: Pick<ChatError, 'code' | 'params'>): Promise<void> {
  const remedy = remedyOf(code);
  const buttons = remedy === null ? [] : [remedy.title];
  const sentence = `${sentenceOf({ code, params })} (${code})`;
  const chosen = await vscode.window.showWarningMessage(sentence, ...buttons);
  if (remedy !== null && chosen === remedy.title) await remedy.run();
}

/** Faults that the person mends by naming another directory. */
const MENDED_BY_SETTING: ReadonlySet<ErrorCode> = new Set([
  'DIRECTORY_LINK',
  'DIRECTORY_FOREIGN',
  'DIRECTORY_OPEN',
  'DIRECTORY_UNUSABLE',
  'FORMAT_NEWER',
  'OTHER_HOST',
]);
/** Faults of a program, which somebody has to look into. */
const EXPLAINED_BY_LOG: ReadonlySet<ErrorCode> = new Set(['BAD_REQUEST', 'INTERNAL']);
/** Faults of files or of the disk. */
const EXPLAINED_BY_STATUS: ReadonlySet<ErrorCode> = new Set(['STORE_CORRUPT', 'STORAGE_ERROR']);

function remedyOf(code: ErrorCode): Remedy | null {
  if (MENDED_BY_SETTING.has(code)) {
    return { title: vscode.l10n.t('Open Setting'), run: () => openSetting('dataDirectory') };
  }
  if (EXPLAINED_BY_STATUS.has(code)) {
    const run = (): Thenable<unknown> => vscode.commands.executeCommand(commandIds.showStatus);
    return { title: vscode.l10n.t('Show Status'), run };
  }
  if (!EXPLAINED_BY_LOG.has(code)) return null;
  return { title: vscode.l10n.t('Show Log'), run: () => vscode.commands.executeCommand(commandIds.showLog) };
}
