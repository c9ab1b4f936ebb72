import { parseEpochFileName, parseTemporaryFileName } from '../model/epoch-files.ts';
import path from 'node:path';
import { systemCode } from './errors.ts';
import { type FileAccess, nodeFiles } from './files.ts';

/** Epochs that have a log, ascending. */
export function publishedEpochs(directory: string, files: FileAccess = nodeFiles): number[] {
  return files
    .list(directory)
    .map(parseEpochFileName)
    .filter((file) => file?.kind === 'log')
    .map((file) => file?.epoch ?? 0)
    .sort((a, b) => a - b);
}
