import * as vscode from 'vscode';
import { assertNever } from '../../common/assert-never.ts';
import { commandIds } from '../ids.ts';
import type { PageCommand } from './room-controller.ts';

/** A button of a page that stands for a command of the window, run for the room of the page. */
export function runPageCommand(command: PageCommand, roomId: string): Thenable<unknown> {
  const { executeCommand } = vscode.commands;
  switch (command) {
    case 'openInEditor':
      return executeCommand(commandIds.openInEditor, { roomId });
    case 'openInSideBar':
      return executeCommand(commandIds.openInSideBar, { roomId });
    case 'openRoom':
      return executeCommand(commandIds.openRoom);
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
