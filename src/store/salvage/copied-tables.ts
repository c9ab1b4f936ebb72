import type { SqlValue } from 'sql.js';
import { asInteger, type Row, type Sql } from '../sql.ts';
import type { Gap } from './gaps.ts';
import { putTogether } from './put-together.ts';
import { readByKey, readByNumber, type TableRows } from './read-rows.ts';

/** 1 where a text has a byte that no text has: it ran over onto a page that is gone. */
const spoiled = (column: string): string => `instr(CAST(${column} AS BLOB), x'ff') > 0`;

/** A database of rows has no more profiles or rooms than this. */
const HIGHEST_NUMBER = 2 ** 20;

/** Carries all tables over from a damaged database into a fresh one. */
export class CopiedTables {
  /** Of what is missing, by table. */
  readonly notes: string[] = [];
  lost: readonly Gap[] = [];
  readonly #from: Sql;
  readonly #to: Sql;
  readonly #seq: number;
  readonly #newId: () => string;

  constructor(from: Sql, to: Sql, seq: number, makeId: () => string) {
    this.#from = from;
    this.#to = to;
    this.#seq = seq;
    this.#newId = makeId;
  }

  /** False when nothing was in any of them. */
  copy(): boolean {
    this.#to.script('BEGIN');
    const copied =
      this.#byNumber('profiles', 'n, id, name, name_key, colour, created, used, rev', 8) +
      this.#byNumber(
        'rooms',
        'n, id, kind, name, name_key, topic, archived, members_key, created, last_seq, messages, rev',
        12,
      ) +
      this.#messages() +
      this.#byNumber('unknown_events', `seq, event, understood, ${spoiled('event')}`, 3) +
      this.#byNumber('chain', 'seq, hash', 2) +
      this.#byKey('meta', 'key, value', ['key'], 2) +
      this.#byKey('members', 'room, profile, position', ['room', 'profile'], 3) +
      this.#byKey('typed', 'room, profile, messages', ['room', 'profile'], 3) +
      this.#byKey('marks', 'profile, room, read_seq, seen, rev', ['profile', 'room'], 5) +
      this.#byKey('drafts', `profile, room, content, rev, ${spoiled('content')}`, ['profile', 'room'], 4) +
      this.#byKey('ids', 'id, seq, created, intent, subject', ['id'], 5);
    if (this.notes.length > 0) this.notes.push(...putTogether(this.#from, this.#to, this.#seq, this.#newId));
    this.#to.script('COMMIT');
    return copied > 0;
  }

  #messages(): number {
    const columns = `seq, id, room, sender, kind, content, created, rev, ${spoiled('content')} OR rev <> seq`;
    const found = readByNumber(this.#from, 'messages', columns, 'seq', this.#seq);
    const gone = found.rows.filter((row) => row[8] !== 0).map(([seq]) => asInteger(seq));
    const inGaps = this.#withinGaps(found.gaps);
    this.lost = [...gone.map((seq): Gap => [seq, seq]), ...inGaps];
    if (!found.isComplete || gone.length > 0) this.notes.push('messages');
    return this.#insert('messages', found, 8);
  }

  /** The index knows which of the seqs belong to messages. Where it is damaged, too, each of them may. */
  #withinGaps(gaps: readonly Gap[]): readonly Gap[] {
    if (gaps.length === 0) return [];
    const index = readByKey(this.#from, 'messages INDEXED BY messages_by_room', 'seq', ['room', 'seq']);
    if (!index.isComplete) return gaps.map(([first, last]): Gap => [Math.max(first, 1), last]);
    return index.rows
      .map(([seq]) => asInteger(seq))
      .filter((seq) => gaps.some(([first, last]) => first <= seq && seq <= last))
      .map((seq): Gap => [seq, seq]);
  }

  #byNumber(table: string, columns: string, width: number): number {
    const [key = ''] = columns.split(',');
    const highest = key === 'n' ? HIGHEST_NUMBER : this.#seq;
    return this.#take(table, readByNumber(this.#from, table, columns, key, highest), width);
  }

  #byKey(table: string, columns: string, key: readonly string[], width: number): number {
    return this.#take(table, readByKey(this.#from, table, columns, key), width);
  }

  #take(table: string, found: TableRows, width: number): number {
    const isWhole = found.rows.every((row) => row.length === width || row[width] === 0);
    if (!found.isComplete || !isWhole) this.notes.push(table);
    return this.#insert(table, found, width);
  }

  /** What stands behind the columns says whether the row is spoiled. */
  #insert(table: string, { rows }: TableRows, width: number): number {
    const places = Array.from({ length: width }, () => '?').join(', ');
    let inserted = 0;
    for (const row of rows) {
      if (row.length > width && row[width] !== 0) continue;
      inserted += this.#to.run(`INSERT OR IGNORE INTO ${table} VALUES (${places})`, valuesOf(row, width));
    }
    return inserted;
  }
}

const valuesOf = (row: Row, width: number): SqlValue[] => row.slice(0, width);
