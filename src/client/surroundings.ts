import type { Logger } from '../common/logger.ts';
import { type ConnectResult, openConnection } from '../ipc/connect.ts';
import { highestEpoch, readClaim } from '../rendezvous/claim.ts';
import { findHostIdentity } from '../rendezvous/host.ts';
import { processLives, processStartTime } from '../rendezvous/process.ts';
import { loadSecret } from '../rendezvous/secret.ts';
import { leaveTombstone } from '../rendezvous/socket-path.ts';
import type { Surroundings } from './find-hub.ts';
import type { HubHost } from './hub-host.ts';

/** A connection whose two sides have proved themselves. */
export type Dialed = Extract<ConnectResult, { kind: 'connected' }>;

/** The real world around a client: the data directory, the processes of this machine, the sockets. */
export function surroundings(directory: string, host: HubHost): Surroundings<Dialed> {
  return {
    host: findHostIdentity,
    highestEpoch: () => highestEpoch(directory),
    readClaim: (epoch) => readClaim(directory, epoch),
    claimantLives: ({ pid, startTime }) => processLives(pid, startTime),
    hubRunsHere: () => host.running,
    unclaimedSocket: (epoch) => host.unclaimedSocket(epoch),
    dial: async (socket, helloTimeoutMs) => {
      // Read anew for each attempt: the directory may have been replaced, and its secret with it.
      const secret = loadSecret(directory);
      const result = await openConnection({ path: socket, secret, helloTimeoutMs });
      return result.kind === 'connected' ? { kind: 'connected', connection: result } : result;
    },
  };
}

/** Called when the hub thread of this process has ended while the process goes on. */
export function markSocketDead(directory: string, log: Logger): void {
  try {
    const reading = readClaim(directory, highestEpoch(directory));
    if (reading.kind !== 'claim') return;
    const { pid, startTime, socket } = reading.claim;
    if (pid === process.pid && startTime === processStartTime(process.pid)) leaveTombstone(socket);
  } catch (error) {
    // The socket is still there, or the directory is gone.
    log.log('debug', 'no tombstone', { error: error instanceof Error ? error.message : String(error) });
  }
}
