import * as vscode from 'vscode';
import { formatLogLine, type Logger } from '../common/logger.ts';
import { PRODUCT } from './ids.ts';

/** The log that Show Log opens. Its level is chosen by the person, in the editor. */
export function createLog(): { channel: vscode.LogOutputChannel; log: Logger } {
  const channel = vscode.window.createOutputChannel(PRODUCT, { log: true });
  return {
    channel,
    log: { log: (level, message, facts) => channel[level](formatLogLine(message, facts)) },
  };
}
