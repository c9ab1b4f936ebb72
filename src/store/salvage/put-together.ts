import { asInteger, asText, type Row, type Sql } from '../sql.ts';
import { readByKey } from './read-rows.ts';

/**
 * Makes a whole of what was read of a damaged database: rooms and profiles that others speak of and that are missing themselves
 * are put together from what their indexes know, and what can be counted is counted again.
 *
 * @returns What had to be put together, for the report.
 */
export function putTogether(from: Sql, to: Sql, seq: number, newId: () => string): string[] {
  const notes: string[] = [];
  const profiles = replaceProfiles(from, to, seq, newId);
  if (profiles > 0) notes.push(`${profiles} profiles put together from their names`);
  const rooms = replaceRooms(from, to, seq, newId);
  if (rooms > 0) notes.push(`${rooms} rooms put together from their names`);
  to.script(`
    DELETE FROM members WHERE room NOT IN (SELECT n FROM rooms) OR profile NOT IN (SELECT n FROM profiles);
    DELETE FROM marks WHERE room NOT IN (SELECT n FROM rooms) OR profile NOT IN (SELECT n FROM profiles);
    DELETE FROM drafts WHERE room NOT IN (SELECT n FROM rooms) OR profile NOT IN (SELECT n FROM profiles);
    UPDATE rooms SET
      messages = (SELECT count(*) FROM messages WHERE room = rooms.n),
      last_seq = (SELECT coalesce(max(seq), 0) FROM messages WHERE room = rooms.n);
    DELETE FROM typed;
    INSERT INTO typed (room, profile, messages)
      SELECT room, sender, count(*) FROM messages WHERE kind = 'person' GROUP BY room, sender;
    UPDATE marks SET seen = (
      SELECT count(*) FROM messages m
      WHERE m.room = marks.room AND m.seq <= marks.read_seq AND NOT (m.sender = marks.profile AND m.kind = 'person'));
    -- Whoever sends one of these again is told that the id is taken: better than the message twice.
    INSERT OR IGNORE INTO ids (id, seq, created, intent, subject)
      SELECT id, seq, created, '', NULL FROM messages;
  `);
  return notes;
}

function replaceProfiles(from: Sql, to: Sql, seq: number, newId: () => string): number {
  const ids = fromIndex(from, 'profiles', 'sqlite_autoindex_profiles_1', 'id');
  const names = fromIndex(from, 'profiles', 'profiles_by_name', 'name_key');
  const missing = to.all(`
    SELECT DISTINCT n FROM (SELECT sender AS n FROM messages UNION SELECT profile FROM members)
    WHERE n NOT IN (SELECT n FROM profiles)`);
  const numbers = new Set([...numbersOf(missing), ...ids.keys()]);
  let count = 0;
  for (const n of numbers) {
    const id = ids.get(n) ?? newId();
    const name = names.get(n) ?? `profile ${n}`;
    count += to.run(
      "INSERT OR IGNORE INTO profiles (n, id, name, name_key, colour, created, rev) VALUES (?, ?, ?, ?, 'blue', 0, ?)",
      [n, id, name, name, seq],
    );
  }
  return count;
}

function replaceRooms(from: Sql, to: Sql, seq: number, newId: () => string): number {
  const ids = fromIndex(from, 'rooms', 'sqlite_autoindex_rooms_1', 'id');
  const names = fromIndex(from, 'rooms', 'rooms_by_name', 'name_key');
  const members = fromIndex(from, 'rooms', 'rooms_by_members', 'members_key');
  const direct = new Set(numbersOf(to.all('SELECT DISTINCT room FROM members')));
  const missing = to.all(`
    SELECT DISTINCT n FROM (SELECT room AS n FROM messages UNION SELECT room FROM members)
    WHERE n NOT IN (SELECT n FROM rooms)`);
  const numbers = new Set([...numbersOf(missing), ...ids.keys()]);
  let count = 0;
  for (const n of numbers) {
    const isDirect = members.has(n) || direct.has(n);
    const name = isDirect ? null : (names.get(n) ?? `room ${n}`);
    count += to.run(
      `INSERT OR IGNORE INTO rooms (n, id, kind, name, name_key, topic, members_key, created, rev)
       VALUES (?, ?, ?, ?, ?, '', ?, 0, ?)`,
      [n, ids.get(n) ?? newId(), isDirect ? 'direct' : 'room', name, name, members.get(n) ?? null, seq],
    );
  }
  return count;
}

/** An index has its column and the number of the row, and lies on pages of its own. */
function fromIndex(sql: Sql, table: string, index: string, column: string): Map<number, string> {
  const where = column === 'id' ? '' : ` WHERE ${column} IS NOT NULL`;
  const { rows } = readByKey(sql, `${table} INDEXED BY ${index}${where}`, `n, ${column}`, [column]);
  return new Map(rows.map(([n, value]) => [asInteger(n), asText(value)]));
}

const numbersOf = (rows: readonly Row[]): number[] => rows.map(([n]) => asInteger(n));
