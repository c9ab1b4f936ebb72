import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ChatError } from '../model/errors.ts';
import { newId } from '../model/ids.ts';
import type { Base } from './base.ts';
import { decodeBase } from './base-file.ts';
import { Chain } from './chain.ts';
import { sha256 } from './digest.ts';
import { systemCode, toStorageError } from './errors.ts';
import { EventWriter } from './event-writer.ts';
import { type FileAccess, nodeFiles } from './files.ts';
import { epochPath } from './generations.ts';
import { type LogHeader, LogReader } from './log.ts';
import { migrate, readMeta, writeMeta } from './schema.ts';
import { Sql } from './sql.ts';
import type { OpenEpochOptions, TornTail } from './store.ts';

/** A replay lets other work of its thread run at least this often, in milliseconds: who connects is answered. */
const TURN = 20;

/** All that an epoch begins with: the database as of `seq`, and how the epoch before it was stored. */
export interface Loaded {
  readonly sql: Sql;
  readonly chain: Chain;
  readonly storeId: string;
  readonly seq: number;
  /** Null when there is nothing to link to: no epoch before, or one in an older format. */
  readonly base: Base | null;
  readonly sideFiles: LogHeader['sideFiles'];
  /** Bodies of the groups after the base. */
  readonly groups: readonly Buffer[];
  readonly tornTail: TornTail | null;
  readonly skipped: readonly number[];
}

/** A published epoch as it was found. */
export interface LoadedEpoch extends Loaded {
  readonly header: LogHeader;
  readonly stored: Base;
}

type LoadOptions = Pick<OpenEpochOptions, 'engine' | 'directory' | 'safeMode' | 'files'>;

/** What the first epoch of all begins with. */
export function newStore({ engine }: Pick<OpenEpochOptions, 'engine'>): Loaded {
  const sql = new Sql(engine);
  migrate(sql);
  const storeId = newId();
  writeMeta(sql, 'store', storeId);
  const nothing = { base: null, sideFiles: [], groups: [], tornTail: null, skipped: [] };
  return { sql, chain: new Chain(storeId), storeId, seq: 0, ...nothing };
}

/**
 * Reads base and log of a published epoch; writes nothing.
 *
 * @throws ChatError STORE_CORRUPT when it is damaged or gone, FORMAT_NEWER, STORAGE_… when it could not be read.
 */
export async function loadEpoch(options: LoadOptions, previous: number): Promise<LoadedEpoch> {
  const { files = nodeFiles } = options;
  const logPath = epochPath(options.directory, previous, 'log');
  const basePath = epochPath(options.directory, previous, 'base');
  const log = new LogReader(readPublished(files, logPath), path.basename(logPath));
  const { header } = log;
  if (header.epoch !== previous) throw corrupt(logPath, 'header of another epoch');
  const baseFile = readPublished(files, basePath);
  const stored = { ...header.base, bytes: baseFile.length };
  if (sha256(baseFile) !== header.base.sha256) throw corrupt(basePath, 'checksum');
  const sql = new Sql(options.engine, decodeBase(baseFile).database);
  try {
    const migrated = migrate(sql);
    const storeId = readMeta(sql, 'store');
    if (storeId !== header.storeId) throw corrupt(basePath, 'another store');
    if (readMeta(sql, 'seq') !== header.base.seq) throw corrupt(basePath, 'seq');
    const chain = new Chain(storeId);
    chain.restore(sql);
    const replayed = await replay(log, sql, chain, options.safeMode === true);
    return {
      ...replayed,
      sql,
      chain,
      storeId,
      header,
      stored,
      base: migrated ? null : stored,
      sideFiles: header.sideFiles,
      tornTail: log.tornTail,
    };
  } catch (error) {
    sql.close();
    throw error;
  }
}

async function replay(
  log: LogReader,
  sql: Sql,
  chain: Chain,
  safeMode: boolean,
): Promise<Pick<Loaded, 'seq' | 'groups' | 'skipped'>> {
  const writer = new EventWriter(sql);
  const groups: Buffer[] = [];
  const skipped: number[] = [];
  let seq = log.header.base.seq;
  let turnStarted = performance.now();
  sql.script('BEGIN');
  for (const group of log.groups()) {
    for (const event of group.events) {
      try {
        writer.replay(event);
      } catch (error) {
        if (!safeMode) throw error;
        writer.skip(event);
        skipped.push(event.envelope.seq);
      }
    }
    seq = group.lastSeq;
    chain.append(seq, group.body);
    groups.push(group.body);
    if (performance.now() - turnStarted > TURN) {
      await nextTurn();
      turnStarted = performance.now();
    }
  }
  sql.script('COMMIT');
  return { seq, groups, skipped };
}

function readPublished(files: FileAccess, file: string): Buffer {
  try {
    return files.read(file);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw corrupt(file, 'missing');
    throw toStorageError(error);
  }
}

const corrupt = (file: string, detail: string): ChatError =>
  new ChatError('STORE_CORRUPT', { file: path.basename(file), detail });
