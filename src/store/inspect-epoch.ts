import path from 'node:path';
import { ChatError, toChatError } from '../model/errors.ts';
import { decodeBase } from './base-file.ts';
import { sha256 } from './digest.ts';
import type { SqliteEngine } from './engine.ts';
import { KEPT_ASIDE } from './event-writer.ts';
import { type FileAccess, nodeFiles } from './files.ts';
import { type LogHeader, LogReader } from './log.ts';
import { lineEnd, verifies } from './log-line.ts';
import { readMeta } from './schema.ts';
import { asInteger, Sql } from './sql.ts';

/** What a log is found to be by whoever only looks. Sizes and offsets in bytes. */
export interface LogFacts {
  readonly bytes: number;
  /** Null when it can not be told; then `damage` says why. */
  readonly header: LogHeader | null;
  /** Groups that verify and follow the one before, up to the first damage. */
  readonly groups: number;
  /** Messages in these groups. */
  readonly messages: number;
  readonly seq: number;
  /** The last line, when it is not whole: what a write that was killed leaves. Zeros of a preallocated end are none. */
  readonly tornTail: { readonly at: number; readonly bytes: number } | null;
  /** `lines`: how many do not verify though a later one does, or 0 when something else is wrong. */
  readonly damage: { readonly detail: string; readonly at: number | null; readonly lines: number } | null;
}

/**
 * Reads a log to its end, whatever it meets.
 *
 * @throws ChatError FORMAT_NEWER; the error of the system when it can not be read.
 */
export function inspectLog(file: string, files: FileAccess = nodeFiles): LogFacts {
  const bytes = files.read(file);
  const nothing = { bytes: bytes.length, header: null, groups: 0, messages: 0, seq: 0, tornTail: null };
  let reader: LogReader;
  try {
    reader = new LogReader(bytes, path.basename(file));
  } catch (error) {
    return { ...nothing, damage: damageOf(error, 0) };
  }
  const { header } = reader;
  let groups = 0;
  let messages = 0;
  let { seq } = header.base;
  try {
    for (const group of reader.groups()) {
      groups += 1;
      messages += group.events.filter(({ envelope }) => envelope.type === 'message.posted').length;
      seq = group.lastSeq;
    }
  } catch (error) {
    const damage = damageOf(error, damagedLines(bytes, header.nonce));
    return { bytes: bytes.length, header, groups, messages, seq, tornTail: null, damage };
  }
  const torn = reader.tornTail;
  const isTorn = torn !== null && bytes.subarray(torn.offset).some((byte) => byte !== 0);
  const tornTail = isTorn ? { at: torn.offset, bytes: torn.bytes } : null;
  return { bytes: bytes.length, header, groups, messages, seq, tornTail, damage: null };
}

/** Lines that do not verify, up to the last one that does. */
function damagedLines(bytes: Buffer, nonce: string): number {
  let damaged = 0;
  let since = 0;
  for (let start = 0; start < bytes.length;) {
    const end = lineEnd(bytes, start);
    if (verifies(bytes, start, end, nonce)) {
      damaged += since;
      since = 0;
    } else {
      since += 1;
    }
    start = end + 1;
  }
  return damaged;
}

function damageOf(error: unknown, lines: number): NonNullable<LogFacts['damage']> {
  const { code, params } = toChatError(error);
  if (code === 'FORMAT_NEWER') throw error;
  const detail = String(params['detail'] ?? code);
  const at = /at byte (\d+)$/.exec(detail)?.[1];
  return { detail, at: at === undefined ? null : Number(at), lines };
}

/** What a base is found to be. */
export interface BaseFacts {
  readonly bytes: number;
  readonly seq: number;
  readonly messages: number;
  readonly rooms: number;
  readonly profiles: number;
  /** Seqs of events that safe mode kept aside: their kind is known here, and they were not applied all the same. */
  readonly skipped: readonly number[];
}

/**
 * Checks a base against the header of its log, and SQLite's own way. The database lives in memory: nothing is written.
 *
 * @throws ChatError STORE_CORRUPT with what is wrong as `detail`; the error of the system when the file can not be read.
 */
export function inspectBase(
  engine: SqliteEngine,
  file: string,
  header: LogHeader,
  files: FileAccess = nodeFiles,
): BaseFacts {
  const bytes = files.read(file);
  const size = bytes.length;
  const corrupt = (detail: string): ChatError =>
    new ChatError('STORE_CORRUPT', { file: path.basename(file), detail });
  if (sha256(bytes) !== header.base.sha256) throw corrupt('checksum');
  const sql = openDatabase(engine, decodeBase(bytes).database);
  if (sql === null) throw corrupt('no database');
  try {
    if (sql.one('PRAGMA integrity_check')?.[0] !== 'ok') throw corrupt('integrity check');
    if (readMeta(sql, 'store') !== header.storeId) throw corrupt('another store');
    if (readMeta(sql, 'seq') !== header.base.seq) throw corrupt('seq');
    const [messages = 0, rooms = 0, profiles = 0] = (
      sql.one(
        'SELECT (SELECT count(*) FROM messages), (SELECT count(*) FROM rooms), (SELECT count(*) FROM profiles)',
      ) ?? []
    ).map(asInteger);
    return { bytes: size, seq: header.base.seq, messages, rooms, profiles, skipped: skippedIn(sql) };
  } catch (error) {
    throw error instanceof ChatError ? error : corrupt('unreadable');
  } finally {
    sql.close();
  }
}

function openDatabase(engine: SqliteEngine, bytes: Buffer): Sql | null {
  try {
    return new Sql(engine, bytes);
  } catch {
    // SQLite says so of anything that is none.
    return null;
  }
}

function skippedIn(sql: Sql): number[] {
  return sql
    .all('SELECT seq FROM unknown_events WHERE understood = ? ORDER BY seq', [KEPT_ASIDE])
    .map(([seq]) => asInteger(seq));
}
