import { encodeFrame } from '../../../src/ipc/frames.ts';
import { newNonce } from '../../../src/ipc/proof.ts';
import type { Attack } from './attack.ts';
import { badBeginnings } from './bad-frames.ts';

/** Those that never prove themselves. */
export const strangers: Readonly<Record<string, (attack: Attack) => Promise<void>>> = {
  beginnings: async (attack) => {
    const kind = attack.random.pick(Object.keys(badBeginnings));
    const peer = await attack.dial();
    attack.write(peer, badBeginnings[kind]?.(attack.random) ?? []);
    await attack.mustClose(peer, kind);
  },
  'half a frame': async (attack) => {
    const peer = await attack.dial();
    const hello = encodeFrame({ t: 'hello', min: 1, max: 1, nonce: newNonce() });
    attack.write(peer, [hello.subarray(0, Math.floor(attack.random.between(1, hello.length - 1)))]);
    await attack.mustClose(peer, 'half a frame');
  },
  'a wrong secret': async (attack) => {
    const peer = await attack.dial(attack.random.next() < 0.5);
    attack.frames += 1;
    if (await peer.greet(Buffer.from(newNonce(), 'hex'))) attack.wrong.push('welcomed with a wrong secret');
    await attack.mustClose(peer, 'a wrong secret');
  },
  'a wrong proof': async (attack) =>
    afterHello(attack, 'a wrong proof', () => ({ t: 'proof', proof: newNonce() })),
  'its own proof sent back': async (attack) =>
    afterHello(attack, 'its own proof', ({ proof }) => ({ t: 'proof', proof })),
  'its own challenge sent back': async (attack) => {
    // What one connection is asked is asked of the hub itself over another one.
    const first = await attack.dial();
    const challenge = await first.hello();
    const second = await attack.dial();
    const answer = challenge === null ? null : await second.hello(challenge.nonce);
    second.destroy();
    if (answer === null) {
      attack.wasTurnedAway(first);
      return;
    }
    attack.write(first, [encodeFrame({ t: 'proof', proof: answer.proof })]);
    if (hasWelcome(await first.next())) attack.wrong.push('welcomed with a proof of its own');
    await attack.mustClose(first, 'a proof of its own');
  },
  'a greeting twice': async (attack) =>
    afterHello(attack, 'a greeting twice', () => ({ t: 'hello', min: 1, max: 1, nonce: newNonce() })),
  'half-open': async (attack) => {
    const peer = await attack.dial(true);
    attack.frames += 1;
    peer.end();
    await attack.mustClose(peer, 'half-open');
  },
};

async function afterHello(
  attack: Attack,
  kind: string,
  bad: (challenge: { readonly proof: string }) => object,
): Promise<void> {
  const peer = await attack.dial(attack.random.next() < 0.5);
  const challenge = await peer.hello();
  if (challenge === null) {
    attack.wasTurnedAway(peer);
    return;
  }
  attack.write(peer, [encodeFrame(bad(challenge))]);
  if (hasWelcome(await peer.next())) attack.wrong.push(`welcomed with ${kind}`);
  await attack.mustClose(peer, kind);
}

const hasWelcome = (frame: unknown): boolean => (frame as { t?: string } | null)?.t === 'welcome';
