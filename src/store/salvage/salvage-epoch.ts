import path from 'node:path';
import type { Salvage } from '../../model/salvage.ts';
import { systemCode, toStorageError } from '../errors.ts';
import { EventWriter } from '../event-writer.ts';
import { type FileAccess, nodeFiles } from '../files.ts';
import { epochPath } from '../generations.ts';
import { type Loaded, type LoadOptions, skippedIn } from '../load-epoch.ts';
import type { LoggedEvent, LogHeader } from '../log.ts';
import { writeMeta } from '../schema.ts';
import { Effort } from './effort.ts';
import { findBase, type FoundBase } from './find-base.ts';
import { type Gap, reportedGaps } from './gaps.ts';
import { standIn } from './stand-in.ts';
import { type LogSurvey, surveyLog } from './survey-log.ts';

/** What a salvage came to, before it is written down. */
export interface Finding {
  readonly report: Pick<Salvage, 'outcome' | 'files' | 'lost' | 'lostAfter'>;
  /** The damaged files by name, word for word. */
  readonly copies: ReadonlyMap<string, Buffer>;
}

export interface Salvaged {
  readonly loaded: Loaded;
  readonly finding: Finding;
  /** The log's header, where it could be read. */
  readonly header: LogHeader | null;
  readonly isLogMissing: boolean;
}

/** Bytes of the shortest event there can be, with some to spare: so an acknowledged seq is never given away twice. */
const SHORTEST_EVENT = 100;
/** Seqs that are left out where nobody knows how many events are gone. */
const UNKNOWN_EVENTS = 1_000_000;

/**
 * Brings back all that can be of a published epoch that is damaged; writes nothing. What comes of it is complete in itself:
 * the epoch that begins with it has to begin with an export.
 *
 * @throws ChatError STORAGE_… when a file could not be read at all.
 */
export async function salvageEpoch(options: LoadOptions, epoch: number): Promise<Salvaged> {
  const { directory, files = nodeFiles, nonceOf = () => null } = options;
  const logFile = epochPath(directory, epoch, 'log');
  const baseFile = epochPath(directory, epoch, 'base');
  const logBytes = readIfThere(files, logFile);
  const baseBytes = readIfThere(files, baseFile);
  const survey = logBytes === null ? null : await surveyLog(logBytes, nonceOf(epoch));
  const header = survey?.header ?? null;
  const base = await findBase({ options, epoch, header, isLogThere: logBytes !== null }, baseBytes);
  const { sql, chain, storeId } = base;
  try {
    const applied = await applyGroups(options, base, survey);
    // What follows the last event may be gone without a trace when no line is left, or none of this epoch.
    const isFirst = survey === null && base.seq === 0 && base.isWhole;
    const isBlank = !isFirst && (survey === null || (header === null && survey.groups.length === 0));
    const isForeign = header !== null && header.epoch !== epoch;
    const unreadEnd = survey?.unread.after ?? 0;
    const hasOpenEnd = isBlank || isForeign || unreadEnd > 0;
    const left = isBlank || isForeign ? UNKNOWN_EVENTS : Math.ceil(unreadEnd / SHORTEST_EVENT);
    const lost = reportedGaps([...base.lost, ...applied.lost]);
    const isWhole = base.isWhole && lost.length === 0 && !isBlank && !isForeign;
    const seq = applied.seq + left;
    if (!isWhole || hasOpenEnd) chain.breakOff(seq, `salvage ${epoch}`);
    writeMeta(sql, 'store', storeId);
    const copies = new Map<string, Buffer>();
    const found: Salvage['files'] = [];
    const report = (file: string, bytes: Buffer | null, at: number | null, detail: string): void => {
      found.push({ name: path.basename(file), bytes: bytes?.length ?? 0, at, detail });
      if (bytes !== null) copies.set(path.basename(file), bytes);
    };
    if (base.damage !== null) report(baseFile, baseBytes, base.damage.at, base.damage.detail);
    const logDetail = describe(survey, { isForeign, hasGaps: applied.hasGaps });
    if (logDetail !== null) report(logFile, logBytes, survey?.at ?? null, logDetail);
    return {
      header,
      isLogMissing: survey === null,
      loaded: {
        sql,
        chain,
        storeId,
        seq,
        base: null,
        sideFiles: header?.sideFiles ?? [],
        groups: [],
        tornTail:
          logBytes === null || unreadEnd === 0
            ? null
            : { file: path.basename(logFile), offset: logBytes.length - unreadEnd, bytes: unreadEnd },
        skipped: skippedIn(sql),
      },
      finding: {
        copies,
        report: {
          outcome: outcomeOf(base, isWhole, hasOpenEnd),
          files: found,
          lost,
          ...(hasOpenEnd ? { lostAfter: applied.seq } : {}),
        },
      },
    };
  } catch (error) {
    sql.close();
    throw error;
  }
}

function outcomeOf(base: FoundBase, isWhole: boolean, hasOpenEnd: boolean): Salvage['outcome'] {
  if (base.isNew) return 'begun anew';
  if (!isWhole) return 'salvaged';
  return hasOpenEnd ? 'cut off' : 'repaired';
}

function describe(
  survey: LogSurvey | null,
  { isForeign, hasGaps }: { isForeign: boolean; hasGaps: boolean },
): string | null {
  if (survey === null) return 'missing';
  const { header, mended, unread } = survey;
  const parts = [
    ...(header === null ? ['the header can not be read'] : []),
    ...(isForeign ? ['of another epoch'] : []),
    ...(mended > 0 ? [`${mended} lines put right`] : []),
    ...(unread.before > 0 ? [`${unread.before} bytes can not be read`] : []),
    ...(unread.after > 0 ? [`${unread.after} bytes at the end can not be read`] : []),
    ...(hasGaps && unread.before === 0 ? ['lines are missing'] : []),
  ];
  return parts.length === 0 ? null : parts.join(', ');
}

async function applyGroups(
  { safeMode = false }: LoadOptions,
  { sql, chain, seq: first, isWhole }: FoundBase,
  survey: LogSurvey | null,
): Promise<{ seq: number; lost: Gap[]; hasGaps: boolean }> {
  const writer = new EventWriter(sql);
  const effort = new Effort(0);
  const lost: Gap[] = [];
  // The base may lead less far than the one that is gone.
  const start = Math.max(first, survey?.header?.base.seq ?? 0);
  if (start > first) lost.push([first + 1, start]);
  let seq = start;
  let hasGaps = false;
  sql.script('BEGIN');
  for (const group of survey?.groups ?? []) {
    if (group.seq <= first) continue;
    if (group.seq > seq + 1) {
      lost.push([seq + 1, group.seq - 1]);
      hasGaps = true;
    }
    for (const event of group.events) {
      try {
        writer.replay(event);
      } catch (error) {
        // What it speaks of may be among what is lost. Where nothing is, it is no matter of damage.
        if (isWhole && lost.length === 0 && !safeMode) throw error;
        if (standIn(sql, event) && canReplay(writer, event)) continue;
        writer.skip(event);
        lost.push([event.envelope.seq, event.envelope.seq]);
      }
    }
    seq = group.lastSeq;
    chain.append(seq, group.body);
    await effort.breathe();
  }
  sql.script('COMMIT');
  return { seq, lost, hasGaps };
}

function canReplay(writer: EventWriter, event: LoggedEvent): boolean {
  try {
    writer.replay(event);
    return true;
  } catch {
    // Its room is lost, too.
    return false;
  }
}

function readIfThere(files: FileAccess, file: string): Buffer | null {
  try {
    return files.read(file);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw toStorageError(error);
  }
}
