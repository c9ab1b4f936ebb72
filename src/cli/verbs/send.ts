import { ChatError } from '../../model/errors.ts';
import { isId, newId } from '../../model/ids.ts';
import { labelOf, openRoom, shownLabel } from '../find-room.ts';
import { messageText } from '../message-text.ts';
import { styleOf } from '../output.ts';
import { publicMessage } from '../public.ts';
import { sanitiseLine } from '../sanitise.ts';
import { type Call, type ExitCode, defineVerb } from '../verb.ts';

/** Shared by `send` and `dm`: one message into one room. */
export async function sendMessage(
  call: Call,
  reference: string,
  textOperand: string | undefined,
  givenId: string | undefined,
): Promise<ExitCode> {
  if (givenId !== undefined && !isId(givenId)) throw new ChatError('BAD_ID', { id: givenId });
  const content = await messageText(call, textOperand);
  const client = await call.connect();
  const roomId = await openRoom(client, reference);
  const ack = await client.request('message.send', { id: givenId ?? newId(), roomId, content });
  if (call.json) {
    // Read back, not made up here: a repeated id answers with the message that was stored the first time.
    const { message } = await client.request('message.get', { id: ack.subject });
    if (message === null) throw new ChatError('NO_SUCH_MESSAGE', { id: ack.subject });
    await call.out.json(publicMessage(client, message));
  } else if (call.out.isTerminal) {
    const room = client.state.rooms.get(roomId);
    const label = room === undefined ? reference : shownLabel(labelOf(client, room));
    await call.out.write(`${styleOf(call.out).dim(sanitiseLine(`${label} ${ack.seq}`))}\n`);
  }
  return 0;
}

export const send = defineVerb({
  name: 'send',
  summary: 'Send a message',
  operands: [
    { name: 'ROOM', required: true, refersTo: 'room' },
    { name: 'TEXT', required: false, form: '[TEXT|-]', isMessage: true },
  ],
  options: {
    id: { kind: 'text', value: 'UUID', summary: 'Id of the message; the same id again is the same message' },
  },
  notes: [
    'TEXT is Markdown and may have several lines. Without it, or with "-", the text is read from standard input.',
    'It ends once the message is safely stored. On a terminal it prints the room and the number of the message; with --json the stored message; else nothing.',
    'With an id of your own a retry is safe: it is stored once, however often it is sent.',
  ],
  run: (call, { id }) => sendMessage(call, call.operands[0] ?? '', call.operands[1], id),
});
