import * as vscode from 'vscode';
import { ChatError } from '../../model/errors.ts';
import { type NameCheck, nameKey } from '../../model/names.ts';
import { sentenceOf } from '../sentences.ts';

export interface AskNameOptions {
  readonly title: string;
  readonly prompt: string;
  readonly placeHolder?: string;
  readonly value?: string;
  /** Names that are in use; the one being changed is not among them. */
  readonly taken: readonly string[];
  readonly check: (name: string) => NameCheck;
}

/**
 * Asks for a name and says while it is typed what would become of it: a name that is not possible is taken in its mended form,
 * which the line below shows. Undefined when the person went away.
 */
export async function askName(options: AskNameOptions): Promise<string | undefined> {
  const { title, prompt, placeHolder, value, check } = options;
  const taken = new Set(options.taken.map(nameKey));
  const typed = await vscode.window.showInputBox({
    title,
    prompt,
    ...(placeHolder === undefined ? {} : { placeHolder }),
    ...(value === undefined ? {} : { value }),
    validateInput: (text) => judge(text, check, taken),
  });
  if (typed === undefined) return undefined;
  return possibleName(check, typed) ?? undefined;
}

function possibleName(check: AskNameOptions['check'], text: string): string | null {
  const result = check(text);
  return result.ok ? result.name : result.suggestion;
}

function judge(
  text: string,
  check: AskNameOptions['check'],
  taken: ReadonlySet<string>,
): vscode.InputBoxValidationMessage | undefined {
  const { Error: severe, Info: mild } = vscode.InputBoxValidationSeverity;
  const name = possibleName(check, text);
  // Nothing to complain about before anything was typed; Enter does nothing then.
  if (text.trim() === '') return { message: vscode.l10n.t('Type a name.'), severity: severe };
  if (name === null)
    return { message: sentenceOf(new ChatError('INVALID_NAME', { name: text })), severity: severe };
  if (taken.has(nameKey(name)))
    return { message: sentenceOf(new ChatError('NAME_TAKEN', { name })), severity: severe };
  if (name === text.trim()) return undefined;
  return { message: vscode.l10n.t('The name will be “{0}”.', name), severity: mild };
}
