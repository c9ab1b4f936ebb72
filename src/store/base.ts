import path from 'node:path';
import { readMeta, writeMeta } from './schema.ts';
import type { Chain } from './chain.ts';
import { decodeBase, encodeBase } from './base-file.ts';
import { sha256 } from './digest.ts';
import { discard, DurableFile, publish, tryLink } from './durable-file.ts';
import type { SqliteEngine } from './engine.ts';
import { ChatError } from '../model/errors.ts';
import type { FileAccess } from './files.ts';
import { asInteger, Sql } from './sql.ts';

/** A base file that is in its place. `seq`: the last event in it. */
export interface Base {
  readonly sha256: string;
  readonly seq: number;
  readonly bytes: number;
}

export interface BasePlace {
  readonly files: FileAccess;
  readonly temporary: string;
  readonly path: string;
}

/** Takes over the base of the epoch before: the same file under a further name, else a copy. */
export function linkBase(place: BasePlace, from: string, base: Base): void {
  const { files } = place;
  if (tryLink(files, from, place.path)) return;
  const bytes = files.read(from);
  if (sha256(bytes) !== base.sha256) {
    throw new ChatError('STORE_CORRUPT', { file: path.basename(from), detail: 'changed while copied' });
  }
  try {
    writeSynced(place, bytes);
    publish(files, place.temporary, place.path);
  } catch (error) {
    discard(files, place.temporary);
    throw error;
  }
}

/**
 * Writes the database as a new base and returns it as read back from the disk, to go on with: what is served from now on is
 * what a successor will find. `sql` is closed.
 *
 * @throws ChatError STORAGE_ERROR when what was read back is not what was written.
 */
export function exportBase(
  place: BasePlace,
  engine: SqliteEngine,
  sql: Sql,
  chain: Chain,
  seq: number,
): { base: Base; sql: Sql } {
  sql.script('BEGIN');
  writeMeta(sql, 'seq', seq);
  chain.save(sql);
  sql.script('COMMIT');
  const expected = contentsOf(sql);
  const bytes = encodeBase(sql.export());
  const base = { sha256: sha256(bytes), seq, bytes: bytes.length };
  sql.close();
  try {
    writeSynced(place, bytes);
    const copy = verifiedCopy(place, engine, base.sha256, expected);
    try {
      publish(place.files, place.temporary, place.path);
    } catch (error) {
      copy.close();
      throw error;
    }
    return { base, sql: copy };
  } catch (error) {
    discard(place.files, place.temporary);
    throw error;
  }
}

function verifiedCopy(
  { files, temporary }: BasePlace,
  engine: SqliteEngine,
  hash: string,
  expected: string,
): Sql {
  const bytes = files.read(temporary);
  if (sha256(bytes) !== hash) throw unverified('bytes differ');
  const copy = new Sql(engine, decodeBase(bytes).database);
  const fault = faultOf(copy, expected);
  if (fault === null) return copy;
  copy.close();
  throw unverified(fault);
}

const unverified = (detail: string): ChatError =>
  new ChatError('STORAGE_ERROR', { detail: `export not verified: ${detail}` });

function faultOf(sql: Sql, expected: string): string | null {
  const integrity = sql.one('PRAGMA integrity_check')?.[0];
  if (integrity !== 'ok') return 'integrity check';
  return contentsOf(sql) === expected ? null : 'contents differ';
}

/** How much is in it, in one text. */
function contentsOf(sql: Sql): string {
  const counts = sql.one(`SELECT
    (SELECT count(*) FROM profiles), (SELECT count(*) FROM rooms), (SELECT count(*) FROM members),
    (SELECT count(*) FROM messages), (SELECT count(*) FROM ids), (SELECT count(*) FROM marks),
    (SELECT count(*) FROM drafts), (SELECT count(*) FROM unknown_events), (SELECT count(*) FROM chain)`);
  return JSON.stringify([readMeta(sql, 'store'), readMeta(sql, 'seq'), ...(counts ?? []).map(asInteger)]);
}

function writeSynced({ files, temporary }: BasePlace, bytes: Uint8Array): void {
  const file = new DurableFile(files, temporary);
  try {
    file.append(bytes);
    file.sync();
  } finally {
    file.close();
  }
}
