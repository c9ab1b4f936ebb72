import { STORE_FORMAT } from '../model/epoch-files.ts';
import { ChatError } from '../model/errors.ts';
import { asInteger, asText, type Sql } from './sql.ts';

/**
 * Format 1. Rooms and profiles have a small number `n` besides their id, so that the rows of a message and its index stay
 * short. `rev` is the seq of the last change of a row.
 *
 * Names carry no UNIQUE: the rules keep them apart by `name_key`, and how that key folds a letter may differ between versions
 * of Unicode. An event that was accepted once must never fail to apply again.
 */
const FORMAT_1 = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

  CREATE TABLE profiles (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    colour TEXT NOT NULL,
    created INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0, -- seq of the event that last chose it
    rev INTEGER NOT NULL
  );
  CREATE INDEX profiles_by_name ON profiles (name_key);

  CREATE TABLE rooms (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    name TEXT,
    name_key TEXT,
    topic TEXT NOT NULL,
    archived INTEGER NOT NULL DEFAULT 0,
    members_key TEXT, -- of a direct room: its members' ids, sorted
    created INTEGER NOT NULL,
    last_seq INTEGER NOT NULL DEFAULT 0,
    messages INTEGER NOT NULL DEFAULT 0,
    rev INTEGER NOT NULL
  );
  CREATE INDEX rooms_by_name ON rooms (name_key) WHERE name_key IS NOT NULL;
  CREATE INDEX rooms_by_members ON rooms (members_key) WHERE members_key IS NOT NULL;

  CREATE TABLE members (
    room INTEGER NOT NULL,
    profile INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (room, profile)
  ) WITHOUT ROWID;

  CREATE TABLE messages (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    room INTEGER NOT NULL,
    sender INTEGER NOT NULL,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,
    created INTEGER NOT NULL,
    rev INTEGER NOT NULL
  );
  -- Pages of a room read it by (room, seq); sender and kind are there so that counting never looks at the messages.
  CREATE INDEX messages_by_room ON messages (room, seq, sender, kind);

  -- How many messages of a room a profile typed: those never count as unread for it.
  CREATE TABLE typed (
    room INTEGER NOT NULL,
    profile INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    PRIMARY KEY (room, profile)
  ) WITHOUT ROWID;

  -- How far a profile has read. seen: how many of the messages that can count as unread it has behind it. So the unread
  -- ones are rooms.messages - typed.messages - seen, without counting and without a row to change per reader and message.
  CREATE TABLE marks (
    profile INTEGER NOT NULL,
    room INTEGER NOT NULL,
    read_seq INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    rev INTEGER NOT NULL,
    PRIMARY KEY (profile, room)
  ) WITHOUT ROWID;

  -- An emptied draft keeps its row: those who were away have to learn that it is gone.
  CREATE TABLE drafts (
    profile INTEGER NOT NULL,
    room INTEGER NOT NULL,
    content TEXT NOT NULL,
    rev INTEGER NOT NULL,
    PRIMARY KEY (profile, room)
  ) WITHOUT ROWID;

  -- Ids that clients gave, and what they asked for with them.
  CREATE TABLE ids (
    id BLOB PRIMARY KEY,
    seq INTEGER NOT NULL,
    created INTEGER NOT NULL,
    intent TEXT NOT NULL,
    subject BLOB -- NULL when it is the id itself
  ) WITHOUT ROWID;

  -- Events word for word of which this version did not understand everything (understood = 1) or anything (0), or that did
  -- not fit the store and were kept aside (2).
  CREATE TABLE unknown_events (
    seq INTEGER PRIMARY KEY,
    event TEXT NOT NULL,
    understood INTEGER NOT NULL
  );

  -- The last ends of groups and the chain there. Filled when the database is exported.
  CREATE TABLE chain (seq INTEGER PRIMARY KEY, hash TEXT NOT NULL);
`;

/** One per format: what turns a database of the format before into this one. The first makes it out of nothing. */
const MIGRATIONS: readonly string[] = [FORMAT_1];

/** "LCht", so that tools can tell what the file is. */
const APPLICATION_ID = 0x4c436874;

/**
 * Brings a database to the present format, all steps in one transaction.
 *
 * @returns Whether there was anything to do.
 * @throws ChatError FORMAT_NEWER when a newer version wrote it; the database is not touched then.
 */
export function migrate(sql: Sql, migrations: readonly string[] = MIGRATIONS): boolean {
  const found = asInteger(sql.one('PRAGMA user_version')?.[0]);
  refuseNewer(found, migrations.length);
  if (found === migrations.length) return false;
  sql.script('BEGIN');
  try {
    for (const step of migrations.slice(found)) sql.script(step);
    sql.script(
      `PRAGMA user_version = ${migrations.length}; PRAGMA application_id = ${APPLICATION_ID}; COMMIT`,
    );
  } catch (error) {
    sql.script('ROLLBACK');
    throw error;
  }
  return true;
}

/** @throws ChatError FORMAT_NEWER */
export function refuseNewer(found: number, known: number = STORE_FORMAT): void {
  if (found > known) throw new ChatError('FORMAT_NEWER', { found, known });
}

export type MetaKey = 'store' | 'seq';

export function readMeta(sql: Sql, key: 'store'): string;
export function readMeta(sql: Sql, key: 'seq'): number;
export function readMeta(sql: Sql, key: MetaKey): string | number {
  const value = sql.one('SELECT value FROM meta WHERE key = ?', [key])?.[0];
  return key === 'seq' ? asInteger(value) : asText(value);
}

export function writeMeta(sql: Sql, key: MetaKey, value: string | number): void {
  sql.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', [key, value]);
}
