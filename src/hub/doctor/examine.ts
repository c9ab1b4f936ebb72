import { resolve } from 'node:path';
import { toChatError } from '../../model/errors.ts';
import { type Examination, type Finding, finding } from '../../model/findings.ts';
import { highestEpoch } from '../../rendezvous/claim.ts';
import { inspectSecret } from '../../rendezvous/inspect.ts';
import type { SqliteEngine } from '../../store/engine.ts';
import { besideFindings } from './beside-findings.ts';
import { directoryFindings, secretFindings } from './directory-findings.ts';
import { leaderFindings } from './leader-findings.ts';
import { storeFindings } from './store-findings.ts';

export interface ExamineOptions {
  readonly directory: string;
  /** See `DirectoryChoice`. */
  readonly named: boolean;
  readonly engine: SqliteEngine;
}

/** A hub that begins an epoch meanwhile takes older files away; then what was seen does not fit together. */
const ATTEMPTS = 3;

/**
 * Looks at a data directory, in whatever state it is, beside a hub or without one. Writes nothing, claims nothing, and tells no
 * word of what anybody wrote.
 */
export async function examine({ directory: given, named, engine }: ExamineOptions): Promise<Examination> {
  const directory = resolve(given);
  const { findings, isUsable } = directoryFindings(directory, named);
  if (!isUsable) return { directory, findings: [...findings] };
  try {
    return { directory, findings: [...findings, ...(await insideFindings(directory, engine))] };
  } catch (error) {
    // It was taken away while it was being looked at.
    const { code, params } = toChatError(error);
    const detail = String(params['detail'] ?? code);
    return { directory, findings: [...findings, finding('DIRECTORY_UNUSABLE', { directory, detail })] };
  }
}

async function insideFindings(directory: string, engine: SqliteEngine): Promise<Finding[]> {
  for (let attempt = 1; ; attempt += 1) {
    const epoch = highestEpoch(directory);
    const secret = inspectSecret(directory);
    const leader = await leaderFindings(directory, secret.kind === 'there' ? secret.secret : null);
    const store = leader.some(({ code }) => code === 'FORMAT_NEWER') ? [] : storeFindings(directory, engine);
    if (highestEpoch(directory) !== epoch && attempt < ATTEMPTS) continue;
    const hasStore = store.some(({ code }) => code === 'LOG' || code === 'LOG_DAMAGED');
    return [...secretFindings(secret), ...leader, ...store, ...besideFindings(directory, hasStore)];
  }
}
