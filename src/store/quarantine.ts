import path from 'node:path';
import * as v from 'valibot';
import { QUARANTINE, type Salvage, SALVAGE_REPORT, salvageSchema } from '../model/salvage.ts';
import { type FileAccess, nodeFiles } from './files.ts';

/** Reports that are read, at most. */
const READ_REPORTS = 20;

/**
 * What was found damaged in a data directory and what became of it, newest last, those of the last 20 times. Reads the
 * disk; a folder that has no report, or none that this version understands, is passed over.
 */
export function readSalvages(directory: string, files: FileAccess = nodeFiles): Salvage[] {
  const folder = path.join(directory, QUARANTINE);
  return quarantineFolders(directory, files)
    .slice(-READ_REPORTS)
    .flatMap((name) => readReport(files, path.join(folder, name, SALVAGE_REPORT)) ?? []);
}

/** Names of the folders, in the order in which they were made. None where there is no quarantine. */
function quarantineFolders(directory: string, files: FileAccess): string[] {
  try {
    return [...files.list(path.join(directory, QUARANTINE))].sort();
  } catch {
    // Nothing was ever found damaged, or nothing can be read here, of which others speak.
    return [];
  }
}

function readReport(files: FileAccess, file: string): Salvage | null {
  try {
    const report = v.safeParse(salvageSchema, JSON.parse(files.read(file).toString('utf8')));
    return report.success ? report.output : null;
  } catch {
    // Not there: whoever wrote the folder was stopped. Its copies stay all the same.
    return null;
  }
}
