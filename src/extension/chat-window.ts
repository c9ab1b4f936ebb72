import type * as vscode from 'vscode';
import type { Logger } from '../common/logger.ts';
import type { ChatPanels } from './pages/chat-panels.ts';
import type { ChatView } from './pages/chat-view.ts';
import type { ProfileMemory } from './profile-memory.ts';
import type { UnsentFiles } from './unsent/unsent-files.ts';
import type { WindowClient } from './window-client.ts';

/** What the surfaces and commands of this window work with; put together in main.ts. */
export interface ChatWindow {
  readonly context: vscode.ExtensionContext;
  readonly client: WindowClient;
  readonly channel: vscode.LogOutputChannel;
  readonly log: Logger;
  readonly profile: ProfileMemory;
  readonly files: UnsentFiles;
  readonly panels: ChatPanels;
  readonly view: ChatView;
}
