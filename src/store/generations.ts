import path from 'node:path';
import {
  type EpochFile,
  epochFileName,
  parseEpochFileName,
  parseTemporaryFileName,
} from '../model/epoch-files.ts';
import { discard } from './durable-file.ts';
import { type FileAccess, nodeFiles } from './files.ts';
import { baseSeqOfLog } from './log.ts';

/** Claims outlive their epochs by so many, so that a process that slept still finds that it is not the first. */
const KEPT_CLAIMS = 64;

/** Epochs that have a log, ascending. */
export function publishedEpochs(directory: string, files: FileAccess = nodeFiles): number[] {
  return storedEpochs(directory, 'log', files);
}

/** Epochs that have such a file, ascending. */
export function storedEpochs(
  directory: string,
  kind: EpochFile['kind'],
  files: FileAccess = nodeFiles,
): number[] {
  const epochs: number[] = [];
  for (const name of files.list(directory)) {
    const file = parseEpochFileName(name);
    if (file?.kind === kind) epochs.push(file.epoch);
  }
  return epochs.sort((a, b) => a - b);
}

/**
 * The epoch that `epoch` begins from: the last one that was published, null when none ever was. A base whose log is gone counts
 * as well, where it can not be that the log was never there: two generations always stay, so where there is just one, and it
 * is not the first of all, another was published after it.
 */
export function epochBefore(directory: string, epoch: number, files: FileAccess = nodeFiles): number | null {
  const isBefore = (other: number): boolean => other < epoch;
  const published = publishedEpochs(directory, files).filter(isBefore);
  const last = published.at(-1) ?? null;
  const base = storedEpochs(directory, 'base', files).findLast(isBefore) ?? null;
  if (last === null || base === null || base <= last) return last ?? base;
  const isOnly = published.length === 1;
  return isOnly && (baseSeqOfLog(epochPath(directory, last, 'log'), files) ?? 0) > 0 ? base : last;
}

/**
 * Removes what epoch `mine`, which must be published and not fenced, makes needless: bases and logs below the last generation
 * before it, claims below `mine - 64`, and temporary files of lower epochs. Two generations always stay, also when numbers
 * between them were claimed and never published. What cannot be removed stays for a later epoch.
 *
 * @returns Names of the removed files.
 */
export function removeOldGenerations(
  directory: string,
  mine: number,
  files: FileAccess = nodeFiles,
): string[] {
  const before = publishedEpochs(directory, files).findLast((epoch) => epoch < mine) ?? mine;
  const needless = (name: string): boolean =>
    isStored(name, ({ epoch }) => epoch < before) || isTemporary(name, (epoch) => epoch < mine);
  return [...removeAll(directory, needless, files), ...removeOldClaims(directory, mine, files)];
}

/**
 * Removes what an attempt to begin epoch `mine` left that came to nothing: its base, its temporary files and those of lower
 * epochs. Its claim stays, since it fences the epochs before; only claims below `mine - 64` go. `mine` must not be fenced.
 *
 * @returns Names of the removed files.
 */
export function removeFailedEpoch(directory: string, mine: number, files: FileAccess = nodeFiles): string[] {
  // It may have failed after its log got its name: then others may begin from it, or have.
  const published = publishedEpochs(directory, files).includes(mine);
  const needless = (name: string): boolean =>
    isStored(name, ({ epoch, kind }) => epoch === mine && kind === 'base' && !published) ||
    isTemporary(name, (epoch) => epoch <= mine);
  return [...removeAll(directory, needless, files), ...removeOldClaims(directory, mine, files)];
}

/**
 * A hub of long ago passes the fence when its own claim is there and the next one is not. So claims go in ascending order, and
 * where one stays all that follow have to stay, too.
 */
function removeOldClaims(directory: string, mine: number, files: FileAccess): string[] {
  const removed: string[] = [];
  for (const name of sorted(directory, files)) {
    const file = parseEpochFileName(name);
    if (file?.kind !== 'claim' || file.epoch >= mine - KEPT_CLAIMS) continue;
    if (!discard(files, path.join(directory, name))) break;
    removed.push(name);
  }
  return removed;
}

function removeAll(directory: string, which: (name: string) => boolean, files: FileAccess): string[] {
  return sorted(directory, files).filter((name) => which(name) && discard(files, path.join(directory, name)));
}

/** The lowest epoch first: whoever looks meanwhile never finds a gap with older numbers below it. */
function sorted(directory: string, files: FileAccess): string[] {
  return [...files.list(directory)].sort();
}

function isStored(name: string, which: (file: EpochFile) => boolean): boolean {
  const file = parseEpochFileName(name);
  return file !== null && file.kind !== 'claim' && which(file);
}

function isTemporary(name: string, which: (epoch: number) => boolean): boolean {
  const file = parseTemporaryFileName(name);
  return file !== null && which(file.epoch);
}

/** Path of a file of an epoch. */
export function epochPath(directory: string, epoch: number, kind: EpochFile['kind']): string {
  return path.join(directory, epochFileName(epoch, kind));
}
