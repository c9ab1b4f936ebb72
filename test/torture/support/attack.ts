import { Random } from '../../integration/support/random.ts';
import { RawPeer } from './raw-peer.ts';

export interface HostileConfig {
  readonly socket: string;
  /** The right one, in hex. */
  readonly secret: string;
  readonly seed: number;
  /** Connections, and requests on each of those that prove themselves. */
  readonly connections: number;
  readonly requests: number;
  /** Connections that are slow, so many at a time. */
  readonly slow: number;
  readonly slowAtOnce: number;
  /** For so long, in milliseconds, silent connections are opened as fast as others are closed. */
  readonly siegeMs: number;
  /** So long is waited for what should have come much sooner. */
  readonly patienceMs: number;
}

/** How many the hub closed, and how long it took with the slowest, in milliseconds. */
export interface Closed {
  count: number;
  most: number;
  /** What was wrong with that one. */
  kind: string;
}

export interface HostileResult {
  readonly type: 'done';
  readonly connections: number;
  readonly frames: number;
  readonly requests: number;
  /** Milliseconds from the fault to the end of the connection: what was malformed, and what stayed silent. */
  readonly closedAfter: Closed;
  readonly silentFor: Closed;
  readonly turnedAway: number;
  readonly besieging: number;
  /** What should not have been, in words. */
  readonly wrong: readonly string[];
}

export type HostileMessage =
  | HostileResult
  | { readonly type: 'phase'; readonly name: 'flood' | 'slow' | 'siege' | 'over' }
  | { readonly type: 'progress'; readonly text: string };

/** What all attackers of one process share: how they reach the hub, and what came of it. */
export class Attack {
  readonly config: HostileConfig;
  readonly secret: Buffer;
  readonly random: Random;
  readonly closedAfter: Closed = { count: 0, most: 0, kind: '' };
  readonly silentFor: Closed = { count: 0, most: 0, kind: '' };
  readonly wrong: string[] = [];
  connections = 0;
  frames = 0;
  requests = 0;
  turnedAway = 0;
  besieging = 0;

  constructor(config: HostileConfig) {
    this.config = config;
    this.secret = Buffer.from(config.secret, 'hex');
    this.random = new Random(config.seed);
  }

  async dial(halfOpen = false): Promise<RawPeer> {
    this.connections += 1;
    return RawPeer.dial(this.config.socket, halfOpen);
  }

  write(peer: RawPeer, bad: readonly Buffer[]): void {
    this.frames += bad.length;
    peer.write(...bad);
  }

  /** The hub closed it before anything wrong was said. */
  wasTurnedAway(peer: RawPeer): void {
    this.turnedAway += 1;
    peer.destroy();
  }

  /** From now on it is malformed: the hub has to close it. */
  async mustClose(peer: RawPeer, kind: string, times = this.closedAfter): Promise<void> {
    const since = performance.now();
    const { patienceMs } = this.config;
    if (await peer.closes(patienceMs)) {
      const ms = (peer.closedAt ?? 0) - since;
      times.count += 1;
      if (ms > times.most) Object.assign(times, { most: ms, kind });
    } else {
      this.wrong.push(`still open after ${patienceMs / 1_000} s: ${kind}`);
    }
    peer.destroy();
  }

  get result(): HostileResult {
    const { connections, frames, requests, closedAfter, silentFor, turnedAway, besieging, wrong } = this;
    return {
      type: 'done',
      connections,
      frames,
      requests,
      closedAfter,
      silentFor,
      turnedAway,
      besieging,
      wrong,
    };
  }
}
