import type { Database, SqlValue, Statement } from 'sql.js';
import type { SqliteEngine } from './engine.ts';

export type Row = readonly SqlValue[];

/** By position, or by name with the colon. */
export type Values = SqlValue[] | Record<string, SqlValue>;

/**
 * One database and the statements prepared on it. A statement is prepared when it is first used and kept until the database
 * closes; the texts are constants of this folder, so their number is fixed. Not re-entrant: rows of a statement are read to
 * the end, or left, before it runs again.
 */
export class Sql {
  readonly #database: Database;
  readonly #statements = new Map<string, Statement>();

  /**
   * @param file Bytes of a database file, or nothing for an empty database. A Buffer is taken over: SQLite writes into that
   *   very memory, so nobody else may use it afterwards.
   */
  constructor(engine: SqliteEngine, file?: Uint8Array) {
    this.#database = new engine.Database(file);
    // The file system beneath is memory: syncing it means nothing. Durability is the log's.
    this.script(
      'PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000;',
    );
  }

  /** Runs several statements without parameters. Also what begins and ends transactions. */
  script(text: string): void {
    this.#database.exec(text);
  }

  /** Runs a statement for its effect; the number of rows it changed. */
  run(text: string, values: Values = []): number {
    this.#prepared(text).run(values);
    return this.#database.getRowsModified();
  }

  one(text: string, values: Values = []): Row | null {
    for (const row of this.each(text, values)) return row;
    return null;
  }

  all(text: string, values: Values = []): Row[] {
    return [...this.each(text, values)];
  }

  /** Rows one by one; whoever stops early reads no more of them. */
  *each(text: string, values: Values = []): Generator<Row, void> {
    const statement = this.#prepared(text);
    try {
      statement.bind(values);
      while (statement.step()) yield statement.get();
    } finally {
      statement.reset();
    }
  }

  /** The bytes of the database file. Must not be called within a transaction. */
  export(): Uint8Array {
    return this.#database.export();
  }

  /** Frees the statements and the memory of the database. */
  close(): void {
    for (const statement of this.#statements.values()) statement.free();
    this.#statements.clear();
    this.#database.close();
  }

  #prepared(text: string): Statement {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      statement = this.#database.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }
}

export function asText(value: SqlValue | undefined): string {
  if (typeof value !== 'string') throw new TypeError(`Not a text: ${typeof value}`);
  return value;
}

export function asTextOrNull(value: SqlValue | undefined): string | null {
  return value === null ? null : asText(value);
}

export function asInteger(value: SqlValue | undefined): number {
  if (typeof value !== 'number') throw new TypeError(`Not a number: ${typeof value}`);
  return value;
}

/** Ids of messages and of events are 16 bytes in the database; of rooms and profiles, which are few, they are text. */
export function idToBytes(id: string): Uint8Array {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

export function idFromBytes(value: SqlValue | undefined): string {
  if (!(value instanceof Uint8Array)) throw new TypeError(`Not bytes: ${typeof value}`);
  const hex = Buffer.from(value).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Points in time are milliseconds since 1970 in the database. */
export function asTimestamp(value: SqlValue | undefined): string {
  return new Date(asInteger(value)).toISOString();
}
