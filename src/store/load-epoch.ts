import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ChatError } from '../model/errors.ts';
import { newId } from '../model/ids.ts';
import type { Base } from './base.ts';
import { Breadcrumbs } from './breadcrumbs.ts';
import { decodeBase } from './base-file.ts';
import { Chain } from './chain.ts';
import { sha256 } from './digest.ts';
import { systemCode, toStorageError } from './errors.ts';
import { EventWriter, KEPT_ASIDE } from './event-writer.ts';
import { type FileAccess, nodeFiles } from './files.ts';
import { epochPath } from './generations.ts';
import { type LoggedEvent, type LogHeader, LogReader } from './log.ts';
import { migrate, readMeta, writeMeta } from './schema.ts';
import { asInteger, Sql } from './sql.ts';
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
  /** Whether the torn tail may be a line that was acknowledged and then damaged. */
  readonly tailCouldBeWhole: boolean;
}

export type LoadOptions = Pick<
  OpenEpochOptions,
  'engine' | 'directory' | 'safeMode' | 'files' | 'nonceOf'
> & {
  /** The epoch that begins; safe mode leaves its traces under this number. */
  readonly epoch?: number;
};

/** What the first epoch of all begins with. */
export function newStore({ engine }: Pick<OpenEpochOptions, 'engine'>, storeId = newId()): Loaded {
  const sql = new Sql(engine);
  migrate(sql);
  writeMeta(sql, 'store', storeId);
  const nothing = { base: null, sideFiles: [], groups: [], tornTail: null, skipped: [] };
  return { sql, chain: new Chain(storeId), storeId, seq: 0, ...nothing };
}

/**
 * Reads base and log of a published epoch; writes nothing.
 *
 * @param upTo Groups that go beyond this seq are left out.
 * @throws ChatError STORE_CORRUPT when it is damaged or gone, FORMAT_NEWER, STORAGE_… when it could not be read.
 */
export async function loadEpoch(
  options: LoadOptions,
  previous: number,
  upTo = Infinity,
): Promise<LoadedEpoch> {
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
    const replayed = await replay(log, sql, chain, { crumbs: crumbsFor(options, previous), upTo });
    return {
      ...replayed,
      sql,
      chain,
      storeId,
      header,
      stored,
      // What was kept aside just now must not stop the next epoch again: it begins with an export.
      base: migrated || replayed.keptAside ? null : stored,
      sideFiles: header.sideFiles,
      tornTail: log.tornTail,
      tailCouldBeWhole: log.tailCouldBeWhole,
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
  { crumbs, upTo }: { crumbs: Breadcrumbs | null; upTo: number },
): Promise<Pick<Loaded, 'seq' | 'groups' | 'skipped'> & { keptAside: boolean }> {
  const writer = new EventWriter(sql);
  const groups: Buffer[] = [];
  let keptAside = false;
  let seq = log.header.base.seq;
  let turnStarted = performance.now();
  sql.script('BEGIN');
  for (const group of log.groups()) {
    if (group.lastSeq > upTo) break;
    for (const event of group.events) {
      if (replayOne(writer, event, crumbs)) continue;
      writer.skip(event);
      keptAside = true;
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
  return { seq, groups, skipped: skippedIn(sql), keptAside };
}

/** False in safe mode for an event that does not fit, or that processes have died over. */
function replayOne(writer: EventWriter, event: LoggedEvent, crumbs: Breadcrumbs | null): boolean {
  const { seq } = event.envelope;
  if (crumbs?.isDeadly(seq) === true) return false;
  crumbs?.at(seq);
  try {
    writer.replay(event);
    return true;
  } catch (error) {
    if (crumbs === null) throw error;
    return false;
  } finally {
    crumbs?.past(seq);
  }
}

/** Seqs of all events that were kept aside, in this epoch or in an earlier one. */
export function skippedIn(sql: Sql): number[] {
  return sql
    .all('SELECT seq FROM unknown_events WHERE understood = ? ORDER BY seq', [KEPT_ASIDE])
    .map(([seq]) => asInteger(seq));
}

/** Only in safe mode, in which an event that does not fit is kept aside. */
function crumbsFor(
  { directory, files, safeMode, epoch = 0 }: LoadOptions,
  previous: number,
): Breadcrumbs | null {
  if (safeMode !== true || epoch === 0) return null;
  return new Breadcrumbs({ directory, epoch, previous, ...(files === undefined ? {} : { files }) });
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
