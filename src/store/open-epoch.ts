import path from 'node:path';
import { epochFileName, temporaryFileName } from '../model/epoch-files.ts';
import { ChatError } from '../model/errors.ts';
import { type Base, exportBase, linkBase } from './base.ts';
import { discard, DurableFile } from './durable-file.ts';
import { EpochStore } from './epoch-store.ts';
import { toStorageError } from './errors.ts';
import { type FileAccess, nodeFiles } from './files.ts';
import { epochPath } from './generations.ts';
import { type Loaded, newStore } from './load-epoch.ts';
import { encodeHeader, type LogHeader } from './log.ts';
import { encodeLine } from './log-line.ts';
import { putInQuarantine } from './quarantine.ts';
import { type LoadedOrSalvaged, loadOrSalvage } from './salvage/load-or-salvage.ts';
import type { Sql } from './sql.ts';
import type { OpenEpochOptions, Store } from './store.ts';

/**
 * Opens a claimed epoch: loads the one before it, writes base and log of its own, reads them back, and gives them their
 * names. Files of other epochs are only read. Until the log has its name nothing of this epoch counts, so it may stop or
 * fail anywhere.
 *
 * Where the one before is damaged all that can be is brought back, once the damaged files lie in the quarantine.
 *
 * @throws ChatError STORE_CORRUPT when the epoch before is damaged or gone and `isOurs` says no: it is a younger epoch that
 *   has removed it. FORMAT_NEWER before anything is touched, STORAGE_… when the files could not be written.
 */
export async function openEpoch(options: OpenEpochOptions): Promise<Store> {
  const { directory, epoch, clock, files = nodeFiles, checkpoint = () => undefined } = options;
  checkpoint('loading');
  const { loaded, finding } = await loadBefore(options);
  let sql = loaded.sql;
  let log: DurableFile | null = null;
  try {
    checkpoint('previous loaded');
    const timestamp = new Date(clock.now()).toISOString();
    const salvage = finding === null ? null : putInQuarantine(directory, files, finding, epoch, timestamp);
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
      { sql, chain, seq, base: written.base, header, log, tornTail, skipped, salvage },
      clock,
      checkpoint,
    );
  } catch (error) {
    log?.close();
    sql.close();
    throw toStorageError(error);
  }
}

async function loadBefore(options: OpenEpochOptions): Promise<Pick<LoadedOrSalvaged, 'loaded' | 'finding'>> {
  const { previous, isOurs = () => true } = options;
  if (previous === null) return { loaded: newStore(options), finding: null };
  const found = await loadOrSalvage(options, previous);
  if (found.finding === null || isOurs()) return found;
  found.loaded.sql.close();
  throw new ChatError('STORE_CORRUPT', {
    file: epochFileName(previous, 'log'),
    detail: 'of an epoch that is over',
  });
}

/**
 * A published epoch, to read from and no more, for a hub that cannot begin one of its own. `refusal` is what every commit
 * throws. Of one that is damaged, what can be read.
 *
 * @throws ChatError as {@link loadOrSalvage} does.
 */
export async function openForReading(
  options: Pick<OpenEpochOptions, 'engine' | 'directory' | 'clock' | 'files' | 'nonceOf'>,
  epoch: number,
  refusal: ChatError,
): Promise<Store> {
  const { loaded, header, stored } = await loadOrSalvage(options, epoch);
  const { sql, chain, storeId, seq, tornTail, skipped } = loaded;
  const base = stored ?? { sha256: '', seq, bytes: 0 };
  const opened = {
    sql,
    chain,
    seq,
    base,
    header: { storeId, epoch, nonce: header?.nonce ?? '', base, sideFiles: [] },
    log: null,
    tornTail,
    skipped,
    // It is written down by the epoch that goes on from it.
    salvage: null,
  };
  return new EpochStore(opened, options.clock, () => undefined, refusal);
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
  if (options.export === true || base === null || previous === null) {
    options.checkpoint?.('exporting');
    const exported = exportBase(place, engine, sql, loaded.chain, loaded.seq);
    options.checkpoint?.('exported');
    return { ...exported, groups: [] };
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
    log.publish(epochPath(directory, epoch, 'log'));
    checkpoint?.('log linked');
    return log;
  } catch (error) {
    log.close();
    discard(files, temporary);
    throw error;
  }
}
