import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { temporaryFileName } from '../model/epoch-files.ts';
import { ChatError } from '../model/errors.ts';
import { newId } from '../model/ids.ts';
import { type Base, exportBase, linkBase } from './base.ts';
import { Chain } from './chain.ts';
import { sha256 } from './digest.ts';
import { discard, DurableFile, publish } from './durable-file.ts';
import { EpochStore } from './epoch-store.ts';
import { systemCode, toStorageError } from './errors.ts';
import { EventWriter } from './event-writer.ts';
import { type FileAccess, nodeFiles } from './files.ts';
import { epochPath } from './generations.ts';
import { encodeHeader, encodeLine, type LogHeader, LogReader } from './log.ts';
import { migrate, readMeta, writeMeta } from './schema.ts';
import { Sql } from './sql.ts';
import type { OpenEpochOptions, Store, TornTail } from './store.ts';

/** A replay lets other work of its thread run at least this often, in milliseconds: who connects is answered. */
const TURN = 20;

/** All that an epoch begins with: the database as of `seq`, and how the epoch before it was stored. */
interface Loaded {
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

/**
 * Opens a claimed epoch: loads the one before it, writes base and log of its own, reads them back, and gives them their
 * names. Files of other epochs are only read. Until the log has its name nothing of this epoch counts, so it may stop or
 * fail anywhere.
 *
 * @throws ChatError STORE_CORRUPT when the epoch before is damaged or gone (look for a higher epoch first, which may have
 *   removed it), FORMAT_NEWER before anything is touched, STORAGE_… when the files could not be written.
 */
export async function openEpoch(options: OpenEpochOptions): Promise<Store> {
  const { directory, epoch, clock, files = nodeFiles, checkpoint = () => undefined } = options;
  const loaded =
    options.previous === null ? newStore(options) : await loadEpoch(options, options.previous, files);
  let sql = loaded.sql;
  let log: DurableFile | null = null;
  try {
    checkpoint('previous loaded');
    const written = writeBase(options, files, loaded);
    sql = written.sql;
    files.syncDirectory(directory);
    checkpoint('base published');
    const header: LogHeader = {
      storeId: loaded.storeId,
      epoch,
      nonce: options.nonce,
      base: { sha256: written.base.sha256, seq: written.base.seq },
      sideFiles: loaded.sideFiles,
    };
    log = writeLog(options, files, header, written.groups);
    files.syncDirectory(directory);
    checkpoint('log published');
    const { chain, seq, tornTail, skipped } = loaded;
    return new EpochStore(
      { sql, chain, seq, base: written.base, header, log, tornTail, skipped },
      clock,
      checkpoint,
    );
  } catch (error) {
    log?.close();
    sql.close();
    throw toStorageError(error);
  }
}

function newStore({ engine }: OpenEpochOptions): Loaded {
  const sql = new Sql(engine);
  migrate(sql);
  const storeId = newId();
  writeMeta(sql, 'store', storeId);
  const nothing = { base: null, sideFiles: [], groups: [], tornTail: null, skipped: [] };
  return { sql, chain: new Chain(storeId), storeId, seq: 0, ...nothing };
}

async function loadEpoch(options: OpenEpochOptions, previous: number, files: FileAccess): Promise<Loaded> {
  const logPath = epochPath(options.directory, previous, 'log');
  const basePath = epochPath(options.directory, previous, 'base');
  const log = new LogReader(readPublished(files, logPath), path.basename(logPath));
  const { header } = log;
  if (header.epoch !== previous) throw corrupt(logPath, 'header of another epoch');
  const baseFile = readPublished(files, basePath);
  const bytes = baseFile.length;
  if (sha256(baseFile) !== header.base.sha256) throw corrupt(basePath, 'checksum');
  const sql = new Sql(options.engine, baseFile);
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
      base: migrated ? null : { ...header.base, bytes },
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

/** The base of this epoch, the database to go on with, and the groups that come after that base. */
function writeBase(
  options: OpenEpochOptions,
  files: FileAccess,
  loaded: Loaded,
): { base: Base; sql: Sql; groups: readonly Buffer[] } {
  const { directory, epoch, previous, nonce, engine } = options;
  const temporary = path.join(directory, temporaryFileName(epoch, 'base', nonce));
  const place = { files, temporary, path: epochPath(directory, epoch, 'base') };
  const { base, sql, groups } = loaded;
  // Safe mode exports too, so that the event it kept aside does not stop the next epoch again.
  if (options.export === true || base === null || previous === null || loaded.skipped.length > 0) {
    return { ...exportBase(place, engine, sql, loaded.chain, loaded.seq), groups: [] };
  }
  linkBase(place, epochPath(directory, previous, 'base'), base);
  return { base, sql, groups };
}

/** Writes header and groups under a temporary name, reads them back, and gives the log its name. It stays open to grow. */
function writeLog(
  { directory, epoch, nonce, checkpoint }: OpenEpochOptions,
  files: FileAccess,
  header: LogHeader,
  groups: readonly Buffer[],
): DurableFile {
  const temporary = path.join(directory, temporaryFileName(epoch, 'log', nonce));
  const content = Buffer.concat([encodeHeader(header), ...groups.map((body) => encodeLine(nonce, body))]);
  const log = new DurableFile(files, temporary);
  try {
    log.append(content);
    log.sync();
    checkpoint?.('log written');
    if (!files.read(temporary).equals(content)) {
      throw new ChatError('STORAGE_ERROR', { detail: 'log not verified' });
    }
    checkpoint?.('log verified');
    publish(files, temporary, epochPath(directory, epoch, 'log'));
    return log;
  } catch (error) {
    log.close();
    discard(files, temporary);
    throw error;
  }
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
