/*
 * A window without an editor: a client as an extension host has it, which is steered by lines of JSON. What is written into it is
 * sent and acknowledged as by `local-chat pipe`; besides, it says how its connection is, and how many milliseconds after the last
 * loss of it. It ends as a window that is closed does.
 *
 *   node window-program.cjs       with LOCAL_CHAT_DIR; hub and version are those of the folder it lies in
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createClient } from '../../../src/client/client.ts';
import { formatLogLine, LOG_LEVELS } from '../../../src/common/logger.ts';
import { toChatError } from '../../../src/model/errors.ts';

const { version } = JSON.parse(readFileSync(path.join(__dirname, '../package.json'), 'utf8')) as {
  version: string;
};
let lostAt = performance.now();
const isVerbose = process.env['LOCAL_CHAT_LOG'] !== undefined;
const client = createClient({
  directory: process.env['LOCAL_CHAT_DIR'] ?? '',
  bundleFolder: __dirname,
  version,
  identity: { kind: 'person', surface: 'window', folder: 'torture', product: 'window' },
  profile: { by: 'default', firstName: 'Window' },
  log: {
    log: (level, message, facts) => {
      if (message === 'the connection to the hub ended') lostAt = performance.now();
      if (isVerbose && LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf('info'))
        process.stderr.write(`${new Date().toISOString()} ${level} ${formatLogLine(message, facts)}\n`);
    },
  },
});
client.onDidChangeConnection(({ state }) =>
  print({ type: 'status', state, sinceLoss: performance.now() - lostAt }),
);

const running = new Set<Promise<void>>();
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const work: Promise<void> = answer(line).finally(() => running.delete(work));
  running.add(work);
});
const closed = Promise.race([once(lines, 'close'), once(process, 'SIGTERM'), once(process, 'SIGINT')]);
void closed.then(async () => {
  await client.leave();
  // What was on its way is refused by now.
  await Promise.all(running);
  process.stdout.write('', () => process.exit(0));
});

async function answer(line: string): Promise<void> {
  const { room, content, id } = JSON.parse(line) as { room: string; content: string; id: string };
  const patient = { patience: Infinity };
  try {
    await client.whenReady(patient);
    const roomId = [...client.state.rooms.values()].find(({ name }) => name === room)?.id ?? '';
    const { seq, timestamp } = await client.request('message.send', { id, roomId, content }, patient);
    print({ type: 'ack', id, seq, timestamp });
  } catch (error) {
    print({ type: 'error', id, code: toChatError(error).code });
  }
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
