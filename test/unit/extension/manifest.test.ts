import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  commandIds,
  contextKeys,
  PRODUCT,
  settingIds,
  treeContexts,
  viewIds,
} from '../../../src/extension/ids.ts';
import { root } from '../../harness/paths.ts';

interface MenuEntry {
  readonly command: string;
  readonly when?: string;
}

interface Manifest {
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly { command: string; title: string; category: string }[];
    readonly menus: Readonly<Record<string, readonly MenuEntry[]>>;
    readonly views: Readonly<Record<string, readonly { id: string; name: string; icon: string }[]>>;
    readonly viewsContainers: { readonly activitybar: readonly { id: string; icon: string }[] };
    readonly viewsWelcome: readonly { view: string; contents: string; when: string }[];
    readonly configuration: {
      readonly properties: Readonly<Record<string, { scope: string; markdownDescription: string }>>;
    };
  };
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

const sorted = (names: Iterable<string>): string[] => [...names].sort();

describe('the manifest', () => {
  const manifestText = readFileSync(path.join(root, 'package.json'), 'utf8');
  const { activationEvents, contributes, icon } = JSON.parse(manifestText) as Manifest;
  const whens = [...Object.values(contributes.menus).flat(), ...contributes.viewsWelcome].map(
    ({ when }) => when ?? '',
  );

  it('has the commands of the table and no other, all in the category of the product', () => {
    const declared = contributes.commands.map(({ command }) => command);
    assert.deepEqual(sorted(declared), sorted(Object.values(commandIds)));
    assert.deepEqual(new Set(contributes.commands.map(({ category }) => category)), new Set([PRODUCT]));
  });

  it('puts only its own commands into menus', () => {
    const known = new Set<string>(Object.values(commandIds));
    const used = Object.values(contributes.menus)
      .flat()
      .map(({ command }) => command);
    assert.deepEqual(
      used.filter((command) => !known.has(command)),
      [],
    );
  });

  it('hides from the palette what needs a tree item, and what needs a chat while there is none', () => {
    const palette = new Map(
      (contributes.menus['commandPalette'] ?? []).map(({ command, when }) => [command, when]),
    );
    for (const name of ['copyRoomName', 'openInEditor'] as const)
      assert.equal(palette.get(commandIds[name]), 'false', name);
    for (const name of ['renameRoom', 'setRoomTopic', 'archiveRoom', 'markAllAsRead'] as const)
      assert.equal(palette.get(commandIds[name]), contextKeys.connected, name);
    assert.equal(palette.get(commandIds.restoreRoom), contextKeys.hasArchivedRooms);
    assert.ok(palette.get(commandIds.openInSideBar)?.endsWith(` && ${contextKeys.connected}`));
    // These explain themselves when there is no chat.
    for (const name of ['openChatPanel', 'openRoom', 'newRoom', 'showLog', 'showStatus'] as const)
      assert.ok(!palette.has(commandIds[name]), name);
  });

  it('uses only context keys, views and kinds of tree items that exist', () => {
    const text = whens.join(' ');
    const dotted = text.match(/localChat\.\w+/g) ?? [];
    const known = new Set<string>([...Object.values(contextKeys), ...Object.values(viewIds)]);
    assert.ok(dotted.length > 10);
    assert.deepEqual(
      dotted.filter((key) => !known.has(key)),
      [],
    );
    const items = [...text.matchAll(/viewItem =~ \/\^\((.*?)\)\$\//g)].flatMap(([, names = '']) =>
      names.split('|'),
    );
    const contexts = new Set<string>(Object.values(treeContexts));
    assert.ok(items.length > 0);
    assert.deepEqual(
      items.filter((item) => !contexts.has(item)),
      [],
    );
  });

  it('has the views and the container of the table', () => {
    const views = Object.values(contributes.views).flat();
    assert.deepEqual(sorted(views.map(({ id }) => id)), sorted([viewIds.rooms, viewIds.chat]));
    assert.deepEqual(Object.keys(contributes.views), [viewIds.container]);
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [viewIds.container],
    );
  });

  it('has the settings of the table, each with a scope and a description', () => {
    const { properties } = contributes.configuration;
    assert.deepEqual(sorted(Object.keys(properties)), sorted(Object.values(settingIds)));
    for (const [name, { scope, markdownDescription }] of Object.entries(properties)) {
      assert.ok(['machine', 'application'].includes(scope), name);
      assert.match(markdownDescription, /^%.+%$/, name);
    }
    assert.equal(properties[settingIds.dataDirectory]?.scope, 'machine');
  });

  it('is activated without being asked for, for links and for panels that come back', () => {
    assert.deepEqual(
      sorted(activationEvents),
      sorted(['onStartupFinished', 'onUri', `onWebviewPanel:${viewIds.panel}`]),
    );
  });

  it('names texts that exist, and no text is left over', () => {
    const used = [...manifestText.matchAll(/"%([^%"]+)%"/g)].map(([, key = '']) => key);
    const texts = readJson('package.nls.json') as Record<string, string>;
    assert.deepEqual(sorted(used), sorted(Object.keys(texts)));
  });

  it('names pictures that exist', () => {
    const pictures = [
      icon,
      ...Object.values(contributes.views)
        .flat()
        .map((view) => view.icon),
      ...contributes.viewsContainers.activitybar.map((container) => container.icon),
    ];
    assert.deepEqual(
      pictures.filter((file) => !existsSync(path.join(root, file))),
      [],
    );
  });
});
