import { assertNever } from '../common/assert-never.ts';
import { STORE_FORMAT } from '../model/epoch-files.ts';
import { ChatError } from '../model/errors.ts';
import type { Claim, ClaimReading } from '../rendezvous/claim.ts';
import type { HostIdentity } from '../rendezvous/host.ts';
import type { StallClock } from './stall-clock.ts';

/** A hub that does not answer for this long, while this process itself ran, is taken for frozen. */
export const SUSPECT_MS = 5_000;
/** How long one attempt to reach a hub may take, at most and at least, in milliseconds. */
const PROBE_MS = 2_000;
const SHORTEST_PROBE_MS = 500;
/** A claim that cannot be read is being written, unless it stays so for this long. */
const UNREADABLE_MS = 2_000;
/** A hub that closes every connection in the middle of the greeting for so long is no hub that just went away. */
const CLOSING_MS = 5_000;

/** What one attempt to reach a socket came to. */
export type Dial<C> =
  | { kind: 'connected'; connection: C }
  /** Nobody listens: its process is gone. */
  | { kind: 'refused' }
  /** No such socket file. */
  | { kind: 'missing' }
  /** Somebody accepts, and says nothing. */
  | { kind: 'silent' }
  | { kind: 'fault'; error: ChatError };

export type Finding<C> =
  | { kind: 'connected'; connection: C }
  /** Nobody holds `epoch` any more: the next one may be claimed. */
  | { kind: 'dead'; epoch: number }
  /** Not clear yet; look again after `pause` milliseconds. */
  | { kind: 'unclear'; pause: number }
  /** It lives where this process can not reach it. Taking over from it would go back and forth for ever. */
  | { kind: 'elsewhere'; error: ChatError }
  | { kind: 'fault'; error: ChatError };

/** What finding the hub needs to know about the world. */
export interface Surroundings<C> {
  /** The highest number over all file names of the directory, 0 when there is none. */
  highestEpoch(): number;
  readClaim(epoch: number): ClaimReading;
  /** Of this machine and its present start. */
  host(): Promise<HostIdentity>;
  /** Whether the very process that wrote the claim is sure to run still: same pid, same start time. */
  claimantLives(claim: Claim): boolean;
  /** Whether a thread of this process is the hub, or tries to be. */
  hubRunsHere(): boolean;
  /** The socket of the hub of this process, when it could write no claim after `epoch`. */
  unclaimedSocket(epoch: number): string | null;
  /** Silent when it has no answer within so many milliseconds. */
  dial(socket: string, ms: number): Promise<Dial<C>>;
}

/**
 * One look for the hub. The answer "dead" only lets another epoch begin: should the old hub live after all, the fence keeps
 * it from acknowledging anything. Wrong suspicion costs a moment, never a message.
 */
export class HubFinder<C> {
  readonly #world: Surroundings<C>;
  readonly #stall: StallClock;
  #epoch = 0;
  #unreadableSince: number | null = null;
  #closingSince: number | null = null;
  readonly #now: () => number;

  /** `now` in milliseconds, from a clock that never goes back. */
  constructor(world: Surroundings<C>, stall: StallClock, now: () => number = () => performance.now()) {
    this.#world = world;
    this.#stall = stall;
    this.#now = now;
  }

  /** Whether nobody has claimed anything after `epoch` yet. */
  isNewest(epoch: number): boolean {
    return this.#world.highestEpoch() === epoch;
  }

  /** The process that claimed `epoch`; null when its claim says nothing. */
  holder(epoch: number): number | null {
    const reading = this.#world.readClaim(epoch);
    return reading.kind === 'claim' ? reading.claim.pid : null;
  }

  async find(): Promise<Finding<C>> {
    const epoch = this.#world.highestEpoch();
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#unreadableSince = null;
      this.#closingSince = null;
      this.#stall.alive();
    }
    if (epoch === 0) return { kind: 'dead', epoch };
    const unclaimed = this.#world.unclaimedSocket(epoch);
    if (unclaimed !== null) {
      const dial = await this.#world.dial(unclaimed, PROBE_MS);
      return dial.kind === 'connected' ? dial : { kind: 'dead', epoch };
    }
    const reading = this.#world.readClaim(epoch);
    if (reading.kind === 'missing') return { kind: 'dead', epoch };
    if (reading.kind === 'unreadable') {
      this.#unreadableSince ??= this.#now();
      const waited = this.#now() - this.#unreadableSince;
      return waited < UNREADABLE_MS ? { kind: 'unclear', pause: 100 } : { kind: 'dead', epoch };
    }
    if (reading.kind === 'newer') {
      const params = { found: reading.format, known: STORE_FORMAT };
      return { kind: 'fault', error: new ChatError('FORMAT_NEWER', params) };
    }
    const { claim } = reading;
    const { hostId, bootId } = await this.#world.host();
    if (claim.hostId !== hostId) return { kind: 'fault', error: new ChatError('OTHER_HOST') };
    // Silent until it answers: the time of the first attempt counts, too. None goes on when the whole time is over.
    this.#stall.silent();
    const left = SUSPECT_MS - this.#stall.silence;
    const ms = Math.min(PROBE_MS, Math.max(SHORTEST_PROBE_MS, left));
    return this.#judge(epoch, claim, bootId, await this.#world.dial(claim.socket, ms));
  }

  #judge(epoch: number, claim: Claim, bootId: string, dial: Dial<C>): Finding<C> {
    const closed = dial.kind === 'fault' && dial.error.code === 'CONNECTION_CLOSED';
    if (!closed) this.#closingSince = null;
    if (dial.kind !== 'silent') this.#stall.alive();
    switch (dial.kind) {
      case 'connected':
        return dial;
      case 'refused':
        return { kind: 'dead', epoch };
      case 'missing':
        return this.#missingSocket(epoch, claim, bootId);
      case 'silent':
        if (this.#stall.silence < SUSPECT_MS) return { kind: 'unclear', pause: 50 };
        return { kind: 'dead', epoch };
      case 'fault':
        return closed ? this.#closing(claim, dial.error) : dial;
      default:
        return assertNever(dial);
    }
  }

  /** Once it says nothing about the next attempt: the hub went away. Again and again it is a fault, and nothing to hurry for. */
  #closing({ pid }: Claim, cause: ChatError): Finding<C> {
    this.#closingSince ??= this.#now();
    if (this.#now() - this.#closingSince < CLOSING_MS) return { kind: 'unclear', pause: 50 };
    return { kind: 'fault', error: new ChatError('HUB_UNREACHABLE', { pid }, { cause }) };
  }

  #missingSocket(epoch: number, claim: Claim, bootId: string): Finding<C> {
    const { pid } = claim;
    const own = pid === process.pid;
    // Where the platform does not tell its boots apart (Windows), only this very process is sure to be of the same one. There
    // are no mount namespaces either, so a pipe that can not be seen is gone.
    const sameBoot = claim.bootId === bootId && (bootId !== '' || own);
    if (!sameBoot || !this.#world.claimantLives(claim)) return { kind: 'dead', epoch };
    // Our own process is no other mount namespace: its hub thread ended and took the socket with it.
    if (own && !this.#world.hubRunsHere()) return { kind: 'dead', epoch };
    return { kind: 'elsewhere', error: new ChatError('HUB_UNREACHABLE', { pid }) };
  }
}
