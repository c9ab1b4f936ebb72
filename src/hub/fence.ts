import { statSync } from 'node:fs';
import { join } from 'node:path';
import { assertNever } from '../common/assert-never.ts';
import { epochFileName } from '../model/epoch-files.ts';
import { readClaim } from '../rendezvous/claim.ts';
import { systemCode } from '../rendezvous/system-error.ts';

/**
 * `ours`: this epoch leads. `superseded`: the next one is claimed. `lost`: the claim is gone or somebody else's. `unclear`: the
 * file system did not say; only a clear answer counts, so this is as bad as the others.
 */
export type FenceReading = 'ours' | 'superseded' | 'lost' | 'unclear';

/**
 * The check on which all durability rests: it runs after a group is synced and before anything of it is acknowledged. Whoever
 * takes over makes the next claim before it reads the log, so a group whose check came out `ours` was synced before that
 * reading began and is in what the successor loads.
 *
 * The order matters: first that nobody follows, then that the claim is still this one. Two system calls and one small file,
 * some 20 µs.
 */
export function readFence(directory: string, epoch: number, nonce: string): FenceReading {
  try {
    // Not with `throwIfNoEntry: false`: that says "not there" for more errors than ENOENT.
    statSync(join(directory, epochFileName(epoch + 1, 'claim')));
    return 'superseded';
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') return 'unclear';
  }
  const reading = readClaim(directory, epoch);
  switch (reading.kind) {
    case 'claim':
      return reading.claim.nonce === nonce ? 'ours' : 'lost';
    case 'newer':
    case 'missing':
      return 'lost';
    case 'unreadable':
      return 'unclear';
    default:
      return assertNever(reading);
  }
}
