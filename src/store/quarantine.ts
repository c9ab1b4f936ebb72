import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import {
  QUARANTINE,
  quarantineFolderName,
  type Salvage,
  SALVAGE_REPORT,
  salvageSchema,
} from '../model/salvage.ts';
import { DurableFile } from './durable-file.ts';
import { systemCode } from './errors.ts';
import { type FileAccess, nodeFiles } from './files.ts';
import type { Finding } from './salvage/salvage-epoch.ts';

/** Reports that are read, at most. */
const READ_REPORTS = 20;
/** Folders that stay of logs whose end was cut off: those are what any kill may leave, and must not fill the disk. */
const KEPT_CUT_OFF = 16;

/**
 * What was found damaged in a data directory and what became of it, newest last, those of the last 20 times. Reads the
 * disk; a folder that has no report, or none that this version understands, is passed over.
 */
export function readSalvages(directory: string, files: FileAccess = nodeFiles): Salvage[] {
  const folder = path.join(directory, QUARANTINE);
  return quarantineFolders(directory, files)
    .slice(-READ_REPORTS)
    .flatMap((name) => readReport(files, path.join(folder, name)) ?? []);
}

/**
 * Copies the damaged files word for word, with a report beside them, and syncs all of it: only then may anything else be done
 * on the strength of what was salvaged. An attempt that came to nothing left the same copies; they are not made twice.
 *
 * @throws the error of the system, or a ShortWriteError, when there is no room for the copies.
 */
export function putInQuarantine(
  directory: string,
  files: FileAccess,
  { report, copies }: Finding,
  epoch: number,
  timestamp: string,
): Salvage {
  const salvage: Salvage = { version: 1, timestamp, epoch, ...report };
  const quarantine = path.join(directory, QUARANTINE);
  makeFolder(quarantine);
  const newest = quarantineFolders(directory, files).at(-1);
  const before = newest === undefined ? null : path.join(quarantine, newest);
  const reported = before === null ? null : readReport(files, before);
  if (before !== null && reported !== null && saysTheSame(reported, report) && holds(files, before, copies))
    return reported;
  const folder = newFolder(quarantine, quarantineFolderName(epoch, timestamp));
  try {
    for (const [name, bytes] of copies) write(files, path.join(folder, name), bytes);
    write(files, path.join(folder, SALVAGE_REPORT), Buffer.from(`${JSON.stringify(salvage, null, 2)}\n`));
    for (const changed of [folder, quarantine, directory]) files.syncDirectory(changed);
  } catch (error) {
    // On a full disk each further attempt would leave another half of it.
    removeFolder(folder);
    throw error;
  }
  tidy(directory, files, epoch);
  return salvage;
}

/** Removes what attempts left that came to nothing, and all but the newest folders of logs that were just cut off. */
function tidy(directory: string, files: FileAccess, epoch: number): void {
  const cutOff: string[] = [];
  for (const name of quarantineFolders(directory, files)) {
    const folder = path.join(directory, QUARANTINE, name);
    // Without a report it was never finished, so nothing was built on it, and what it was a copy of is copied by now.
    if (!fs.existsSync(path.join(folder, SALVAGE_REPORT))) {
      if (Number.parseInt(name, 10) < epoch) removeFolder(folder);
    } else if (readReport(files, folder)?.outcome === 'cut off') {
      cutOff.push(folder);
    }
  }
  for (const folder of cutOff.slice(0, -KEPT_CUT_OFF)) removeFolder(folder);
}

/** The copies alone do not tell: of files that are gone there are none. */
function saysTheSame(reported: Salvage, report: Finding['report']): boolean {
  const { outcome, files, lost, lostAfter } = reported;
  const said = { outcome, files, lost, ...(lostAfter === undefined ? {} : { lostAfter }) };
  return isDeepStrictEqual(said, report);
}

function holds(files: FileAccess, folder: string, copies: ReadonlyMap<string, Buffer>): boolean {
  try {
    return [...copies].every(([name, bytes]) => files.read(path.join(folder, name)).equals(bytes));
  } catch {
    return false;
  }
}

function write(files: FileAccess, name: string, bytes: Buffer): void {
  const file = new DurableFile(files, name);
  try {
    file.append(bytes);
    file.sync();
  } finally {
    file.close();
  }
}

function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}

/** Two within a second of one epoch, as only tests make them, get different names. */
function newFolder(quarantine: string, name: string): string {
  for (let attempt = 1; ; attempt += 1) {
    const folder = path.join(quarantine, attempt === 1 ? name : `${name}-${attempt}`);
    try {
      fs.mkdirSync(folder, { mode: 0o700 });
      return folder;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST' || attempt > 100) throw error;
    }
  }
}

function removeFolder(folder: string): void {
  try {
    fs.rmSync(folder, { recursive: true, force: true });
  } catch {
    // It is in nobody's way.
  }
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

function readReport(files: FileAccess, folder: string): Salvage | null {
  try {
    const text = files.read(path.join(folder, SALVAGE_REPORT)).toString('utf8');
    const report = v.safeParse(salvageSchema, JSON.parse(text));
    return report.success ? report.output : null;
  } catch {
    // Not there: whoever wrote the folder was stopped. Its copies stay for now.
    return null;
  }
}
