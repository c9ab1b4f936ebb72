import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What both proofs are about: everything that was said before, so that nobody in between can change a word of it. */
export interface Transcript {
  readonly min: number;
  readonly max: number;
  readonly version: number;
  readonly clientNonce: string;
  readonly hubNonce: string;
}

/** Each side signs with its own name: a proof can not be sent back to the one who made it. */
export type Prover = 'hub' | 'client';

/** 32 random bytes in hex. */
export function newNonce(): string {
  return randomBytes(32).toString('hex');
}

/** HMAC-SHA256 under the secret of the data directory, in hex. */
export function prove(secret: Buffer, prover: Prover, transcript: Transcript): string {
  const { min, max, version, clientNonce, hubNonce } = transcript;
  const text = ['local-chat', prover, min, max, version, clientNonce, hubNonce].join('\n');
  return createHmac('sha256', secret).update(text).digest('hex');
}

export function proofHolds(secret: Buffer, prover: Prover, transcript: Transcript, proof: string): boolean {
  const expected = Buffer.from(prove(secret, prover, transcript), 'hex');
  const given = Buffer.from(proof, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
