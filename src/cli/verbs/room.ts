import type { Client } from '../../client/api.ts';
import type { CommandParams } from '../../model/commands.ts';
import { ChatError } from '../../model/errors.ts';
import { newId } from '../../model/ids.ts';
import { parseRoomReference } from '../../model/names.ts';
import { catchUp, labelOf, openRoom, shownLabel } from '../find-room.ts';
import { publicRoom } from '../public.ts';
import { type Call, type ExitCode, defineVerb } from '../verb.ts';

type Change = Omit<CommandParams<'room.change'>, 'id' | 'roomId'>;

/** Prints the room as it is now: the whole of it with --json, one line about what was done on a terminal, else nothing. */
async function printRoom(call: Call, client: Client, roomId: string, done: string): Promise<ExitCode> {
  await catchUp(client);
  const room = client.state.rooms.get(roomId);
  if (room === undefined) throw new ChatError('NO_SUCH_ROOM', { room: roomId });
  if (call.json) await call.out.json(publicRoom(client, room));
  else if (call.out.isTerminal) await call.out.line(`${done} ${shownLabel(labelOf(client, room))}`);
  return 0;
}

async function changeRoom(call: Call, change: Change, done: string): Promise<ExitCode> {
  const client = await call.connect();
  const reference = call.operands[0] ?? '';
  // A direct room has no name, topic or archive; it must not be opened just to be told so.
  if (parseRoomReference(reference).kind === 'direct')
    throw new ChatError('NOT_A_DIRECT_ROOM', { room: reference });
  const roomId = await openRoom(client, reference);
  await client.request('room.change', { id: newId(), roomId, ...change });
  return printRoom(call, client, roomId, done);
}

/** `#name` and `name` are the same also where a name is given. */
function bareName(text: string | undefined): string {
  const name = text ?? '';
  return name.startsWith('#') ? name.slice(1) : name;
}

const room = { name: 'ROOM', required: true, refersTo: 'room' } as const;

export const roomVerbs = [
  defineVerb({
    name: 'room create',
    summary: 'Make a room',
    operands: [{ name: 'NAME', required: true }],
    options: { topic: { kind: 'text', value: 'TEXT', summary: 'What the room is about' } },
    notes: ['A name has letters and digits of any script, with "-", "_" and "." inside, and no spaces.'],
    run: async (call, { topic }) => {
      const client = await call.connect();
      const made = await client.request('room.create', {
        id: newId(),
        name: bareName(call.operands[0]),
        ...(topic === undefined ? {} : { topic }),
      });
      return printRoom(call, client, made.subject, 'Made');
    },
  }),
  defineVerb({
    name: 'room rename',
    summary: 'Give a room another name',
    operands: [room, { name: 'NAME', required: true }],
    options: {},
    run: (call) => changeRoom(call, { name: bareName(call.operands[1]) }, 'Renamed to'),
  }),
  defineVerb({
    name: 'room topic',
    summary: 'Set the topic of a room; an empty one removes it',
    operands: [room, { name: 'TEXT', required: true }],
    options: {},
    run: (call) => changeRoom(call, { topic: call.operands[1] ?? '' }, 'Set the topic of'),
  }),
  defineVerb({
    name: 'room archive',
    summary: 'Put a room away; its messages stay readable',
    operands: [room],
    options: {},
    run: (call) => changeRoom(call, { archived: true }, 'Archived'),
  }),
  defineVerb({
    name: 'room restore',
    summary: 'Bring an archived room back',
    operands: [room],
    options: {},
    run: (call) => changeRoom(call, { archived: false }, 'Restored'),
  }),
];
