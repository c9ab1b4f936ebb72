import * as vscode from 'vscode';
import type { Disposable } from '../../common/disposable.ts';
import type { ChatWindow } from '../chat-window.ts';
import { plainText } from '../plain-text.ts';
import { treeItem } from '../rooms/tree-items.ts';
import { buildTree } from '../rooms/tree-nodes.ts';
import { registerCommand } from './command.ts';
import { openDirect } from './new-direct-message.ts';

/** Lists everybody who is connected; choosing somebody else opens the direct message. */
export function registerWhoIsHere(window: ChatWindow): Disposable {
  const { client } = window;
  return registerCommand(window, 'whoIsHere', async () => {
    await client.whenReady();
    const nodes = buildTree(client.state, process.pid).children.get('here') ?? [];
    const items = nodes.flatMap((node) => {
      if (node.type !== 'session') return [];
      const { iconPath, label, description } = treeItem(node);
      const icon = iconPath instanceof vscode.ThemeIcon ? `$(${iconPath.id}) ` : '';
      return [
        {
          label: `${icon}${typeof label === 'string' ? label : ''}`,
          description: typeof description === 'string' ? description : '',
          detail: plainText(node.session.product),
          node,
        },
      ];
    });
    const chosen = await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t('Who Is Here'),
      placeHolder: vscode.l10n.t('Choose somebody to write to'),
      matchOnDescription: true,
    });
    if (chosen !== undefined && !chosen.node.isMe) await openDirect(window, chosen.node.session.profileId);
  });
}
