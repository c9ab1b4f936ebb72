import * as vscode from 'vscode';
import { assertNever } from '../../common/assert-never.ts';
import { toChatError } from '../../model/errors.ts';
import type { PageSettings } from '../../protocol/page.ts';
import { commandIds } from '../ids.ts';
import { copyLink } from '../links/copy-link.ts';
import type { LinkTarget } from '../links/message-link.ts';
import { openLink } from '../links/open-link.ts';
import { reportFault } from '../report-fault.ts';
import { onDidChangeSetting, settings } from '../settings.ts';
import type { PageCommand, PageServices } from './page-services.ts';

/** What pages have done by this editor. */
export class EditorServices implements PageServices {
  readonly onDidChangeSettings = onDidChangeSetting('enterSends');
  readonly #chooseRoom: () => Thenable<unknown>;

  /** @param chooseRoom asks for another room and shows it; without it, in the editor area */
  constructor(
    chooseRoom: () => Thenable<unknown> = () => vscode.commands.executeCommand(commandIds.openRoom),
  ) {
    this.#chooseRoom = chooseRoom;
  }

  get settings(): PageSettings {
    return { enterSends: settings.enterSends, locale: vscode.env.language };
  }

  async copyText(text: string): Promise<void> {
    await telling(() => vscode.env.clipboard.writeText(text));
  }

  async copyLink(target: LinkTarget): Promise<void> {
    await telling(() => copyLink(target));
  }

  async openLink(href: string): Promise<void> {
    await telling(() => openLink(href));
  }

  runCommand(command: PageCommand, roomId: string): Thenable<unknown> {
    const { executeCommand } = vscode.commands;
    switch (command) {
      case 'openInEditor':
        return executeCommand(commandIds.openInEditor, { roomId });
      case 'openInSideBar':
        return executeCommand(commandIds.openInSideBar, { roomId });
      case 'openRoom':
        return this.#chooseRoom();
      case 'setTopic':
        return executeCommand(commandIds.setRoomTopic, { roomId });
      case 'restoreRoom':
        return executeCommand(commandIds.restoreRoom, { roomId });
      case 'whoIsHere':
        return executeCommand(commandIds.whoIsHere);
      case 'showLog':
        return executeCommand(commandIds.showLog);
      default:
        return assertNever(command);
    }
  }
}

/** A page can only say that something failed; here the person is told why. */
async function telling(work: () => Thenable<unknown>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    const error = toChatError(thrown);
    void reportFault(error);
    throw error;
  }
}
