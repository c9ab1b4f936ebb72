import type { DecidedEvent, Ledger, RoomRecord } from '../core/ports.ts';
import { profileColourSchema, type Profile, roomKindSchema } from '../model/entities.ts';
import * as v from 'valibot';
import { membersKey } from './apply.ts';
import {
  asInteger,
  asText,
  asTextOrNull,
  asTimestamp,
  idFromBytes,
  idToBytes,
  type Row,
  type Sql,
} from './sql.ts';

const PROFILE = 'SELECT id, name, colour, created, rev FROM profiles';
const ROOM = 'SELECT n, id, kind, name, topic, archived, last_seq FROM rooms';

/** Messages of room :r in (:a, :b] that count as unread for :p; answered by the index alone. */
export const COUNT_UNREAD = `SELECT count(*) FROM messages
  WHERE room = :r AND seq > :a AND seq <= :b AND NOT (sender = :p AND kind = 'person')`;

export function profileFrom(row: Row): Profile {
  return {
    id: asText(row[0]),
    name: asText(row[1]),
    colour: v.parse(profileColourSchema, row[2]),
    created: asTimestamp(row[3]),
    rev: asInteger(row[4]),
  };
}

/** Ids of a direct room's members in the order of joining. */
export function membersOf(sql: Sql, room: number): string[] {
  return sql
    .all(
      'SELECT p.id FROM members m JOIN profiles p ON p.n = m.profile WHERE m.room = ? ORDER BY m.position',
      [room],
    )
    .map((row) => asText(row[0]));
}

/** The state as the rules see it, read from the database: within a transaction also what is staged there. */
export class SqlLedger implements Ledger {
  readonly #sql: Sql;
  readonly #lastSeq: () => number;

  constructor(sql: Sql, lastSeq: () => number) {
    this.#sql = sql;
    this.#lastSeq = lastSeq;
  }

  get lastSeq(): number {
    return this.#lastSeq();
  }

  profile(id: string): Profile | null {
    return this.#profile(this.#sql.one(`${PROFILE} WHERE id = ?`, [id]));
  }

  profileByName(key: string): Profile | null {
    return this.#profile(this.#sql.one(`${PROFILE} WHERE name_key = ? ORDER BY n`, [key]));
  }

  profiles(): readonly Profile[] {
    return this.#sql.all(`${PROFILE} ORDER BY n`).map(profileFrom);
  }

  lastUsedProfile(): string | null {
    const row = this.#sql.one('SELECT id FROM profiles WHERE used > 0 ORDER BY used DESC LIMIT 1');
    return row === null ? null : asText(row[0]);
  }

  room(id: string): RoomRecord | null {
    return this.#room(this.#sql.one(`${ROOM} WHERE id = ?`, [id]));
  }

  roomByName(key: string): RoomRecord | null {
    return this.#room(this.#sql.one(`${ROOM} WHERE name_key = ? ORDER BY n`, [key]));
  }

  directRoom(members: readonly string[]): RoomRecord | null {
    return this.#room(this.#sql.one(`${ROOM} WHERE members_key = ? ORDER BY n`, [membersKey(members)]));
  }

  readMark(profileId: string, roomId: string): number {
    const row = this.#sql.one(
      `SELECT m.read_seq FROM marks m
       WHERE m.profile = (SELECT n FROM profiles WHERE id = ?) AND m.room = (SELECT n FROM rooms WHERE id = ?)`,
      [profileId, roomId],
    );
    return row === null ? 0 : asInteger(row[0]);
  }

  unreadAfter(profileId: string, roomId: string, seq: number): number {
    const row = this.#sql.one(
      `SELECT r.n, p.n, r.last_seq, coalesce(m.read_seq, 0), r.messages - coalesce(t.messages, 0) - coalesce(m.seen, 0)
       FROM rooms r CROSS JOIN profiles p
       LEFT JOIN marks m ON m.profile = p.n AND m.room = r.n
       LEFT JOIN typed t ON t.room = r.n AND t.profile = p.n
       WHERE r.id = ? AND p.id = ?`,
      [roomId, profileId],
    );
    if (row === null) return 0;
    const [room, profile, last, mark, unread] = row.map(asInteger);
    if (room === undefined || profile === undefined || last === undefined) return 0;
    if (mark === undefined || unread === undefined) return 0;
    const count = (after: number, upTo: number): number =>
      asInteger(this.#sql.one(COUNT_UNREAD, { ':r': room, ':a': after, ':b': upTo, ':p': profile })?.[0]);
    // Two ways to the same number; the shorter stretch is counted. Reading on and on then counts each message once.
    return seq >= mark && seq - mark < last - seq ? unread - count(mark, seq) : count(seq, last);
  }

  draft(profileId: string, roomId: string): string {
    const row = this.#sql.one(
      `SELECT content FROM drafts
       WHERE profile = (SELECT n FROM profiles WHERE id = ?) AND room = (SELECT n FROM rooms WHERE id = ?)`,
      [profileId, roomId],
    );
    return row === null ? '' : asText(row[0]);
  }

  decided(id: string): DecidedEvent | null {
    const row = this.#sql.one('SELECT seq, created, intent, subject FROM ids WHERE id = ?', [idToBytes(id)]);
    if (row === null) return null;
    const subject = row[3] === null ? id : idFromBytes(row[3]);
    return { seq: asInteger(row[0]), timestamp: asTimestamp(row[1]), intent: asText(row[2]), subject };
  }

  #profile(row: Row | null): Profile | null {
    return row === null ? null : profileFrom(row);
  }

  #room(row: Row | null): RoomRecord | null {
    if (row === null) return null;
    const kind = v.parse(roomKindSchema, row[2]);
    return {
      id: asText(row[1]),
      kind,
      name: asTextOrNull(row[3]),
      topic: asText(row[4]),
      archived: asInteger(row[5]) === 1,
      members: kind === 'direct' ? membersOf(this.#sql, asInteger(row[0])) : [],
      lastSeq: asInteger(row[6]),
    };
  }
}
