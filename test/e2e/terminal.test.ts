import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Editor } from '../harness/editor.ts';
import { extensionId, makeTempDir, vsixPath } from '../harness/paths.ts';
import { cleanEnv, runOrThrow } from '../harness/process.ts';
import type { EditorWindow } from '../harness/window.ts';
import { Chat } from '../integration/support/chat.ts';
import { openTree, pageOf, sees } from './support/room.ts';

/** A PATH with all that a shell may want, and no Node. */
function makePathWithoutNode(): string {
  const folder = path.join(makeTempDir(), 'bin');
  mkdirSync(folder);
  const seen = new Set(['node', 'nodejs', 'npm', 'npx', 'corepack', 'local-chat']);
  for (const directory of ['/usr/bin', '/bin']) {
    for (const name of readdirSync(directory)) {
      if (!seen.has(name)) symlinkSync(path.join(directory, name), path.join(folder, name));
      seen.add(name);
    }
  }
  return folder;
}

/** The integrated terminal of a window, whose shell has said that it is ready. */
class Terminal {
  readonly #window: EditorWindow;

  private constructor(window: EditorWindow) {
    this.#window = window;
  }

  static async open(window: EditorWindow): Promise<Terminal> {
    await window.command('Terminal: Create New Terminal');
    const terminal = new Terminal(window);
    await terminal.shows(/[$#%>]\s*$/);
    return terminal;
  }

  async type(line: string): Promise<void> {
    await this.#window.focus();
    await this.#window.page.locator('.xterm-helper-textarea').focus();
    await this.#window.page.keyboard.type(line);
    await this.#window.page.keyboard.press('Enter');
  }

  /** Waits until its text, without the empty lines at its end, matches. */
  async shows(pattern: RegExp): Promise<void> {
    const rows = this.#window.page.locator('.xterm-rows');
    const deadline = Date.now() + 30_000;
    for (;;) {
      const text = (await rows.innerText()).replaceAll('\u00a0', ' ').trimEnd();
      if (pattern.test(text)) return;
      assert.ok(Date.now() < deadline, `The terminal does not show ${String(pattern)}:\n${text}`);
      await delay(50);
    }
  }
}

/** Nobody here has a Node of their own on the PATH. */
describe('the command local-chat', () => {
  let editor: Editor;
  let a: EditorWindow;
  let b: EditorWindow;
  let terminal: Terminal;
  let chat: Chat;
  let pathWithoutNode: string;

  const open = async (name: string): Promise<EditorWindow> => {
    const folder = path.join(makeTempDir(), name);
    mkdirSync(folder);
    const window = await editor.openWindow({ folder });
    await openTree(window);
    await window.treeRow('general').click();
    await pageOf(window);
    return window;
  };

  before(async () => {
    pathWithoutNode = makePathWithoutNode();
    editor = await Editor.start({
      vsix: vsixPath,
      settings: {
        // Drawn as text in the document, which a test can read.
        'terminal.integrated.gpuAcceleration': 'off',
        'terminal.integrated.env.linux': { PATH: pathWithoutNode },
        'terminal.integrated.defaultProfile.linux': 'sh',
        'terminal.integrated.profiles.linux': { sh: { path: '/bin/sh' } },
      },
    });
    chat = new Chat({ dir: editor.server.globalStorage(extensionId()) });
    a = await open('api');
    b = await open('web');
    terminal = await Terminal.open(a);
  });

  after(async () => {
    await chat?.close();
    await editor?.close();
  });

  it('sends from the integrated terminal to every window', async () => {
    await terminal.type('local-chat send general "from the terminal"');
    await sees(a, 'from the terminal');
    await sees(b, 'from the terminal');
    const lines = (await chat.ok(['read', 'general', '--json'])).json;
    assert.deepEqual(
      lines.map(({ content, kind }) => [content, kind]),
      [['from the terminal', 'person']],
    );
  });

  it('needs no Node on the PATH and ends with code 0', async () => {
    await terminal.type('clear; command -v node || echo no "node"; local-chat status; echo code=$?');
    await terminal.shows(/^no node$/m);
    await terminal.shows(/^code=\d+$/m);
    await terminal.shows(/^code=0$/m);
    await terminal.shows(/^Contents\s+1 message\b/m);
  });

  it('keeps what is sent while no window is open for the next one', async () => {
    const windows = [await a.extensionHostPid(), await b.extensionHostPid()];
    for (const window of [a, b]) await window.close();
    const launcher = path.join(chat.dir, 'bin', 'local-chat');
    const env = cleanEnv({ PATH: pathWithoutNode, HOME: makeTempDir() });
    let hub = { sessions: 0, pid: 0 };
    // Their sessions end a moment after the windows. What is left then is this command alone, which holds the hub itself.
    while (hub.sessions !== 1) {
      hub = JSON.parse(await runOrThrow(launcher, ['status', '--json'], { env })) as typeof hub;
    }
    assert.ok(!windows.includes(hub.pid));
    await runOrThrow(launcher, ['send', 'general', 'while nobody was there'], { env });
    const next = await open('docs');
    await sees(next, 'from the terminal');
    await sees(next, 'while nobody was there');
    assert.deepEqual(
      [a, b, next].flatMap(({ errors }) => errors),
      [],
    );
  });
});
