/**
 * Version of what lies in a data directory: claim, base and log. A program never touches a directory whose format is newer
 * than this.
 */
export const STORE_FORMAT = 1;

/**
 * The files of one epoch. `claim`: which process leads. `base`: the database as of some seq. `log`: the events after it; an
 * epoch counts as published once its log is there.
 */
export const EPOCH_FILE_KINDS = ['claim', 'base', 'log'] as const;
export type EpochFileKind = (typeof EPOCH_FILE_KINDS)[number];

/** Twelve digits, so that names sort as numbers do. */
const DIGITS = 12;
const HIGHEST_EPOCH = 10 ** DIGITS - 1;
const FILE_NAME = /^(\d{12})\.(claim|base|log)$/;
const TEMPORARY_NAME = /^(\d{12})\.(claim|base|log)\.[0-9A-Za-z_-]+\.tmp$/;

export interface EpochFile {
  readonly epoch: number;
  readonly kind: EpochFileKind;
}

/** @throws RangeError when `epoch` is no positive integer of at most twelve digits. */
export function epochFileName(epoch: number, kind: EpochFileKind): string {
  if (!Number.isSafeInteger(epoch) || epoch < 1 || epoch > HIGHEST_EPOCH) {
    throw new RangeError(`Not an epoch: ${epoch}`);
  }
  return `${String(epoch).padStart(DIGITS, '0')}.${kind}`;
}

/** Null for every name that is not exactly a file of an epoch; temporary files are none. */
export function parseEpochFileName(name: string): EpochFile | null {
  return parseWith(FILE_NAME, name);
}

/** Where a file is written before it is linked to its name. `unique` keeps two writers of one epoch apart. */
export function temporaryFileName(epoch: number, kind: EpochFileKind, unique: string): string {
  return `${epochFileName(epoch, kind)}.${unique}.tmp`;
}

export function parseTemporaryFileName(name: string): EpochFile | null {
  return parseWith(TEMPORARY_NAME, name);
}

function parseWith(pattern: RegExp, name: string): EpochFile | null {
  const [, digits, kind] = pattern.exec(name) ?? [];
  const epoch = Number(digits);
  const known = EPOCH_FILE_KINDS.find((candidate) => candidate === kind);
  return known === undefined || epoch < 1 ? null : { epoch, kind: known };
}
