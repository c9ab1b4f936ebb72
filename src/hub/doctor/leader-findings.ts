import { statSync } from 'node:fs';
import { join } from 'node:path';
import { assertNever } from '../../common/assert-never.ts';
import { type ConnectResult, openConnection } from '../../ipc/connect.ts';
import { EPOCH_FILE_KINDS, epochFileName, STORE_FORMAT } from '../../model/epoch-files.ts';
import { type Finding, finding } from '../../model/findings.ts';
import { type Claim, claimedEpochs, readClaim } from '../../rendezvous/claim.ts';
import { type HostIdentity, hostIdentity } from '../../rendezvous/host.ts';
import { processLives } from '../../rendezvous/process.ts';
import { publishedEpochs } from '../../store/generations.ts';

/** How long a hub may take for its welcome, in milliseconds. */
const HELLO_MS = 2_000;

/** Who leads, as the newest claim says and as whoever listens there answers. `secret`: null when there is none to prove with. */
export async function leaderFindings(directory: string, secret: Buffer | null): Promise<Finding[]> {
  const epochs = claimedEpochs(directory);
  const first = epochs[0];
  const last = epochs.at(-1);
  if (first === undefined || last === undefined) return otherHostFindings(directory, []);
  const claims = finding('CLAIMS', { count: epochs.length, first, last });
  const file = epochFileName(last, 'claim');
  const reading = readClaim(directory, last);
  switch (reading.kind) {
    case 'newer':
      return [claims, finding('FORMAT_NEWER', { found: reading.format, known: STORE_FORMAT, file })];
    case 'unreadable':
      return [claims, finding('CLAIM_UNREADABLE', { file }), ...otherHostFindings(directory, [])];
    case 'missing':
      // It went between the two looks.
      return [claims];
    case 'claim': {
      const { claim } = reading;
      const answer = await answerOf(claim, secret);
      return [
        claims,
        ...otherHostFindings(directory, [last]),
        hubFinding(last, claim, hostIdentity(), answer),
      ];
    }
    default:
      return assertNever(reading);
  }
}

/**
 * Whether another machine led: by the newest claim, or by that of the last epoch with a log. A hub of this machine begins after
 * neither.
 */
function otherHostFindings(directory: string, newest: readonly number[]): Finding[] {
  const { hostId } = hostIdentity();
  for (const epoch of new Set([...newest, ...publishedEpochs(directory).slice(-1)])) {
    const reading = readClaim(directory, epoch);
    if (reading.kind === 'newer') {
      const params = { found: reading.format, known: STORE_FORMAT, file: epochFileName(epoch, 'claim') };
      return [finding('FORMAT_NEWER', params)];
    }
    if (reading.kind === 'claim' && reading.claim.hostId !== hostId)
      return [finding('OTHER_HOST', { epoch, written: lastChange(directory, epoch) })];
  }
  return [];
}

/** When something of this epoch was written last, by the clock of whoever keeps the files. */
function lastChange(directory: string, epoch: number): string {
  const times = EPOCH_FILE_KINDS.map(
    (kind) => statSync(join(directory, epochFileName(epoch, kind)), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  return new Date(Math.max(...times)).toISOString();
}

async function answerOf({ socket }: Claim, secret: Buffer | null): Promise<ConnectResult> {
  // Whoever listens would be asked to prove itself with this; with nothing to compare to, only that it listens is found out.
  const result = await openConnection({
    path: socket,
    secret: secret ?? Buffer.alloc(0),
    helloTimeoutMs: HELLO_MS,
  });
  if (result.kind === 'connected') result.connection.close('examined');
  return result;
}

function hubFinding(
  epoch: number,
  claim: Claim,
  { hostId, bootId }: HostIdentity,
  answer: ConnectResult,
): Finding {
  const { pid } = claim;
  const sameHost = claim.hostId === hostId;
  switch (answer.kind) {
    case 'connected':
      return finding('HUB', { pid, epoch, state: answer.state, sameHost });
    case 'refused':
      return finding('NO_HUB', { epoch });
    case 'silent':
      return finding('HUB_SILENT', { pid, epoch });
    case 'fault':
      return finding('HUB_REFUSED', { pid, epoch, reason: answer.error.code });
    case 'missing': {
      const sameBoot = sameHost && claim.bootId === bootId && bootId !== '';
      const lives = sameBoot && pid !== process.pid && processLives(pid, claim.startTime);
      return lives ? finding('HUB_UNREACHABLE', { pid, epoch }) : finding('NO_HUB', { epoch });
    }
    default:
      return assertNever(answer);
  }
}
