import { assertNever } from '../../common/assert-never.ts';
import { type Finding, finding, type FindingParams } from '../../model/findings.ts';
import {
  type DirectoryFacts,
  type DiskFacts,
  inspectDirectory,
  type SecretFacts,
} from '../../rendezvous/inspect.ts';

/** With less than this much room, in bytes, the next large write may be the one that fails. */
const LOW_BYTES = 64 * 1024 * 1024;
/** With less than this much a hub can not begin an epoch. */
const FULL_BYTES = 64 * 1024;
const FULL_INODES = 4;

export interface DirectoryChecked {
  readonly findings: readonly Finding[];
  /** False when nobody would look into it, nor do we. */
  readonly isUsable: boolean;
}

/** The directory, its disk, and whether a program would take it. */
export function directoryFindings(directory: string, named: boolean): DirectoryChecked {
  const facts = inspectDirectory(directory);
  if (facts.kind === 'missing') return refused(finding('NO_DIRECTORY', { directory }));
  if (facts.kind === 'unusable')
    return refused(finding('DIRECTORY_UNUSABLE', { directory, detail: facts.detail }));
  if (!facts.isOurs) return refused(finding('DIRECTORY_FOREIGN', { directory, owner: facts.owner }));
  const findings = [finding('DIRECTORY', describe(directory, facts))];
  // As in `openDirectory`: the default one is closed when it is opened, and may be a link.
  if (named && facts.isLink) findings.push(finding('DIRECTORY_LINK', { directory }));
  if (named && facts.isOpen) findings.push(finding('DIRECTORY_OPEN', { directory, mode: facts.mode }));
  findings.push(...diskFindings(facts.disk, facts.readOnly));
  return { findings, isUsable: true };
}

/** Whether hub and clients can prove themselves to each other. */
export function secretFindings(facts: SecretFacts): Finding[] {
  switch (facts.kind) {
    case 'missing':
      return [finding('SECRET_MISSING')];
    case 'unusable':
      return [finding('SECRET_UNUSABLE', { detail: facts.detail })];
    case 'there':
      return [facts.isOpen ? finding('SECRET_OPEN', { mode: facts.mode }) : finding('SECRET')];
    default:
      return assertNever(facts);
  }
}

const refused = (found: Finding): DirectoryChecked => ({ findings: [found], isUsable: false });

function describe(directory: string, facts: Extract<DirectoryFacts, { kind: 'directory' }>): FindingParams {
  const { fileSystem, freeBytes, freeInodes } = facts.disk;
  return {
    directory,
    mode: facts.mode,
    owner: facts.owner,
    link: facts.isLink,
    ...(fileSystem === null ? {} : { fileSystem }),
    ...(freeBytes === null ? {} : { freeBytes }),
    ...(freeInodes === null ? {} : { freeInodes }),
  };
}

function diskFindings(
  { fileSystem, isNetwork, freeBytes, freeInodes }: DiskFacts,
  readOnly: string | null,
): Finding[] {
  const findings: Finding[] = [];
  const inodes = freeInodes === null ? {} : { freeInodes };
  if (isNetwork && fileSystem !== null) findings.push(finding('DISK_NETWORK', { fileSystem }));
  if (readOnly !== null) return [...findings, finding('DISK_READONLY', { detail: readOnly })];
  if (freeBytes === null) return findings;
  if (freeBytes < FULL_BYTES || (freeInodes ?? Infinity) < FULL_INODES)
    findings.push(finding('DISK_FULL', { freeBytes, ...inodes }));
  else if (freeBytes < LOW_BYTES) findings.push(finding('DISK_LOW', { freeBytes }));
  return findings;
}
