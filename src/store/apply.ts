import { assertNever } from '../common/assert-never.ts';
import type { ChatEvent, ChatEventOf } from '../model/events.ts';
import { nameKey } from '../model/names.ts';
import { countsAsUnread } from '../model/unread.ts';
import { asInteger, idToBytes, type Sql } from './sql.ts';

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
 *
 * Rows are looked up first and written one by one. INSERT … SELECT would say it shorter, but as it could write several rows
 * SQLite prepares to take them back, which takes seven times as long.
 */
export function applyEvent(sql: Sql, event: ChatEvent): void {
  switch (event.type) {
    case 'profile.created':
      return createProfile(sql, event);
    case 'profile.changed':
      return changeProfile(sql, event);
    case 'profile.used':
      return useProfile(sql, event);
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

function profileNumber(sql: Sql, event: ChatEvent, id: string | null): number {
  const row = id === null ? null : sql.one('SELECT n FROM profiles WHERE id = ?', [id]);
  if (row === null) throw new UnappliableEventError(event);
  return asInteger(row[0]);
}

function roomNumber(sql: Sql, event: ChatEvent, id: string): number {
  const row = sql.one('SELECT n FROM rooms WHERE id = ?', [id]);
  if (row === null) throw new UnappliableEventError(event);
  return asInteger(row[0]);
}

function createProfile(sql: Sql, event: ChatEventOf<'profile.created'>): void {
  const { profileId, name, colour } = event.body;
  sql.run('INSERT INTO profiles (id, name, name_key, colour, created, rev) VALUES (?, ?, ?, ?, ?, ?)', [
    profileId,
    name,
    nameKey(name),
    colour,
    milliseconds(event),
    event.seq,
  ]);
  // Who comes new begins with what is said from now on: a history of thousands is no news to anybody.
  sql.run(
    `INSERT INTO marks (profile, room, read_seq, seen, rev)
     SELECT ?, n, last_seq, messages, ? FROM rooms WHERE kind = 'room' AND messages > 0`,
    [profileNumber(sql, event, profileId), event.seq],
  );
}

function changeProfile(sql: Sql, event: ChatEventOf<'profile.changed'>): void {
  const { profileId, name, colour } = event.body;
  const profile = profileNumber(sql, event, profileId);
  if (name !== undefined) {
    sql.run('UPDATE profiles SET name = ?, name_key = ? WHERE n = ?', [name, nameKey(name), profile]);
  }
  if (colour !== undefined) sql.run('UPDATE profiles SET colour = ? WHERE n = ?', [colour, profile]);
  sql.run('UPDATE profiles SET rev = ? WHERE n = ?', [event.seq, profile]);
}

function useProfile(sql: Sql, event: ChatEventOf<'profile.used'>): void {
  const profile = profileNumber(sql, event, event.body.profileId);
  sql.run('UPDATE profiles SET used = ? WHERE n = ?', [event.seq, profile]);
}

/** The same for the same members in any order. */
export const membersKey = (members: readonly string[]): string => [...members].sort().join(' ');

function createRoom(sql: Sql, event: ChatEventOf<'room.created'>): void {
  const { roomId, kind, name, topic, members } = event.body;
  sql.run(
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
  const room = roomNumber(sql, event, roomId);
  for (const [position, profileId] of members.entries()) {
    const profile = profileNumber(sql, event, profileId);
    sql.run('INSERT INTO members (room, profile, position) VALUES (?, ?, ?)', [room, profile, position]);
  }
}

function changeRoom(sql: Sql, event: ChatEventOf<'room.changed'>): void {
  const { roomId, name, topic, archived } = event.body;
  const room = roomNumber(sql, event, roomId);
  if (name !== undefined) {
    sql.run('UPDATE rooms SET name = ?, name_key = ? WHERE n = ?', [name, nameKey(name), room]);
  }
  if (topic !== undefined) sql.run('UPDATE rooms SET topic = ? WHERE n = ?', [topic, room]);
  if (archived !== undefined) {
    sql.run('UPDATE rooms SET archived = ? WHERE n = ?', [Number(archived), room]);
  }
  sql.run('UPDATE rooms SET rev = ? WHERE n = ?', [event.seq, room]);
}

function postMessage(sql: Sql, event: ChatEventOf<'message.posted'>): void {
  const { seq, id, senderId } = event;
  const { roomId, kind, content } = event.body;
  const room = roomNumber(sql, event, roomId);
  const sender = profileNumber(sql, event, senderId);
  sql.run(
    'INSERT INTO messages (seq, id, room, sender, kind, content, created, rev) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    [seq, idToBytes(id), room, sender, kind, content, milliseconds(event), seq],
  );
  sql.run('UPDATE rooms SET last_seq = ?, messages = messages + 1 WHERE n = ?', [seq, room]);
  const news = senderId === null || countsAsUnread({ senderId, kind }, senderId);
  if (!news) {
    sql.run(
      `INSERT INTO typed (room, profile, messages) VALUES (?, ?, 1)
       ON CONFLICT (room, profile) DO UPDATE SET messages = messages + 1`,
      [room, sender],
    );
  }
}

function markRead(sql: Sql, event: ChatEventOf<'read.marked'>): void {
  const { profileId, roomId, upTo, unread } = event.body;
  const room = roomNumber(sql, event, roomId);
  const profile = profileNumber(sql, event, profileId);
  const news = sql.one(
    `SELECT messages - coalesce((SELECT messages FROM typed WHERE room = rooms.n AND profile = ?), 0)
     FROM rooms WHERE n = ?`,
    [profile, room],
  );
  sql.run('INSERT OR REPLACE INTO marks (profile, room, read_seq, seen, rev) VALUES (?, ?, ?, ?, ?)', [
    profile,
    room,
    upTo,
    asInteger(news?.[0]) - unread,
    event.seq,
  ]);
}

function saveDraft(sql: Sql, event: ChatEventOf<'draft.saved'>): void {
  const { profileId, roomId, content } = event.body;
  const room = roomNumber(sql, event, roomId);
  const profile = profileNumber(sql, event, profileId);
  sql.run('INSERT OR REPLACE INTO drafts (profile, room, content, rev) VALUES (?, ?, ?, ?)', [
    profile,
    room,
    content,
    event.seq,
  ]);
}
