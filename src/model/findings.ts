import * as v from 'valibot';

/** `ok`: as it should be. `note`: worth knowing, nothing to do. `problem`: it needs the person. */
export type FindingLevel = 'ok' | 'note' | 'problem';

/**
 * All that an examination of a data directory can find, and how grave it is. What is found is told in codes, sizes, numbers and
 * names of files; never a word of what anybody wrote.
 */
export const FINDINGS = {
  // The directory and its disk.
  DIRECTORY: 'ok', // {directory, mode, owner, link, fileSystem?, freeBytes?, freeInodes?}
  NO_DIRECTORY: 'problem', // {directory}
  DIRECTORY_LINK: 'problem', // {directory}
  DIRECTORY_FOREIGN: 'problem', // {directory, owner}
  DIRECTORY_OPEN: 'problem', // {directory, mode}
  DIRECTORY_UNUSABLE: 'problem', // {directory, detail}
  DISK_FULL: 'problem', // {freeBytes, freeInodes?}
  DISK_LOW: 'note', // {freeBytes}
  DISK_READONLY: 'problem', // {detail}
  DISK_NETWORK: 'note', // {fileSystem}
  SECRET: 'ok',
  SECRET_MISSING: 'note', // the next program makes a new one
  SECRET_OPEN: 'note', // {mode}: the next program closes it
  SECRET_UNUSABLE: 'problem', // {detail}
  // Who leads.
  CLAIMS: 'ok', // {count, first, last}
  CLAIM_UNREADABLE: 'note', // {file}
  HUB: 'ok', // {pid, epoch, state, sameHost}
  NO_HUB: 'ok', // {epoch}: the next program becomes the hub
  HUB_SILENT: 'note', // {pid, epoch}: it accepts and says nothing; the next program takes over
  HUB_UNREACHABLE: 'problem', // {pid, epoch}: its process lives, its socket can not be seen
  HUB_REFUSED: 'problem', // {pid, epoch, reason}
  OTHER_HOST: 'problem', // {epoch, written}: ISO time of the last change there
  OTHER_HOST_ALIVE: 'problem', // {epoch}: it was written while it was looked at
  FORMAT_NEWER: 'problem', // {found, known, file}
  ADOPTED: 'ok', // {epoch}
  NOTHING_TO_ADOPT: 'note',
  // What is stored.
  EMPTY: 'note',
  BASE: 'ok', // {file, bytes, seq, messages, rooms, profiles}
  BASE_DAMAGED: 'problem', // {file, detail}
  LOG: 'ok', // {file, bytes, groups, messages, seq}: since the base
  LOG_DAMAGED: 'problem', // {file, at, lines, detail}
  TORN_TAIL: 'note', // {file, at, bytes}
  OLDER_DAMAGED: 'note', // {file, detail}: of the generation before, which is only a reserve
  UNPUBLISHED: 'note', // {first, last}: epochs that were claimed and never got as far as a log
  SKIPPED: 'note', // {count, first, last}: seqs of what safe mode kept aside
  // What lies beside it.
  BALLAST: 'ok', // {count, bytes}
  NO_BALLAST: 'note',
  QUARANTINE: 'note', // {folders, bytes}
  SALVAGE: 'note', // {folder, timestamp, epoch, outcome, lost, lostAfter?}: how many seqs, see `Salvage`
  UNSENT: 'note', // {count, bytes}
  LEFTOVERS: 'note', // {count, bytes}
  REGISTRY: 'ok', // {products}
  NOT_REGISTERED: 'note',
  LAUNCHER: 'ok', // {path}
} as const satisfies Readonly<Record<string, FindingLevel>>;

export type FindingCode = keyof typeof FINDINGS;
const codes = Object.keys(FINDINGS) as FindingCode[];

const plain = v.union([v.string(), v.number(), v.boolean()]);
/** Plain values only: they travel between threads and are printed as they are. */
export type FindingParams = Readonly<Record<string, v.InferOutput<typeof plain>>>;

export const findingSchema = v.object({
  code: v.picklist(codes),
  level: v.picklist(['ok', 'note', 'problem']),
  params: v.record(v.string(), plain),
});
export type Finding = v.InferOutput<typeof findingSchema>;

export function finding(code: FindingCode, params: FindingParams = {}): Finding {
  return { code, level: FINDINGS[code], params: { ...params } };
}

/** What was found in one data directory, in the order in which a person wants to read it. */
export const examinationSchema = v.object({ directory: v.string(), findings: v.array(findingSchema) });
export type Examination = v.InferOutput<typeof examinationSchema>;

export function isSound({ findings }: Examination): boolean {
  return findings.every(({ level }) => level !== 'problem');
}
