import type { Disposable } from '../../common/disposable.ts';
import type { ChatWindow } from '../chat-window.ts';
import { registerCommand } from './command.ts';

export function registerShowLog(window: ChatWindow): Disposable {
  return registerCommand(window, 'showLog', () => window.channel.show());
}
