import { newId } from '../../model/ids.ts';
import { PAGE_BYTES } from '../base-file.ts';
import type { SqliteEngine } from '../engine.ts';
import { migrate } from '../schema.ts';
import { type Row, Sql, type Values } from '../sql.ts';
import { CopiedTables } from './copied-tables.ts';
import type { Gap } from './gaps.ts';

/** What could be read of a damaged database, in a fresh one. */
export interface DamagedRead {
  readonly sql: Sql;
  /** Every row of every table is there. */
  readonly isComplete: boolean;
  /** Seqs of messages that are missing, at most. */
  readonly lost: readonly Gap[];
  /** What else is missing, by table. */
  readonly notes: readonly string[];
}

/** No page and no text of SQLite consists of this byte: what is read of a page that is filled with it is an error, never a row. */
const NOTHING = 0xff;

/** Where the header of a database has the number of its pages, and where the first of those that are free. */
const PAGE_COUNT_AT = 28;
const FREE_PAGES_AT = 32;

/**
 * Reads what can be read of a damaged database, which is changed by it, and writes it into a fresh one.
 *
 * @param badPages Where they are known nothing is taken from them; null when they are not.
 * @param seq The last event in it.
 * @returns null when there is nothing in it that could be read.
 */
export function readDamaged(
  engine: SqliteEngine,
  database: Buffer,
  badPages: readonly number[] | null,
  seq: number,
): DamagedRead | null {
  const fresh = new Sql(engine);
  let damaged: Sql | null = null;
  try {
    migrate(fresh);
    blankOut(fresh, database, badPages ?? []);
    damaged = new Sql(engine, database);
    const tables = new CopiedTables(damaged, fresh, seq, newId);
    if (!tables.copy()) throw new Error('nothing can be read');
    const { lost, notes } = tables;
    return { sql: fresh, isComplete: badPages !== null && notes.length === 0, lost, notes };
  } catch {
    // No database at all, or one without a single table.
    fresh.close();
    return null;
  } finally {
    closeQuietly(damaged);
  }
}

function blankOut(fresh: Sql, database: Buffer, badPages: readonly number[]): void {
  for (const page of badPages) database.fill(NOTHING, page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
  if (!badPages.includes(0)) return;
  // The first page has the schema; the tables of a fresh database begin on the same pages as in every other one.
  Buffer.from(fresh.export()).copy(database, 0, 0, PAGE_BYTES);
  database.writeUInt32BE(database.length / PAGE_BYTES, PAGE_COUNT_AT);
  database.writeBigUInt64BE(0n, FREE_PAGES_AT);
}

/** The first row of a query to a damaged database, which is not changed by it; null when it can not be answered. */
export function askDamaged(
  engine: SqliteEngine,
  database: Buffer,
  badPages: readonly number[] | null,
  query: string,
  values: Values = [],
): Row | null {
  const copy = Buffer.from(database);
  let sql: Sql | null = null;
  try {
    for (const page of badPages ?? []) copy.fill(NOTHING, page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
    sql = new Sql(engine, copy);
    return sql.one(query, values);
  } catch {
    return null;
  } finally {
    closeQuietly(sql);
  }
}

function closeQuietly(sql: Sql | null): void {
  try {
    sql?.close();
  } catch {
    // Its memory goes with it.
  }
}
