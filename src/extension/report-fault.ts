import * as vscode from 'vscode';
import type { ChatError } from '../model/errors.ts';
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

function remedyOf(code: ChatError['code']): Remedy | null {
  switch (code) {
    case 'DIRECTORY_LINK':
    case 'DIRECTORY_FOREIGN':
    case 'DIRECTORY_OPEN':
    case 'DIRECTORY_UNUSABLE':
    case 'FORMAT_NEWER':
    case 'OTHER_HOST':
      return { title: vscode.l10n.t('Open Setting'), run: () => openSetting('dataDirectory') };
    case 'BAD_REQUEST':
    case 'INTERNAL':
    case 'STORE_CORRUPT':
      return {
        title: vscode.l10n.t('Show Log'),
        run: () => vscode.commands.executeCommand(commandIds.showLog),
      };
    default:
      return null;
  }
}
