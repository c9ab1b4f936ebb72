import { accessSync, constants, type Dirent, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parseTemporaryFileName } from '../../model/epoch-files.ts';
import { type Finding, finding } from '../../model/findings.ts';
import { lostCount, QUARANTINE, quarantineFolderName, type Salvage } from '../../model/salvage.ts';
import { readRegistry } from '../../rendezvous/registry.ts';
import { readSalvages } from '../../store/quarantine.ts';

/** Room that is kept for a full disk, in pieces. */
const BALLAST = /^ballast\.\d+$/;
const UNSENT = 'unsent';
/** As many reports of damage are told one by one; the newest. */
const TOLD_SALVAGES = 5;
/** Temporary files of the secret, and what a registry or a text was written to before it got its name. */
const TEMPORARY = /\.(tmp|new)$/;

/** What lies beside the epochs, and who knows the way here. `hasStore`: some epoch was published. */
export function besideFindings(directory: string, hasStore: boolean): Finding[] {
  return [
    ...ballastFindings(directory, hasStore),
    ...quarantineFindings(directory),
    ...unsentFindings(directory),
    ...leftoverFindings(directory),
    ...registryFindings(directory),
    ...launcherFindings(),
  ];
}

function ballastFindings(directory: string, hasStore: boolean): Finding[] {
  const { count, bytes } = bytesIn(directory, (name) => BALLAST.test(name));
  if (count > 0) return [finding('BALLAST', { count, bytes })];
  return hasStore ? [finding('NO_BALLAST')] : [];
}

function quarantineFindings(directory: string): Finding[] {
  const root = join(directory, QUARANTINE);
  const folders = entries(root)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  if (folders.length === 0) return [];
  const bytes = folders
    .map((folder) => bytesIn(join(root, folder)).bytes)
    .reduce((sum, each) => sum + each, 0);
  return [
    finding('QUARANTINE', { folders: folders.length, bytes }),
    ...readSalvages(directory).slice(-TOLD_SALVAGES).map(salvageFinding),
  ];
}

function salvageFinding(salvage: Salvage): Finding {
  const { timestamp, epoch, outcome, lostAfter } = salvage;
  return finding('SALVAGE', {
    folder: quarantineFolderName(epoch, timestamp),
    timestamp,
    epoch,
    outcome,
    lost: lostCount(salvage),
    ...(lostAfter === undefined ? {} : { lostAfter }),
  });
}

function unsentFindings(directory: string): Finding[] {
  const { count, bytes } = bytesIn(join(directory, UNSENT), (name) => name.endsWith('.json'));
  return count === 0 ? [] : [finding('UNSENT', { count, bytes })];
}

function leftoverFindings(directory: string): Finding[] {
  const isLeft = (name: string): boolean => parseTemporaryFileName(name) !== null || TEMPORARY.test(name);
  const here = bytesIn(directory, isLeft);
  const unsent = bytesIn(join(directory, UNSENT), isLeft);
  const count = here.count + unsent.count;
  return count === 0 ? [] : [finding('LEFTOVERS', { count, bytes: here.bytes + unsent.bytes })];
}

function registryFindings(directory: string): Finding[] {
  const products = readRegistry()
    .filter((entry) => entry.directory === directory)
    .map(({ product }) => product);
  return [
    products.length === 0
      ? finding('NOT_REGISTERED')
      : finding('REGISTRY', { products: products.join(', ') }),
  ];
}

/** The `local-chat` a shell with our PATH would start. */
function launcherFindings(): Finding[] {
  const names = process.platform === 'win32' ? ['local-chat.cmd', 'local-chat'] : ['local-chat'];
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const path = names.map((name) => join(folder, name)).find(isProgram);
    if (path !== undefined) return [finding('LAUNCHER', { path })];
  }
  return [];
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Not there, or not for us.
    return false;
  }
}

/** Number and size of the plain files in a folder; what is gone by the time it is looked at counts for nothing. */
function bytesIn(
  folder: string,
  which: (name: string) => boolean = () => true,
): { count: number; bytes: number } {
  const sizes = entries(folder)
    .filter((entry) => entry.isFile() && which(entry.name))
    .map(({ name }) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
  return { count: sizes.length, bytes: sizes.reduce((sum, each) => sum + each, 0) };
}

function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Most directories never have this folder.
    return [];
  }
}
