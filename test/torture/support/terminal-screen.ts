import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { displayWidth } from '../../../src/cli/layout.ts';
import { sanitiseText } from '../../../src/cli/sanitise.ts';
import { limits } from '../../../src/model/limits.ts';
import { checkRoomName } from '../../../src/model/names.ts';
import { wellFormed } from '../../../src/model/text.ts';
import { makeTempDir } from '../../harness/paths.ts';
import { spawnTracked, type TrackedProcess } from '../../harness/process.ts';
import { Chat } from '../../integration/support/chat.ts';
import { until } from '../../integration/support/until.ts';
import { Writer } from '../../integration/support/writer.ts';

const SCRIPT = '/usr/bin/script';
const COLUMNS = 80;
const ROOM = 'terminal';
/** Neither is in any payload. They stand before the first message and behind the last. */
const FIRST = 'the-first-of-all';
const LAST = 'the-last-of-all';

/** What this machine lacks for a terminal, or null. */
export function missingForTerminal(): string | null {
  return existsSync(SCRIPT) ? null : `${SCRIPT} of util-linux, for a terminal`;
}

export interface ScreenTotals {
  messages: number;
  topics: number;
  folders: number;
  faults: number;
  /** Characters that terminals were sent. */
  characters: number;
  readonly violations: string[];
}

/** How much of each is shown. */
export interface ScreenSizes {
  readonly topics: number;
  readonly folders: number;
  readonly faults: number;
}

/** The terminal interface on a terminal, in a chat where others wrote and named in bad faith. */
export async function showOnTerminal(payloads: readonly string[], sizes: ScreenSizes): Promise<ScreenTotals> {
  const totals: ScreenTotals = {
    messages: 0,
    topics: 0,
    folders: 0,
    faults: 0,
    characters: 0,
    violations: [],
  };
  const chat = new Chat();
  try {
    await chat.ok(['room', 'create', ROOM]);
    const contents = [FIRST, ...payloads, LAST];
    await write(chat, contents);
    for (const payload of payloads.slice(0, sizes.topics)) totals.topics += await nameRoom(chat, payload);
    const present = payloads.slice(0, sizes.folders).flatMap((payload) => attend(chat, payload));
    totals.folders = present.length;

    const look = async (words: readonly string[], ends?: string): Promise<string> => {
      const output = await onTerminal(chat, words, ends);
      totals.characters += output.length;
      totals.violations.push(...controlsIn(output).map((control) => `${words.join(' ')}: ${control}`));
      return output;
    };
    const read = await look(['read', ROOM, '--limit', String(contents.length)]);
    const tail = await look(['tail', ROOM, '--since', '0'], LAST);
    for (const [verb, output] of Object.entries({ read, tail }))
      totals.violations.push(...differences(output, contents).map((text) => `${verb}: ${text}`));
    totals.messages = contents.length;
    await look(['tail', '--since', '0'], LAST);
    for (const verb of ['rooms', 'who', 'status', 'profile list']) await look(verb.split(' '));
    for (const payload of payloads.slice(0, sizes.faults)) {
      // An argument cannot hold a zero, and what begins with a dash is an option.
      const word = `x${payload.replaceAll('\0', '').slice(0, 1_000)}`;
      totals.faults += 1;
      await look(['read', word]);
    }
  } finally {
    await chat.close();
  }
  return totals;
}

async function write(chat: Chat, contents: readonly string[]): Promise<void> {
  const writer = new Writer(chat, 'mallory');
  writer.start();
  for (const content of contents) writer.send(ROOM, content);
  await writer.settled();
  await writer.finish();
  if (writer.errors.length > 0) throw new Error(`Not accepted: ${JSON.stringify(writer.errors[0])}`);
}

/** Makes a room with this topic, and as much of it in its name as is allowed. */
async function nameRoom(chat: Chat, payload: string): Promise<number> {
  const check = checkRoomName(payload);
  const name = check.ok ? check.name : check.suggestion;
  const topic = [...payload.replaceAll('\0', '').trim()].slice(0, limits.topicLength).join('');
  if (name === null || topic === '' || topic.startsWith('-')) return 0;
  const { code } = await chat.run(['room', 'create', name, '--topic', topic]);
  return code === 0 ? 1 : 0;
}

/** Somebody who follows the chat from a folder of this name. */
function attend(chat: Chat, payload: string): TrackedProcess[] {
  const name = payload.replaceAll(/[\0/]/g, '').slice(0, 60);
  if (['', '.', '..'].includes(name)) return [];
  const folder = path.join(makeTempDir(), name);
  mkdirSync(folder);
  return [chat.spawn(['tail'], { cwd: folder })];
}

/** Runs the interface on a terminal of its own, to its end or until it has shown what `ends` says. */
async function onTerminal(chat: Chat, words: readonly string[], ends?: string): Promise<string> {
  // The shell gets the words as variables: nothing of them is its own.
  const names = words.map((_, index) => `W${index}`);
  const command = `stty cols ${COLUMNS} rows 24; exec "$NODE" "$CLI" ${names.map((name) => `"$${name}"`).join(' ')}`;
  const tracked = spawnTracked(SCRIPT, ['-qec', command, '/dev/null'], {
    env: chat.environment({
      NODE: process.execPath,
      CLI: chat.bundle,
      TERM: 'xterm-256color',
      SHELL: '/bin/sh',
      ...Object.fromEntries(names.map((name, index) => [name, words[index]])),
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let closed = false;
  tracked.process.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  tracked.process.once('close', () => (closed = true));
  await until(
    `the end of ${words.join(' ')}`,
    () => closed || (ends !== undefined && output.includes(ends)),
    60_000,
  );
  await tracked.stop(500);
  return output.replaceAll('\r\n', '\n');
}

/** Bold, dim, the colours of profiles, and their ends: what the interface itself writes. */
const OWN = new RegExp(`${String.fromCodePoint(0x1b)}\\[(?:[12]|22|3[1-69]|9[35])m`, 'g');
const CONTROLS = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

function controlsIn(output: string): string[] {
  const rest = output.replaceAll(OWN, '');
  return [...rest.matchAll(CONTROLS)].map(
    ({ index }) => `a control at ${JSON.stringify(rest.slice(Math.max(0, index - 20), index + 20))}`,
  );
}

/** How what was shown differs from what was written: each message in lines of its own, whole, and nothing else. */
function differences(output: string, contents: readonly string[]): string[] {
  const lines = output.replaceAll(OWN, '').split('\n');
  const start = lines.findIndex((line) => line.includes(FIRST));
  const indent = lines[start]?.indexOf('script: ') ?? -1;
  if (indent < 0) return ['the first message is not there'];
  const found: string[] = [];
  const end = lines.findIndex((line) => line.includes(LAST));
  const shown = lines.slice(start, end + 1);
  for (const line of shown) {
    if (displayWidth(line) > COLUMNS)
      found.push(`a line of ${displayWidth(line)} columns: ${JSON.stringify(line)}`);
    if (!/^\s*$|^\d\d:\d\d\s/.test(line.slice(0, indent)))
      found.push(`a line that begins before its message: ${JSON.stringify(line)}`);
  }
  const text = shown.map((line) => line.slice(indent)).join('');
  const wanted = `script: ${contents.map((content) => sanitiseText(wellFormed(content))).join('')}`;
  const difference = firstDifference(bare(text), bare(wanted));
  if (difference !== null) found.push(difference);
  return found;
}

const bare = (text: string): string => text.replaceAll(/\s/g, '');

function firstDifference(shown: string, wanted: string): string | null {
  if (shown === wanted) return null;
  let at = 0;
  while (shown[at] === wanted[at]) at += 1;
  const around = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 20), at + 20));
  return `${around(shown)} is shown for ${around(wanted)}`;
}
