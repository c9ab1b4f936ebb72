import { statSync } from 'node:fs';
import { join } from 'node:path';
import { EPOCH_FILE_KINDS, epochFileName } from '../model/epoch-files.ts';
import { PROTOCOL } from '../protocol/handshake.ts';
import type { HubRequests } from '../protocol/hub.ts';
import type { ResultOf } from '../protocol/rpc.ts';
import { readSalvages } from '../store/quarantine.ts';
import type { Store } from '../store/store.ts';

export type Status = ResultOf<HubRequests, 'status'>;

/** What a hub knows about itself, for "Show Status" and `local-chat status`. */
export function statusOf(
  store: Store,
  facts: Pick<Status, 'version' | 'state' | 'directory' | 'since' | 'sessions' | 'faults'>,
): Status {
  const { format, messages, rooms, profiles, skipped } = store.facts;
  const { epoch, seq } = store;
  const own = { protocol: PROTOCOL.max, format, epoch, pid: process.pid, seq, messages, rooms, profiles };
  return {
    ...facts,
    ...own,
    files: filesOf(facts.directory, epoch),
    salvages: readSalvages(facts.directory),
    skipped: skipped.length,
  };
}

function filesOf(directory: string, epoch: number): Status['files'] {
  return EPOCH_FILE_KINDS.flatMap((kind) => {
    const name = epochFileName(epoch, kind);
    const entry = statSync(join(directory, name), { throwIfNoEntry: false });
    return entry === undefined ? [] : [{ name, bytes: entry.size }];
  });
}
