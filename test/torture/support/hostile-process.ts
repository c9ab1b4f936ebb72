/* Attacks a hub over its socket, from a process of its own; for the part `hostile`. Tells what became of each connection. */
import { setTimeout as delay } from 'node:timers/promises';
import { encodeFrame } from '../../../src/ipc/frames.ts';
import { newNonce } from '../../../src/ipc/proof.ts';
import { newId } from '../../../src/model/ids.ts';
import { Attack, type HostileConfig, type HostileMessage } from './attack.ts';
import { badPackets, badRequests, encodeBadRequest } from './bad-frames.ts';
import { helperConfig, tellStarter } from './helper.ts';
import type { RawPeer } from './raw-peer.ts';
import { strangers } from './strangers.ts';

/** Connections at a time: strangers, with the silent ones of before more than may be unproven, and those that hold the secret. */
const STRANGERS = 72;
const INSIDERS = 8;

const config = helperConfig() as HostileConfig;
const attack = new Attack(config);
const report = (message: HostileMessage): void => tellStarter(message);

/** One that holds the secret and misbehaves. */
async function insider(): Promise<void> {
  const peer = await attack.dial();
  if (!(await peer.greet(attack.secret))) {
    attack.wasTurnedAway(peer);
    return;
  }
  let n = 0;
  if (attack.random.next() < 0.25) {
    n += 1;
    peer.write(encodeFrame({ k: 'request', n, name: 'session.open', params: session() }));
    await answers(peer, 'session.open', 1);
  }
  for (let sent = 0; sent < config.requests;) {
    const kinds = Array.from({ length: 8 }, () => attack.random.pick(Object.keys(badRequests)));
    const bad = kinds.map((kind) => encodeBadRequest(badRequests[kind]?.(attack.random, (n += 1)) ?? {}));
    attack.write(peer, bad);
    sent += bad.length;
    attack.requests += bad.length;
    await answers(peer, kinds.join(), bad.length);
    if (peer.closedAt !== null) return;
  }
  const kind = attack.random.pick(Object.keys(badPackets));
  attack.write(peer, badPackets[kind]?.(attack.random) ?? []);
  await attack.mustClose(peer, `${kind}, after the proof`);
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
      attack.wrong.push(`no answer to one of: ${kinds}`);
      break;
    }
    if (frame.k === 'reply' || frame.k === 'error') left -= 1;
  }
  clearTimeout(late);
}

/** One in five holds the secret. */
async function flood(): Promise<void> {
  const inside = Math.round(config.connections / 5);
  await Promise.all([
    inTurn(config.connections - inside, STRANGERS, () => {
      const kind = attack.random.next() < 0.6 ? 'beginnings' : attack.random.pick(Object.keys(strangers));
      return strangers[kind]?.(attack);
    }),
    inTurn(inside, INSIDERS, insider),
  ]);
}

/** So many of them, so many at a time. */
async function inTurn(count: number, atOnce: number, one: () => Promise<void> | undefined): Promise<void> {
  let left = count;
  let next = performance.now() + 5_000;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await one();
      if (performance.now() < next) continue;
      next += 5_000;
      const { connections, frames } = attack;
      report({ type: 'progress', text: `${connections} hostile connections, ${frames} bad frames` });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function slowOne(): Promise<void> {
  const peer = await attack.dial();
  const hello = encodeFrame({ t: 'hello', min: 1, max: 1, nonce: newNonce() });
  attack.frames += 1;
  const kind = attack.random.pick(['silence', 'half a frame', 'a byte a second', 'hello and silence']);
  if (kind === 'half a frame') peer.write(hello.subarray(0, 20));
  if (kind === 'hello and silence') peer.write(hello);
  const isPartial = kind === 'half a frame' || kind === 'a byte a second';
  const closing = attack.mustClose(peer, kind, isPartial ? attack.closedAfter : attack.silentFor);
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
      const peer = await attack.dial();
      attack.besieging += 1;
      if (attack.random.next() < 0.5)
        peer.write(encodeFrame({ t: 'hello', min: 1, max: 1, nonce: newNonce() }));
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
  attack.wrong.push(`the attack broke off: ${String(error)}`);
}
report({ type: 'phase', name: 'over' });
report(attack.result);
setTimeout(() => process.exit(), 500);
