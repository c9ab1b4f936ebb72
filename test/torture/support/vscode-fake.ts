/**
 * What the extension's own makers of labels need of the editor, outside of one: it keeps all texts they hand over. Loaded in place
 * of `vscode`, see `editor-labels.ts`.
 */
import { Emitter } from '../../../src/common/emitter.ts';

/** Every text that was to be shown, and where. */
export const shown: { readonly where: string; readonly text: string }[] = [];

/** What the person types into each box that opens. */
export const typed = { text: '' };

/** All texts in an object, at any depth, but those that are no words: ids, addresses, commands. */
function keep(where: string, value: unknown): void {
  if (typeof value === 'string') {
    shown.push({ where, text: value });
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) {
      if (
        /^(id|roomId|command|resourceUri|iconPath|contextValue|node|profile|buttons|kind|colour|activeItems)$/.test(
          key,
        )
      )
        continue;
      keep(`${where} ${key}`, part);
    }
  }
}

export const keepTexts = keep;

export class ThemeIcon {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
}
export class ThemeColor extends ThemeIcon {}
export class TreeItem {
  readonly label: string;
  constructor(label: string) {
    this.label = label;
  }
}
export const Uri = { from: (parts: object): object => parts };
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 } as const;
export const StatusBarAlignment = { Left: 1, Right: 2 } as const;
export const QuickPickItemKind = { Separator: -1, Default: 0 } as const;
export const InputBoxValidationSeverity = { Info: 1, Warning: 2, Error: 3 } as const;

export const env = { language: 'en', uriScheme: 'vscode' };
export const l10n = {
  t: (sentence: string, ...parts: readonly unknown[]): string =>
    sentence.replaceAll(/\{(\d)\}/g, (_, index: string) => String(parts[Number(index)])),
};

const run = new Map<string, (argument: unknown) => Promise<void>>();
const nothing = { dispose: (): void => undefined };

export const commands = {
  registerCommand(id: string, command: (argument: unknown) => Promise<void>): typeof nothing {
    run.set(id, command);
    return nothing;
  },
  executeCommand: (id: string, argument?: unknown): Promise<void> =>
    run.get(id)?.(argument) ?? Promise.resolve(),
};

interface InputBox {
  readonly validateInput?: (text: string) => unknown;
}

const hidden = new Emitter<void>();

export const window = {
  showQuickPick(items: unknown, options: unknown): Promise<undefined> {
    keep('pick list', items);
    keep('pick list', options);
    return Promise.resolve(undefined);
  },
  createQuickPick: (): object => {
    const picker = {
      items: [] as unknown[],
      activeItems: [],
      selectedItems: [],
      onDidAccept: (): typeof nothing => nothing,
      onDidTriggerItemButton: (): typeof nothing => nothing,
      onDidHide: hidden.event,
      show(): void {
        keep('pick list', { ...picker });
        setImmediate(() => hidden.fire());
      },
      dispose: (): void => undefined,
    };
    return picker;
  },
  showInputBox({ validateInput, ...options }: InputBox): Promise<undefined> {
    // What a person has typed into a box is the person's own text, and shown by the box as such.
    keep('input box', { ...options, value: undefined });
    keep('input box', validateInput?.(typed.text));
    return Promise.resolve(undefined);
  },
  showWarningMessage(...texts: readonly string[]): Promise<undefined> {
    keep('notification', texts);
    return Promise.resolve(undefined);
  },
  showInformationMessage(...texts: readonly string[]): Promise<undefined> {
    keep('notification', texts);
    return Promise.resolve(undefined);
  },
  createStatusBarItem: (): object => {
    const item = {
      show: (): void => undefined,
      dispose: (): void => keep('status bar', { ...item }),
    };
    return item;
  },
};
