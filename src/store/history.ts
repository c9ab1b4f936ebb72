import * as v from 'valibot';
import type { History, HistoryPage, HistoryQuery, StateRows } from '../core/ports.ts';
import { type Draft, type Message, type Room, roomKindSchema, senderKindSchema } from '../model/entities.ts';
import { ChatError } from '../model/errors.ts';
import { limits } from '../model/limits.ts';
import { membersOf, profileFrom } from './ledger.ts';
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

const MESSAGE = `SELECT m.id, m.seq, r.id, p.id, m.kind, m.content, m.created, m.rev
  FROM messages m CROSS JOIN rooms r ON r.n = m.room CROSS JOIN profiles p ON p.n = m.sender`;

/** Whether room `r` is shown to profile :me; the rule is `isVisibleTo` of the core. */
const VISIBLE = `(r.kind = 'room' OR EXISTS (SELECT 1 FROM members x WHERE x.room = r.n AND x.profile = :me))`;

const BETWEEN = 'm.seq > :after AND m.seq < :before';

/** The four ways to read a page. In a room the index gives the order; over all rooms the table itself does. */
export const PAGES = {
  room: {
    up: `${MESSAGE} WHERE m.room = :room AND ${BETWEEN} ORDER BY m.seq ASC`,
    down: `${MESSAGE} WHERE m.room = :room AND ${BETWEEN} ORDER BY m.seq DESC`,
  },
  all: {
    up: `${MESSAGE} WHERE ${BETWEEN} AND ${VISIBLE} ORDER BY m.seq ASC`,
    down: `${MESSAGE} WHERE ${BETWEEN} AND ${VISIBLE} ORDER BY m.seq DESC`,
  },
} as const;

const ROOMS = `SELECT * FROM (
    SELECT r.n, r.id, r.kind, r.name, r.topic, r.archived, r.created, r.last_seq, coalesce(m.read_seq, 0),
      r.messages - coalesce(t.messages, 0) - coalesce(m.seen, 0),
      max(r.rev, r.last_seq, coalesce(m.rev, 0)) AS rev
    FROM rooms r
    LEFT JOIN marks m ON m.profile = :me AND m.room = r.n
    LEFT JOIN typed t ON t.room = r.n AND t.profile = :me
    WHERE ${VISIBLE}
  ) WHERE rev > :rev ORDER BY n`;

/** Beyond every seq. */
const END = Number.MAX_SAFE_INTEGER;

interface PageSource {
  readonly up: string;
  readonly down: string;
  readonly values: Readonly<Record<string, number>>;
}

/** Reads what is committed: a group is staged and committed without a pause in which a reader could run. */
export class SqlHistory implements History {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** @throws ChatError NO_SUCH_PROFILE; NO_SUCH_ROOM also for a direct room of others. */
  async page(query: HistoryQuery): Promise<HistoryPage> {
    const source = this.#source(query);
    const { after = 0, before = END } = query;
    const forward = query.after !== undefined;
    const { messages, complete } = this.#read(
      source,
      forward ? 'up' : 'down',
      { after, before },
      query.limit,
    );
    if (!forward) messages.reverse();
    const first = messages[0]?.seq ?? before;
    const last = messages.at(-1)?.seq ?? after;
    return forward
      ? {
          messages,
          reachedStart: !this.#any(source, 0, after + 1),
          reachedEnd: complete && !this.#any(source, last, END),
        }
      : {
          messages,
          reachedStart: complete && !this.#any(source, 0, first),
          reachedEnd: !this.#any(source, before - 1, END),
        };
  }

  async message(profileId: string, id: string): Promise<Message | null> {
    const row = this.#sql.one(
      `${MESSAGE} WHERE m.seq = (SELECT seq FROM ids WHERE id = :id) AND ${VISIBLE}`,
      { ':id': idToBytes(id), ':me': this.#profileNumber(profileId) },
    );
    return row === null ? null : messageFrom(row);
  }

  async changedSince(profileId: string, rev: number): Promise<StateRows> {
    const me = this.#profileNumber(profileId);
    const profiles = this.#sql
      .all('SELECT id, name, colour, created, rev FROM profiles WHERE rev > ? ORDER BY n', [rev])
      .map(profileFrom);
    const rooms = this.#sql.all(ROOMS, { ':me': me, ':rev': rev }).map((row) => this.#roomFrom(row));
    // From the beginning there is nothing to take back: only drafts that hold something.
    const drafts = this.#sql
      .all(
        `SELECT r.id, d.content, d.rev FROM drafts d JOIN rooms r ON r.n = d.room
         WHERE d.profile = ? AND d.rev > ? AND (? > 0 OR d.content <> '') ORDER BY d.rev`,
        [me, rev, rev],
      )
      .map((row): Draft => ({ roomId: asText(row[0]), content: asText(row[1]), rev: asInteger(row[2]) }));
    return { profiles, rooms, drafts };
  }

  #source(query: HistoryQuery): PageSource {
    const me = this.#profileNumber(query.profileId);
    if (query.roomId === null) return { ...PAGES.all, values: { ':me': me } };
    const row = this.#sql.one(`SELECT r.n FROM rooms r WHERE r.id = :room AND ${VISIBLE}`, {
      ':room': query.roomId,
      ':me': me,
    });
    if (row === null) throw new ChatError('NO_SUCH_ROOM', { room: query.roomId });
    return { ...PAGES.room, values: { ':room': asInteger(row[0]) } };
  }

  /** In the order of reading. `complete`: nothing was left out because of a limit. */
  #read(
    source: PageSource,
    direction: 'up' | 'down',
    range: { after: number; before: number },
    limit: number,
  ): { messages: Message[]; complete: boolean } {
    const messages: Message[] = [];
    let bytes = 0;
    const values = { ...source.values, ':after': range.after, ':before': range.before };
    for (const row of this.#sql.each(source[direction], values)) {
      if (messages.length === limit) return { messages, complete: false };
      const message = messageFrom(row);
      bytes += Buffer.byteLength(JSON.stringify(message)) + 1;
      if (bytes > limits.pageBytes && messages.length > 0) return { messages, complete: false };
      messages.push(message);
    }
    return { messages, complete: true };
  }

  /** Whether there is a message with after < seq < before. */
  #any(source: PageSource, after: number, before: number): boolean {
    return this.#sql.one(source.up, { ...source.values, ':after': after, ':before': before }) !== null;
  }

  #profileNumber(profileId: string): number {
    const row = this.#sql.one('SELECT n FROM profiles WHERE id = ?', [profileId]);
    if (row === null) throw new ChatError('NO_SUCH_PROFILE', { profile: profileId });
    return asInteger(row[0]);
  }

  #roomFrom(row: Row): Room {
    const kind = v.parse(roomKindSchema, row[2]);
    return {
      id: asText(row[1]),
      kind,
      name: asTextOrNull(row[3]),
      topic: asText(row[4]),
      archived: asInteger(row[5]) === 1,
      members: kind === 'direct' ? membersOf(this.#sql, asInteger(row[0])) : [],
      created: asTimestamp(row[6]),
      lastSeq: asInteger(row[7]),
      readSeq: asInteger(row[8]),
      unread: asInteger(row[9]),
      rev: asInteger(row[10]),
    };
  }
}

function messageFrom(row: Row): Message {
  return {
    id: idFromBytes(row[0]),
    seq: asInteger(row[1]),
    roomId: asText(row[2]),
    senderId: asText(row[3]),
    kind: v.parse(senderKindSchema, row[4]),
    content: asText(row[5]),
    timestamp: asTimestamp(row[6]),
    rev: asInteger(row[7]),
  };
}
