import { labelOf, shownLabel } from '../find-room.ts';
import { table, truncate } from '../layout.ts';
import { styleOf } from '../output.ts';
import { publicRoom } from '../public.ts';
import { sanitiseLine } from '../sanitise.ts';
import { defineVerb } from '../verb.ts';

const MAX_TOPIC = 60;

export const rooms = defineVerb({
  name: 'rooms',
  summary: 'List rooms and direct messages',
  operands: [],
  options: {},
  notes: ['Archived rooms come last. Unread counts are those of the profile, over all its windows.'],
  run: async (call) => {
    const client = await call.connect();
    const collator = new Intl.Collator('en');
    const rank = (room: { archived: boolean; kind: string }): number =>
      (room.archived ? 2 : 0) + (room.kind === 'direct' ? 1 : 0);
    const sorted = [...client.state.rooms.values()].sort(
      (a, b) => rank(a) - rank(b) || collator.compare(labelOf(client, a), labelOf(client, b)),
    );
    if (call.json) {
      for (const room of sorted) await call.out.json(publicRoom(client, room));
      return 0;
    }
    const rows = sorted.map((room) => [
      sanitiseLine(shownLabel(labelOf(client, room))),
      room.unread === 0 ? '' : String(room.unread),
      truncate(sanitiseLine(room.archived ? `(archived) ${room.topic}` : room.topic), MAX_TOPIC),
    ]);
    const [heading = '', ...lines] = table(['ROOM', 'UNREAD', 'TOPIC'], rows);
    await call.out.write(`${[styleOf(call.out).dim(heading), ...lines].join('\n')}\n`);
    return 0;
  },
});
