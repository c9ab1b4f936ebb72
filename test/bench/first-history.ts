import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Editor } from '../harness/editor.ts';
import { extensionId, makeTempDir, root, vsixPath } from '../harness/paths.ts';
import { cleanEnv, runOrThrow } from '../harness/process.ts';
import { runAsProgram, say } from '../harness/say.ts';
import type { EditorWindow } from '../harness/window.ts';

/*
 * npm run bench                   how long a reloaded window takes to show its room, with 10,000 messages in the store
 *
 * Per run: from the moment the window's client begins to connect (the session's own `since`, taken while the extension is
 * activated) to the frame after the first one with messages in it. The floor in the same run is a webview without a chat: until
 * the script of the page was seen to run.
 */

const MESSAGES = 10_000;
const RUNS = 7;

const bundle = path.join(root, 'dist', 'local-chat.cjs');

async function fill(directory: string): Promise<void> {
  const pipe = spawn(process.execPath, [bundle, 'pipe', '--data-dir', directory], {
    stdio: ['pipe', 'ignore', 'inherit'],
    env: cleanEnv({}),
  });
  for (let number = 1; number <= MESSAGES; number += 1) {
    const content = `message ${number} of a long day, about as long as what people write to each other when they work together`;
    if (!pipe.stdin.write(`${JSON.stringify({ room: 'general', content })}\n`))
      await once(pipe.stdin, 'drain');
  }
  pipe.stdin.end();
  const [code] = (await once(pipe, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`The store could not be filled: pipe ended with ${String(code)}.`);
}

/** When this window's session began, by the machine's clock, in milliseconds. */
async function activationOf(window: EditorWindow, directory: string): Promise<number> {
  const pid = await window.extensionHostPid();
  const output = await runOrThrow(process.execPath, [bundle, 'who', '--json', '--data-dir', directory], {
    env: cleanEnv({}),
  });
  const sessions = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { pid: number; since: string });
  const mine = sessions.find((session) => session.pid === pid);
  if (mine === undefined) throw new Error('This window has no session.');
  return Date.parse(mine.since);
}

interface Times {
  readonly script: number;
  readonly history: number;
}

/** When the script of a page of this window was seen to run, and when its first messages were painted: the first page that has any. */
async function painted(window: EditorWindow): Promise<Times> {
  for (;;) {
    for (const frame of window.webviews()) {
      // The editor writes the document anew once; what looked at the one before ends in nothing.
      const times = await frame.evaluate(watchPage).catch(() => null);
      if (times !== null) return times;
    }
    await window.page.waitForTimeout(2);
  }
}

/** Runs in a page. */
async function watchPage(): Promise<Times | null> {
  let script = 0;
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    const page = document.querySelector('lc-page');
    if (page?.shadowRoot) script ||= Date.now();
    const list = page?.shadowRoot?.querySelector('lc-message-list');
    if (list?.shadowRoot?.querySelector('lc-message')) {
      // The next frame but one begins when this one is on the screen.
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      return { script, history: Date.now() };
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return null;
}

async function measure(): Promise<void> {
  const base = makeTempDir();
  const folder = path.join(base, 'project');
  mkdirSync(folder);
  const editor = await Editor.start({ vsix: vsixPath });
  try {
    const directory = editor.server.globalStorage(extensionId());
    await fill(directory);
    const window = await editor.openWindow({ folder });
    await window.openViewContainer('Local Chat');
    await window.treeRow('general').first().click();
    await window.webview('lc-message');
    const runs: Times[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      await window.reload();
      const times = await painted(window);
      const began = await activationOf(window, directory);
      runs.push({ history: times.history - began, script: times.script - began });
    }
    const row = (name: string, values: readonly number[]): void => {
      const sorted = values.toSorted((a, b) => a - b);
      say(`${name}: median ${sorted[sorted.length >> 1]} ms (${sorted[0]}–${sorted.at(-1)})`);
    };
    say(`${MESSAGES} messages, ${RUNS} reloads`);
    row(
      'activation → first painted history',
      runs.map(({ history }) => history),
    );
    row(
      'activation → script of the page runs',
      runs.map(({ script }) => script),
    );
    row(
      'difference: what the chat itself takes',
      runs.map(({ history, script }) => history - script),
    );
  } finally {
    await editor.close();
  }
}

await runAsProgram(measure);
