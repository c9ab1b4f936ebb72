import type { SqlValue } from 'sql.js';
import type { Gap } from './gaps.ts';
import type { Row, Sql } from '../sql.ts';

/** Reads of a table within a stretch that can not be read as a whole; afterwards what is left of it is given up. */
const READS = 50_000;

export interface TableRows {
  readonly rows: readonly Row[];
  /** Whether every page of the table could be read. */
  readonly isComplete: boolean;
  /** Keys among which rows may be missing; for tables with a number as their key. */
  readonly gaps: readonly Gap[];
}

/** A table with one number as its key, in the first column that is read: whatever lies on pages that can be read. */
export function readByNumber(
  sql: Sql,
  table: string,
  columns: string,
  key: string,
  highest: number,
): TableRows {
  const select = `SELECT ${columns} FROM ${table} NOT INDEXED WHERE ${key} BETWEEN ? AND ? ORDER BY ${key}`;
  const forwards = readUpTo(sql, select, [0, highest]);
  if (forwards.isComplete) return { ...forwards, gaps: [] };
  const backwards = readUpTo(sql, `${select} DESC`, [0, highest]);
  const first = keyOf(forwards.rows.at(-1), -1) + 1;
  const last = keyOf(backwards.rows.at(-1), highest + 1) - 1;
  const rows: Row[] = [...forwards.rows];
  const gaps: Gap[] = [];
  let reads = 0;
  const within = (low: number, high: number): void => {
    if (low > high) return;
    reads += 1;
    // When neither end of the table can be read, its root is gone, and with it the way to everything.
    const hopeless = reads > READS || (forwards.rows.length === 0 && backwards.rows.length === 0);
    const found = hopeless ? null : readUpTo(sql, select, [low, high]);
    if (found?.isComplete === true) {
      rows.push(...found.rows);
    } else if (low === high || hopeless) {
      gaps.push([low, high]);
    } else {
      const middle = Math.floor((low + high) / 2);
      within(low, middle);
      within(middle + 1, high);
    }
  };
  within(first, last);
  return { rows: [...rows, ...backwards.rows.slice().reverse()], isComplete: false, gaps };
}

/** A table without such a key: from its beginning and from its end, as far as each goes. */
export function readByKey(sql: Sql, table: string, columns: string, key: readonly string[]): TableRows {
  const select = `SELECT ${columns} FROM ${table}`;
  const forwards = readUpTo(sql, `${select} ORDER BY ${key.join(', ')}`);
  if (forwards.isComplete) return { ...forwards, gaps: [] };
  const backwards = readUpTo(sql, `${select} ORDER BY ${key.map((column) => `${column} DESC`).join(', ')}`);
  return { rows: [...forwards.rows, ...backwards.rows], isComplete: false, gaps: [] };
}

function readUpTo(sql: Sql, select: string, values: SqlValue[] = []): TableRows {
  const rows: Row[] = [];
  try {
    for (const row of sql.each(select, values)) rows.push(row);
    return { rows, isComplete: true, gaps: [] };
  } catch {
    // SQLite came upon a page that is none.
    return { rows, isComplete: false, gaps: [] };
  }
}

const keyOf = (row: Row | undefined, none: number): number => {
  const key = row?.[0];
  return typeof key === 'number' ? key : none;
};
