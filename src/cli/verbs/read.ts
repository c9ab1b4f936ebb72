import type { Client } from '../../client/api.ts';
import type { Message } from '../../model/entities.ts';
import { limits } from '../../model/limits.ts';
import { findRoom } from '../find-room.ts';
import { transcript } from '../transcript.ts';
import { defineVerb } from '../verb.ts';

const DEFAULT_LIMIT = 50;

/** Up to this many messages are kept in memory; beyond it history is walked twice instead, back and forth again. */
const KEPT = 2_000;

/** The newest `limit` messages before `before`, ascending. */
async function* newest(
  client: Client,
  roomId: string,
  limit: number,
  before: number | undefined,
): AsyncGenerator<readonly Message[], void, undefined> {
  const pages: (readonly Message[])[] = [];
  let left = limit;
  let from = before;
  let last = 0;
  while (left > 0) {
    const page = await client.request('history.page', {
      roomId,
      ...(from === undefined ? {} : { before: from }),
      limit: Math.min(left, limits.historyPage),
    });
    const [oldest] = page.messages;
    if (oldest === undefined) break;
    last = Math.max(last, page.messages.at(-1)?.seq ?? 0);
    left -= page.messages.length;
    from = oldest.seq;
    if (limit <= KEPT) pages.unshift(page.messages);
    if (page.reachedStart) break;
  }
  if (limit <= KEPT) yield* pages;
  else if (last > 0 && from !== undefined) yield* between(client, roomId, from, last);
}

/** The messages from seq `first` to seq `last`, both included. */
async function* between(
  client: Client,
  roomId: string,
  first: number,
  last: number,
): AsyncGenerator<readonly Message[], void, undefined> {
  let after = first - 1;
  while (after < last) {
    const page = await client.request('history.page', { roomId, after, limit: limits.historyPage });
    const end = page.messages.at(-1);
    if (end === undefined) return;
    after = end.seq;
    yield page.messages.filter(({ seq }) => seq <= last);
    if (page.reachedEnd) return;
  }
}

export const read = defineVerb({
  name: 'read',
  summary: 'Print the newest messages of a room, oldest first',
  operands: [{ name: 'ROOM', required: true, refersTo: 'room' }],
  options: {
    limit: { kind: 'number', value: 'N', min: 1, summary: `At most so many messages (${DEFAULT_LIMIT})` },
    before: { kind: 'number', value: 'SEQ', min: 1, summary: 'Only messages before this number' },
  },
  notes: ['Reading in a terminal does not mark anything as read.'],
  run: async (call, { limit = DEFAULT_LIMIT, before }) => {
    const client = await call.connect();
    const room = await findRoom(client, call.operands[0] ?? '');
    const printer = transcript(client, call.out, call.json, false);
    let printed = 0;
    if (room !== null) {
      for await (const page of newest(client, room.id, limit, before)) {
        for (const message of page) await printer.print(message);
        printed += page.length;
      }
    }
    if (printed === 0 && call.out.isTerminal && !call.json) await call.out.line('No messages yet.');
    return 0;
  },
});
