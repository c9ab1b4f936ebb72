import type * as vscode from 'vscode';
import { DisposableStore } from '../common/disposable.ts';
import { registerCommands } from './commands/index.ts';
import type { ChatWindow } from './chat-window.ts';
import { registerContextKeys } from './context-keys.ts';
import { registerLinks } from './links/register-links.ts';
import { createLog } from './log.ts';
import { openChat } from './open-chat.ts';
import { ChatPanels } from './pages/chat-panels.ts';
import { ChatView } from './pages/chat-view.ts';
import { watchForOrphans } from './pages/orphaned-panels.ts';
import { ProfileMemory } from './profile-memory.ts';
import { registerRooms } from './rooms/register-rooms.ts';
import { registerStatusBar } from './status-bar.ts';
import { Drafts } from './unsent/drafts.ts';
import { Outbox } from './unsent/outbox.ts';
import { watchForUnsent } from './unsent/recover.ts';
import { UnsentFiles } from './unsent/unsent-files.ts';
import { tellOfSalvages } from './tell-of-salvages.ts';
import { WindowClient } from './window-client.ts';

/** What other extensions and the tests can ask of this one. */
export interface LocalChatApi {
  /** Milliseconds that `activate` took of the main thread of the extension host. */
  readonly activationMilliseconds: number;
}

/** The window of this extension host, once there is one; `deactivate` is given nothing. */
let close = (): Promise<void> => Promise.resolve();

/**
 * Puts the window together. Only that: connecting goes on by itself, and the hub, should this window have to start it, is a thread
 * of its own.
 */
export function activate(context: vscode.ExtensionContext): LocalChatApi {
  const started = performance.now();
  const { channel, log } = createLog();
  const client = new WindowClient();
  const profile = new ProfileMemory(context.workspaceState);
  const files = new UnsentFiles(log);
  const outbox = new Outbox(client, files, log);
  const drafts = new Drafts(client, outbox, files, log);
  const tools = { client, outbox, drafts, log, extensionUri: context.extensionUri };
  const panels = new ChatPanels(tools);
  const view = new ChatView(tools, context.workspaceState);
  const window: ChatWindow = { context, client, channel, log, profile, files, panels, view };

  // Released in the reverse order, which the editor would not do: the client goes after those that listen to it.
  const owned = new DisposableStore();
  context.subscriptions.push(owned);
  for (const part of [
    channel,
    client,
    outbox,
    drafts,
    panels,
    view,
    registerContextKeys(window),
    registerRooms(window),
    registerStatusBar(window),
    registerCommands(window),
    registerLinks(window),
    openChat(window),
    watchForUnsent({ client, files, outbox, drafts, log }),
    watchForOrphans(panels, client, log),
    tellOfSalvages(window),
  ]) {
    owned.add(part);
  }

  close = () => {
    // Here, since the editor waits for this promise, and not for what it disposes itself.
    owned.dispose();
    return client.leave();
  };

  const activationMilliseconds = performance.now() - started;
  log.log('debug', 'activated', { milliseconds: activationMilliseconds.toFixed(1) });
  return { activationMilliseconds };
}

/**
 * The window is closed or reloaded. A hub it holds is handed over first, within two of the five seconds an extension is given; who
 * is killed before that leaves it to the others to notice.
 */
export function deactivate(): Promise<void> {
  return close();
}
