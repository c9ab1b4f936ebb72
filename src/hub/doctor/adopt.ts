import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../common/logger.ts';
import { epochFileName } from '../../model/epoch-files.ts';
import { ChatError } from '../../model/errors.ts';
import { type Examination, type Finding, finding, type FindingCode } from '../../model/findings.ts';
import { highestEpoch } from '../../rendezvous/claim.ts';
import type { HubReady } from '../hub-options.ts';
import { Hub } from '../hub.ts';
import { publishedEpochs } from '../../store/generations.ts';

export interface AdoptOptions {
  readonly directory: string;
  readonly wasm: string;
  readonly version: string;
  readonly log: Logger;
  /** How long the directory is watched for signs of life of the other machine, in milliseconds. */
  readonly watchMs?: number;
}

const WATCH_MS = 3_000;

/** With one of these somebody lives there, or this machine could not lead either. */
const IN_THE_WAY: ReadonlySet<FindingCode> = new Set([
  'HUB',
  'HUB_SILENT',
  'HUB_REFUSED',
  'HUB_UNREACHABLE',
  'FORMAT_NEWER',
  'DIRECTORY_LINK',
  'DIRECTORY_OPEN',
  'DISK_FULL',
  'DISK_READONLY',
  'SECRET_UNUSABLE',
]);

/**
 * Makes a store that was led on another machine one of this machine: begins the next epoch, the same way every hub does, and ends
 * again. From then on any program here finds a claim of its own machine.
 *
 * Whether the other machine still lives can not be found out for sure: its sockets are out of reach, and it writes only when
 * somebody does something. So this runs only when a person asked for it by name, nobody answered, and nothing changed while it
 * was watched. Should it live all the same, the next claim fences it as it would any hub, as far as its file system shows it.
 *
 * @returns what came of it, as a finding: ADOPTED, NOTHING_TO_ADOPT, OTHER_HOST_ALIVE; null when `before` already says what is
 *   in the way.
 * @throws ChatError when the epoch could not be begun.
 */
export async function adopt(options: AdoptOptions, before: Examination): Promise<Finding | null> {
  const has = (code: FindingCode): boolean => before.findings.some((each) => each.code === code);
  if (!has('OTHER_HOST')) return has('FORMAT_NEWER') ? null : finding('NOTHING_TO_ADOPT');
  if (before.findings.some(({ code }) => IN_THE_WAY.has(code))) return null;
  const { directory, watchMs = WATCH_MS } = options;
  const epoch = highestEpoch(directory);
  const mark = signOfLife(directory);
  await delay(watchMs);
  if (signOfLife(directory) !== mark) return finding('OTHER_HOST_ALIVE', { epoch });
  const begun = await beginEpoch(options, epoch);
  return begun === null ? finding('OTHER_HOST_ALIVE', { epoch }) : finding('ADOPTED', { epoch: begun });
}

/** What a living hub changes sooner or later. */
function signOfLife(directory: string): string {
  const published = publishedEpochs(directory).at(-1);
  if (published === undefined) return String(highestEpoch(directory));
  const log = statSync(join(directory, epochFileName(published, 'log')), { throwIfNoEntry: false });
  return [highestEpoch(directory), published, log?.size, log?.mtimeMs].join();
}

/** The epoch that was begun; null when somebody else began it first. */
async function beginEpoch(
  { directory, wasm, version, log }: AdoptOptions,
  deadEpoch: number,
): Promise<number | null> {
  const hub = new Hub({ directory, deadEpoch, wasm, version, log, adopt: true });
  let ready: HubReady | null = null;
  hub.onDidBecomeReady((facts) => {
    ready = facts;
    hub.stop();
  });
  const end = await hub.run();
  if (end.reason === 'failed') throw end.error;
  const { epoch, socket } = (ready as HubReady | null) ?? { epoch: null, socket: null };
  // A hub that could not write its claim reads what is stored, and has adopted nothing.
  if (socket !== null) throw new ChatError('STORAGE_READONLY');
  return epoch;
}
