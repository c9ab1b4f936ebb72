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
 * Removes what epoch `mine`, which must be published and not fenced, makes needless: bases and logs below `mine - 1`, claims
 * below `mine - 64`, and temporary files of lower epochs. Two generations always stay. What cannot be removed stays for a
 * later epoch.
 *
 * @returns Names of the removed files.
 */
export function removeOldGenerations(
  directory: string,
  mine: number,
  files: FileAccess = nodeFiles,
): string[] {
  const needless: { name: string; epoch: number }[] = [];
  for (const name of files.list(directory)) {
    const file = parseEpochFileName(name);
    const temporary = parseTemporaryFileName(name);
    if (file !== null && isNeedless(file, mine)) needless.push({ name, epoch: file.epoch });
    if (temporary !== null && temporary.epoch < mine) needless.push({ name, epoch: temporary.epoch });
  }
  // The lowest first: whoever looks meanwhile never finds a gap with older numbers below it.
  needless.sort((a, b) => a.epoch - b.epoch);
  return needless.filter(({ name }) => discard(files, path.join(directory, name))).map(({ name }) => name);
}

function isNeedless({ epoch, kind }: EpochFile, mine: number): boolean {
  return epoch < mine - (kind === 'claim' ? KEPT_CLAIMS : 1);
}

/** Path of a file of an epoch. */
export function epochPath(directory: string, epoch: number, kind: EpochFile['kind']): string {
  return path.join(directory, epochFileName(epoch, kind));
}
