import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openConnection } from '../../../src/ipc/connect.ts';
import { newId } from '../../../src/model/ids.ts';
import { highestEpoch, readClaim } from '../../../src/rendezvous/claim.ts';
import { loadSecret } from '../../../src/rendezvous/secret.ts';
import { makeTempDir } from '../../harness/paths.ts';
import { Chat } from '../../integration/support/chat.ts';
import { type Acked, type Sent, type Stored, violations } from '../../integration/support/history.ts';
import { until, within } from '../../integration/support/until.ts';
import { Writer } from '../../integration/support/writer.ts';
import { buildVariant, type Edit, replacing } from './variant.ts';

/** Set for the one process whose hub stops; elsewhere it is not there. */
const VARIABLE = 'TORTURE_STOP_FILE';

/** Of one message, all in one group unless the machine is very slow. */
const SENDINGS = 10;

/** A hub that stops its process between deciding a group and writing it, once the file named in {@link VARIABLE} is there. */
const thatStops = replacing(
  '...forTests(directory),',
  `...forTests(directory),
    checkpoint: (name: string) => {
    const file = process.env['${VARIABLE}'];
    const { existsSync, rmSync } = require('node:fs');
    if (name !== 'commit staged' || file === undefined || !existsSync(file)) return;
    rmSync(file);
    process.kill(process.pid, 'SIGSTOP');
    // The signal is for the process: this thread may go on until another one has heard of it.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
  },`,
);

/**
 * A hub is stopped while it holds a message, and the same message again and again, that is not yet written. Another one takes over,
 * without it. The old one wakes up, writes and syncs: the message is now in its own log, and nowhere that counts. It must
 * tell none of its senders that it is stored. They are no clients as others, which would have gone to the new hub long
 * ago: they wait for whatever comes.
 *
 * Returns the violations.
 */
export async function wokenHub(edits: Readonly<Record<string, Edit>> = {}): Promise<string[]> {
  const bundle = await buildVariant({ edits: { ...edits, 'src/hub/run-worker.ts': thatStops } });
  const chat = new Chat({ bundle });
  try {
    return await wake(chat);
  } finally {
    await chat.close();
  }
}

async function wake(chat: Chat): Promise<string[]> {
  const stopFile = path.join(makeTempDir(), 'stop');
  const hub = chat.spawn(['tail'], { env: { [VARIABLE]: stopFile } }).process;
  hub.stdout?.resume();
  await until('a hub', () => chat.hub()?.pid === hub.pid);
  const writer = new Writer(chat, 'writer');
  writer.start();
  writer.send('general', 'before');
  await within('an answer', writer.settled(), 30_000);

  const connection = await stubbornConnection(chat.dir);
  const { profileId } = await connection.request('session.open', sessionFacts());
  const roomId = (await general(chat)) ?? '';
  const [first, message] = ['once', 'many times'].map((content) => ({ id: newId(), roomId, content }));
  if (first === undefined || message === undefined) throw new Error('There is nothing to send.');
  const sent = [first, message].map(({ id, content }): Sent => ({ id, content, room: 'general', at: 0 }));
  // What is done for the first time takes long enough for the next command to miss its group.
  await connection.request('message.send', first);
  writeFileSync(stopFile, '');
  const answers = Array.from({ length: SENDINGS }, async (): Promise<Acked[]> => {
    try {
      const { seq } = await connection.request('message.send', message);
      return [{ id: message.id, seq, at: performance.now() }];
    } catch {
      return [];
    }
  });
  await until('the stop', () => isStopped(hub.pid ?? 0) && !existsSync(stopFile), 30_000);
  writer.send('general', 'meanwhile');
  await within('the answer of another hub', writer.settled(), 60_000);
  hub.kill('SIGCONT');
  const acked = (await within('the end of the old hub', Promise.all(answers), 30_000)).flat();
  connection.dispose();
  await chat.close();
  const { json } = await chat.ok(['read', 'general', '--limit', '999', '--json'], { timeout: 60_000 });
  const wrong = profileId === '' || roomId === '' ? ['nothing was tried'] : [];
  return [
    ...wrong,
    ...violations({
      sent: [...writer.sent, ...sent],
      acked: [...writer.acked, ...acked],
      followed: [],
      history: json as unknown as Stored[],
    }),
  ];
}

async function stubbornConnection(directory: string) {
  const reading = readClaim(directory, highestEpoch(directory));
  if (reading.kind !== 'claim') throw new Error('There is no hub.');
  const result = await openConnection({
    path: reading.claim.socket,
    secret: loadSecret(directory),
    helloTimeoutMs: 10_000,
  });
  if (result.kind !== 'connected') throw new Error(`Not connected: ${result.kind}`);
  result.connection.start({ onRequest: () => ({}), onNotification: () => undefined });
  return result.connection;
}

function sessionFacts() {
  return {
    kind: 'script',
    surface: 'terminal',
    folder: '',
    product: 'torture',
    sessionId: newId(),
    pid: process.pid,
    since: new Date().toISOString(),
    profile: { by: 'default', firstName: 'Ada' },
  } as const;
}

async function general(chat: Chat): Promise<string | undefined> {
  const { json } = await chat.ok(['rooms', '--json']);
  return json.map((room) => String(room['id'])).at(0);
}

function isStopped(pid: number): boolean {
  return /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}
