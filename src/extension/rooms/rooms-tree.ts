import * as vscode from 'vscode';
import type { Client } from '../../client/api.ts';
import { DisposableStore } from '../../common/disposable.ts';
import { buildTree, compareTrees, type RoomsTree, type TreeNode } from './tree-nodes.ts';
import { treeItem } from './tree-items.ts';

/** The tree drops its own selection and shows stale rows when it is refreshed faster. Milliseconds. */
const REFRESH_DELAY = 200;

/** The data of the Rooms view. Refreshes what changed, at most five times a second. */
export class RoomsTreeData implements vscode.TreeDataProvider<TreeNode> {
  readonly #client: Client;
  readonly #owned = new DisposableStore();
  readonly #didChange = this.#owned.add(new vscode.EventEmitter<TreeNode | TreeNode[] | undefined>());
  readonly onDidChangeTreeData = this.#didChange.event;
  #tree: RoomsTree;
  /** The editor knows an element by its identity: one object per id, and what is true of it now beside. */
  readonly #handles = new Map<string, TreeNode>();
  #nodes = new Map<string, TreeNode>();
  #timer: NodeJS.Timeout | undefined;

  constructor(client: Client) {
    this.#client = client;
    this.#tree = this.#build();
    this.#owned.add(
      client.onDidChangeState(({ profiles, sessions, rooms }) => {
        if (profiles || sessions || rooms.size > 0) this.#schedule();
      }),
    );
    this.#owned.add({ dispose: () => clearTimeout(this.#timer) });
  }

  getChildren(element?: TreeNode): TreeNode[] {
    if (element === undefined) return this.#tree.top.map((node) => this.#handle(node));
    if (element.type !== 'section') return [];
    return (this.#tree.children.get(element.section) ?? []).map((node) => this.#handle(node));
  }

  getTreeItem(element: TreeNode): vscode.TreeItem {
    return treeItem(this.#nodes.get(element.id) ?? element);
  }

  getParent(element: TreeNode): TreeNode | undefined {
    return this.#tree.top.find(
      (node) =>
        node.type === 'section' &&
        this.#tree.children.get(node.section)?.some(({ id }) => id === element.id) === true,
    );
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #handle(node: TreeNode): TreeNode {
    const known = this.#handles.get(node.id);
    if (known !== undefined) return known;
    this.#handles.set(node.id, node);
    return node;
  }

  #build(): RoomsTree {
    const tree = buildTree(this.#client.state, process.pid);
    this.#nodes = new Map(
      [...tree.top, ...[...tree.children.values()].flat()].map((node) => [node.id, node]),
    );
    return tree;
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#refresh();
    }, REFRESH_DELAY);
  }

  #refresh(): void {
    const before = this.#tree;
    this.#tree = this.#build();
    const { all, nodes } = compareTrees(before, this.#tree);
    if (all) this.#didChange.fire(undefined);
    else if (nodes.length > 0) this.#didChange.fire(nodes.map((node) => this.#handle(node)));
    for (const id of this.#handles.keys()) {
      if (!this.#nodes.has(id)) this.#handles.delete(id);
    }
  }
}
