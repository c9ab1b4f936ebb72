/* Attacks a hub over its socket, from a process of its own; for the part `hostile`. Tells what became of each connection. */
import { setTimeout as delay } from 'node:timers/promises';
import { encodeFrame } from '../../../src/ipc/frames.ts';
import { newNonce } from '../../../src/ipc/proof.ts';
import { newId } from '../../../src/model/ids.ts';
import { Random } from '../../integration/support/random.ts';
import { badBeginnings, badPackets, badRequests, encodeBadRequest } from './bad-frames.ts';
import { helperConfig, tellStarter } from './helper.ts';
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

/** Connections at a time: strangers, with the silent ones of before more than may be unproven, and those that hold the secret. */
const STRANGERS = 72;
const INSIDERS = 8;

const config = helperConfig() as HostileConfig;
const report = (message: HostileMessage): void => tellStarter(message);
const secret = Buffer.from(config.secret, 'hex');
const random = new Random(config.seed);
const closedAfter: Closed = { count: 0, most: 0, kind: '' };
const silentFor: Closed = { count: 0, most: 0, kind: '' };
const wrong: string[] = [];
let connections = 0;
let frames = 0;
let requests = 0;
let turnedAway = 0;
let besieging = 0;

async function dial(halfOpen = false): Promise<RawPeer> {
  connections += 1;
  return RawPeer.dial(config.socket, halfOpen);
}

function write(peer: RawPeer, bad: readonly Buffer[]): void {
  frames += bad.length;
  peer.write(...bad);
}

/** From now on it is malformed: the hub has to close it. */
async function mustClose(peer: RawPeer, kind: string, times = closedAfter): Promise<void> {
  const since = performance.now();
  if (await peer.closes(config.patienceMs)) {
    const ms = (peer.closedAt ?? 0) - since;
    times.count += 1;
    if (ms > times.most) Object.assign(times, { most: ms, kind });
  } else wrong.push(`still open after ${config.patienceMs / 1_000} s: ${kind}`);
  peer.destroy();
}

/** Those that never prove themselves. */
const strangers: Readonly<Record<string, () => Promise<void>>> = {
  beginnings: async () => {
    const kind = random.pick(Object.keys(badBeginnings));
    const peer = await dial();
    write(peer, badBeginnings[kind]?.(random) ?? []);
    await mustClose(peer, kind);
  },
  'half a frame': async () => {
    const peer = await dial();
    const hello = encodeFrame({ t: 'hello', min: 1, max: 1, nonce: newNonce() });
    write(peer, [hello.subarray(0, Math.floor(random.between(1, hello.length - 1)))]);
    await mustClose(peer, 'half a frame');
  },
  'a wrong secret': async () => {
    const peer = await dial(random.next() < 0.5);
    frames += 1;
    if (await peer.greet(Buffer.from(newNonce(), 'hex'))) wrong.push('welcomed with a wrong secret');
    await mustClose(peer, 'a wrong secret');
  },
  'a wrong proof': async () => afterHello('a wrong proof', () => ({ t: 'proof', proof: newNonce() })),
  'its own proof sent back': async () => afterHello('its own proof', ({ proof }) => ({ t: 'proof', proof })),
  'its own challenge sent back': async () => {
    // What one connection is asked is asked of the hub itself over another one.
    const first = await dial();
    const challenge = await first.hello();
    const second = await dial();
    const answer = challenge === null ? null : await second.hello(challenge.nonce);
    second.destroy();
    if (answer === null) {
      turnedAway += 1;
      first.destroy();
      return;
    }
    write(first, [encodeFrame({ t: 'proof', proof: answer.proof })]);
    if (hasWelcome(await first.next())) wrong.push('welcomed with a proof of its own');
    await mustClose(first, 'a proof of its own');
  },
  'a greeting twice': async () =>
    afterHello('a greeting twice', () => ({ t: 'hello', min: 1, max: 1, nonce: newNonce() })),
  'half-open': async () => {
    const peer = await dial(true);
    frames += 1;
    peer.end();
    await mustClose(peer, 'half-open');
  },
};

async function afterHello(
  kind: string,
  bad: (challenge: { readonly proof: string }) => object,
): Promise<void> {
  const peer = await dial(random.next() < 0.5);
  const challenge = await peer.hello();
  if (challenge === null) {
    turnedAway += 1;
    peer.destroy();
    return;
  }
  write(peer, [encodeFrame(bad(challenge))]);
  if (hasWelcome(await peer.next())) wrong.push(`welcomed with ${kind}`);
  await mustClose(peer, kind);
}

const hasWelcome = (frame: unknown): boolean => (frame as { t?: string } | null)?.t === 'welcome';

/** One that holds the secret and misbehaves. */
async function insider(): Promise<void> {
  const peer = await dial();
  if (!(await peer.greet(secret))) {
    turnedAway += 1;
    peer.destroy();
    return;
  }
  let n = 0;
  if (random.next() < 0.25) {
    n += 1;
    peer.write(encodeFrame({ k: 'request', n, name: 'session.open', params: session() }));
    await answers(peer, 'session.open', 1);
  }
  for (let sent = 0; sent < config.requests;) {
    const kinds = Array.from({ length: 8 }, () => random.pick(Object.keys(badRequests)));
    const bad = kinds.map((kind) => encodeBadRequest(badRequests[kind]?.(random, (n += 1)) ?? {}));
    write(peer, bad);
    sent += bad.length;
    requests += bad.length;
    await answers(peer, kinds.join(), bad.length);
    if (peer.closedAt !== null) return;
  }
  const kind = random.pick(Object.keys(badPackets));
  write(peer, badPackets[kind]?.(random) ?? []);
  await mustClose(peer, `${kind}, after the proof`);
}

function session(): object {
  const facts = { kind: 'script', surface: 'terminal', folder: '', product: 'hostile', pid: process.pid };
  const profile = { by: 'default', firstName: 'nobody' };
  return { ...facts, sessionId: newId(), since: new Date().toISOString(), profile };
}

/** Waits for so many answers. What is no answer is for others. */
async function answers(peer: RawPeer, kinds: string, count: number): Promise<void> {
  const late = setTimeout(() => peer.destroy(), config.patienceMs);
  for (let left = count; left > 0;) {
    const frame = (await peer.next()) as { k?: string } | null;
    if (frame === null) {
      wrong.push(`no answer to one of: ${kinds}`);
      break;
    }
    if (frame.k === 'reply' || frame.k === 'error') left -= 1;
  }
  clearTimeout(late);
}

async function flood(): Promise<void> {
  let left = config.connections;
  let next = performance.now() + 5_000;
  const work = async (one: () => Promise<void>): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await one();
      if (performance.now() < next) continue;
      next += 5_000;
      report({ type: 'progress', text: `${connections} hostile connections, ${frames} bad frames` });
    }
  };
  const stranger = async (): Promise<void> =>
    strangers[random.next() < 0.6 ? 'beginnings' : random.pick(Object.keys(strangers))]?.();
  await Promise.all([
    ...Array.from({ length: STRANGERS }, () => work(stranger)),
    ...Array.from({ length: INSIDERS }, () => work(insider)),
  ]);
}

async function slowOne(): Promise<void> {
  const peer = await dial();
  const hello = encodeFrame({ t: 'hello', min: 1, max: 1, nonce: newNonce() });
  frames += 1;
  const kind = random.pick(['silence', 'half a frame', 'a byte a second', 'hello and silence']);
  if (kind === 'half a frame') peer.write(hello.subarray(0, 20));
  if (kind === 'hello and silence') peer.write(hello);
  const isPartial = kind === 'half a frame' || kind === 'a byte a second';
  const closing = mustClose(peer, kind, isPartial ? closedAfter : silentFor);
  if (kind === 'a byte a second') await dribble(peer, hello);
  await closing;
}

async function dribble(peer: RawPeer, bytes: Buffer): Promise<void> {
  for (let at = 0; peer.closedAt === null && at < bytes.length; at += 1) {
    peer.write(bytes.subarray(at, at + 1));
    await delay(1_000);
  }
}

async function slowOnes(): Promise<void> {
  for (let left = config.slow; left > 0; left -= config.slowAtOnce) {
    await Promise.all(Array.from({ length: Math.min(left, config.slowAtOnce) }, slowOne));
    report({
      type: 'progress',
      text: `${Math.max(0, left - config.slowAtOnce)} slow ones to come`,
    });
  }
}

/** Twice as many as may be unproven, all of them silent, each replaced the moment it is closed. */
async function siege(): Promise<void> {
  const end = performance.now() + config.siegeMs;
  const besiege = async (): Promise<void> => {
    while (performance.now() < end) {
      const peer = await dial();
      besieging += 1;
      if (random.next() < 0.5) peer.write(encodeFrame({ t: 'hello', min: 1, max: 1, nonce: newNonce() }));
      await peer.closes(Math.max(1, end - performance.now()));
      peer.destroy();
    }
  };
  await Promise.all(Array.from({ length: 128 }, besiege));
}

const phases = { flood, slow: slowOnes, siege } as const;
try {
  for (const name of ['flood', 'slow', 'siege'] as const) {
    report({ type: 'phase', name });
    await phases[name]();
  }
} catch (error) {
  // Nobody listens any more, where the hub should.
  wrong.push(`the attack broke off: ${String(error)}`);
}
report({ type: 'phase', name: 'over' });
const result: HostileResult = {
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
report(result);
setTimeout(() => process.exit(), 500);
