import { assertNever } from '../../common/assert-never.ts';
import { type ChatEvent, knownEvent } from '../../model/events.ts';
import type { LoggedEvent } from '../log.ts';
import type { Sql } from '../sql.ts';

/**
 * Profiles that an event speaks of and whose making is lost get a row, so that what they said is not lost with it. Their name
 * is not known until somebody gives them one. Rooms get none: whether one was open to all or private is lost as well.
 *
 * @returns Whether there was anything to do.
 */
export function standIn(sql: Sql, { envelope }: LoggedEvent): boolean {
  const event = knownEvent(envelope);
  if (event === null) return false;
  let made = 0;
  for (const id of profilesIn(event)) {
    if (sql.one('SELECT n FROM profiles WHERE id = ?', [id]) !== null) continue;
    const name = `profile ${id.slice(-6)}`;
    made += sql.run(
      "INSERT INTO profiles (id, name, name_key, colour, created, rev) VALUES (?, ?, ?, 'blue', ?, ?)",
      [id, name, name, Date.parse(event.timestamp), event.seq],
    );
  }
  return made > 0;
}

function profilesIn(event: ChatEvent): readonly string[] {
  const sender = event.senderId === null ? [] : [event.senderId];
  switch (event.type) {
    case 'profile.created':
      return [];
    case 'profile.changed':
    case 'profile.used':
    case 'read.marked':
    case 'draft.saved':
      return [event.body.profileId];
    case 'room.created':
      return event.body.members;
    case 'room.changed':
    case 'message.posted':
      return sender;
    default:
      return assertNever(event);
  }
}
