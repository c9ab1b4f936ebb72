import { assertNever } from '../common/assert-never.ts';
import type { ChatEvent, ChatEventOf } from '../model/events.ts';
import { nameKey } from '../model/names.ts';
import { countsAsUnread } from '../model/unread.ts';
import { idToBytes, type Sql } from './sql.ts';

/** An event that speaks of something that is not there. The rules never make one. */
export class UnappliableEventError extends Error {
  override readonly name = 'UnappliableEventError';

  constructor(event: ChatEvent) {
    super(`Event ${event.seq} (${event.type}) does not fit the store`);
  }
}

/**
 * Writes into the tables what an event says. The only place that does; the same for a new event and for one replayed. It
 * decides nothing: an event is a fact.
 */
export function applyEvent(sql: Sql, event: ChatEvent): void {
  const changed = rowsChangedBy(sql, event);
  if (changed === 0) throw new UnappliableEventError(event);
}

function rowsChangedBy(sql: Sql, event: ChatEvent): number {
  switch (event.type) {
    case 'profile.created':
      return createProfile(sql, event);
    case 'profile.changed':
      return changeProfile(sql, event);
    case 'profile.used':
      return sql.run('UPDATE profiles SET used = ? WHERE id = ?', [event.seq, event.body.profileId]);
    case 'room.created':
      return createRoom(sql, event);
    case 'room.changed':
      return changeRoom(sql, event);
    case 'message.posted':
      return postMessage(sql, event);
    case 'read.marked':
      return markRead(sql, event);
    case 'draft.saved':
      return saveDraft(sql, event);
    default:
      return assertNever(event);
  }
}

const milliseconds = (event: ChatEvent): number => Date.parse(event.timestamp);

function createProfile(sql: Sql, event: ChatEventOf<'profile.created'>): number {
  const { profileId, name, colour } = event.body;
  const created = sql.run(
    'INSERT INTO profiles (id, name, name_key, colour, created, rev) VALUES (?, ?, ?, ?, ?, ?)',
    [profileId, name, nameKey(name), colour, milliseconds(event), event.seq],
  );
  // Who comes new begins with what is said from now on: a history of thousands is no news to anybody.
  sql.run(
    `INSERT INTO marks (profile, room, read_seq, seen, rev)
     SELECT p.n, r.n, r.last_seq, r.messages, ? FROM rooms r, profiles p
     WHERE p.id = ? AND r.kind = 'room' AND r.messages > 0`,
    [event.seq, profileId],
  );
  return created;
}

function changeProfile(sql: Sql, event: ChatEventOf<'profile.changed'>): number {
  const { profileId, name, colour } = event.body;
  return sql.run(
    `UPDATE profiles SET name = coalesce(?, name), name_key = coalesce(?, name_key), colour = coalesce(?, colour), rev = ?
     WHERE id = ?`,
    [name ?? null, name === undefined ? null : nameKey(name), colour ?? null, event.seq, profileId],
  );
}

/** The same for the same members in any order. */
export const membersKey = (members: readonly string[]): string => [...members].sort().join(' ');

function createRoom(sql: Sql, event: ChatEventOf<'room.created'>): number {
  const { roomId, kind, name, topic, members } = event.body;
  const created = sql.run(
    'INSERT INTO rooms (id, kind, name, name_key, topic, members_key, created, rev) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    [
      roomId,
      kind,
      name,
      name === null ? null : nameKey(name),
      topic,
      kind === 'direct' ? membersKey(members) : null,
      milliseconds(event),
      event.seq,
    ],
  );
  for (const [position, profileId] of members.entries()) {
    const joined = sql.run(
      'INSERT INTO members (room, profile, position) SELECT r.n, p.n, ? FROM rooms r, profiles p WHERE r.id = ? AND p.id = ?',
      [position, roomId, profileId],
    );
    if (joined === 0) return 0;
  }
  return created;
}

function changeRoom(sql: Sql, event: ChatEventOf<'room.changed'>): number {
  const { roomId, name, topic, archived } = event.body;
  return sql.run(
    `UPDATE rooms SET name = coalesce(?, name), name_key = coalesce(?, name_key), topic = coalesce(?, topic),
     archived = coalesce(?, archived), rev = ? WHERE id = ?`,
    [
      name ?? null,
      name === undefined ? null : nameKey(name),
      topic ?? null,
      archived === undefined ? null : Number(archived),
      event.seq,
      roomId,
    ],
  );
}

function postMessage(sql: Sql, event: ChatEventOf<'message.posted'>): number {
  const { seq, id, senderId } = event;
  const { roomId, kind, content } = event.body;
  if (senderId === null) return 0;
  const posted = sql.run(
    `INSERT INTO messages (seq, id, room, sender, kind, content, created, rev)
     SELECT ?, ?, r.n, p.n, ?, ?, ?, ? FROM rooms r, profiles p WHERE r.id = ? AND p.id = ?`,
    [seq, idToBytes(id), kind, content, milliseconds(event), seq, roomId, senderId],
  );
  sql.run('UPDATE rooms SET last_seq = ?, messages = messages + 1 WHERE id = ?', [seq, roomId]);
  if (!countsAsUnread({ senderId, kind }, senderId)) {
    sql.run(
      `INSERT INTO typed (room, profile, messages)
       SELECT r.n, p.n, 1 FROM rooms r, profiles p WHERE r.id = ? AND p.id = ?
       ON CONFLICT (room, profile) DO UPDATE SET messages = messages + 1`,
      [roomId, senderId],
    );
  }
  return posted;
}

function markRead(sql: Sql, event: ChatEventOf<'read.marked'>): number {
  const { profileId, roomId, upTo, unread } = event.body;
  return sql.run(
    `INSERT INTO marks (profile, room, read_seq, seen, rev)
     SELECT p.n, r.n, ?, r.messages - coalesce(t.messages, 0) - ?, ?
     FROM profiles p CROSS JOIN rooms r LEFT JOIN typed t ON t.room = r.n AND t.profile = p.n
     WHERE p.id = ? AND r.id = ?
     ON CONFLICT (profile, room) DO UPDATE SET read_seq = excluded.read_seq, seen = excluded.seen, rev = excluded.rev`,
    [upTo, unread, event.seq, profileId, roomId],
  );
}

function saveDraft(sql: Sql, event: ChatEventOf<'draft.saved'>): number {
  const { profileId, roomId, content } = event.body;
  return sql.run(
    `INSERT INTO drafts (profile, room, content, rev)
     SELECT p.n, r.n, ?, ? FROM profiles p, rooms r WHERE p.id = ? AND r.id = ?
     ON CONFLICT (profile, room) DO UPDATE SET content = excluded.content, rev = excluded.rev`,
    [content, event.seq, profileId, roomId],
  );
}
