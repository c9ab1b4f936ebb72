import path from 'node:path';
import {
  type EpochFile,
  epochFileName,
  parseEpochFileName,
  parseTemporaryFileName,
} from '../model/epoch-files.ts';
import { discard } from './durable-file.ts';
import { type FileAccess, nodeFiles } from './files.ts';

/** Claims outlive their epochs by so many, so that a process that slept still finds that it is not the first. */
const KEPT_CLAIMS = 64;

/** Epochs that have a log, ascending. */
export function publishedEpochs(directory: string, files: FileAccess = nodeFiles): number[] {
  const epochs: number[] = [];
  for (const name of files.list(directory)) {
    const file = parseEpochFileName(name);
    if (file?.kind === 'log') epochs.push(file.epoch);
  }
  return epochs.sort((a, b) => a - b);
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
  const removed: string[] = [];
  const remove = (name: string): boolean => {
    const gone = discard(files, path.join(directory, name));
    if (gone) removed.push(name);
    return gone;
  };
  const claims: EpochFile[] = [];
  // The lowest first, as names sort: whoever looks meanwhile never finds a gap with older numbers below it.
  for (const name of [...files.list(directory)].sort()) {
    const file = parseEpochFileName(name);
    if (file?.kind === 'claim') {
      if (file.epoch < mine - KEPT_CLAIMS) claims.push(file);
    } else if (file !== null) {
      if (file.epoch < before) remove(name);
    } else if ((parseTemporaryFileName(name)?.epoch ?? mine) < mine) {
      remove(name);
    }
  }
  // A hub of long ago passes the fence when its own claim is there and the next one is not, so where one stays all that
  // follow have to stay, too.
  for (const { epoch } of claims) if (!remove(epochFileName(epoch, 'claim'))) break;
  return removed;
}

/** Path of a file of an epoch. */
export function epochPath(directory: string, epoch: number, kind: EpochFile['kind']): string {
  return path.join(directory, epochFileName(epoch, kind));
}
