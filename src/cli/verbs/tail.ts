import { noticeConnection } from '../connection-notice.ts';
import { openRoom } from '../find-room.ts';
import { transcript } from '../transcript.ts';
import { defineVerb } from '../verb.ts';

export const tail = defineVerb({
  name: 'tail',
  summary: 'Follow a room, or all of them, as messages come',
  operands: [{ name: 'ROOM', required: false, refersTo: 'room' }],
  options: {
    since: { kind: 'number', value: 'SEQ', min: 0, summary: 'First all messages after this number (0: all)' },
  },
  notes: [
    'Prints every message once, in order, and misses none, also when the editor window that held the chat goes away. It runs until Ctrl-C.',
    'Without --since only messages from now on. To go on after a break, give the number (seq) of the last message that was printed.',
  ],
  interruptible: true,
  run: async (call, { since }) => {
    const client = await call.connect();
    const after = since ?? client.state.seq;
    const [room] = call.operands;
    const roomId = room === undefined ? null : await openRoom(client, room);
    const printer = transcript(client, call.out, call.json, roomId === null);
    const notice = noticeConnection(client, call.err);
    try {
      for await (const message of client.follow(roomId, after, call.signal)) await printer.print(message);
    } finally {
      notice.dispose();
    }
    return 0;
  },
});
