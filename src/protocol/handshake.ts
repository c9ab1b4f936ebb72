import * as v from 'valibot';

/** Versions of the client–hub wire this build speaks, lowest and highest. */
export const PROTOCOL = { min: 1, max: 1 } as const;

const hex32 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const version = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/**
 * The four frames before anything else. Both sides hold the secret of the data directory; each proves it by an HMAC over
 * both nonces, the hub first, so that a client never shows a proof to a stranger who listens on an old path.
 *
 *     client → hub     hello      {versions, nonce}
 *     hub    → client  challenge  {version, nonce, proof}
 *     client → hub     proof      {proof}
 *     hub    → client  welcome    {state}
 */
export const handshakeSchema = v.variant('t', [
  v.object({ t: v.literal('hello'), min: version, max: version, nonce: hex32 }),
  v.object({ t: v.literal('challenge'), version, nonce: hex32, proof: hex32 }),
  v.object({ t: v.literal('proof'), proof: hex32 }),
  v.object({ t: v.literal('welcome'), state: v.picklist(['recovering', 'ready', 'readonly']) }),
  /** In place of any answer: the hub will not talk, and why. */
  v.object({
    t: v.literal('refused'),
    code: v.string(),
    params: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
  }),
]);
export type HandshakeFrame = v.InferOutput<typeof handshakeSchema>;

/** `recovering`: alive, reading the store. `readonly`: history is served, nothing can be written. */
export type HubState = Extract<HandshakeFrame, { t: 'welcome' }>['state'];
