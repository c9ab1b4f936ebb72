import * as v from 'valibot';
import { type Disposable, toDisposable } from '../common/disposable.ts';
import { ChatError, isErrorCode } from '../model/errors.ts';
import { type HandshakeFrame, handshakeSchema, type HubState, PROTOCOL } from '../protocol/handshake.ts';
import type { FrameChannel } from './channel.ts';
import { patientTimer } from './patient-timer.ts';
import { newNonce, proofHolds, prove, type Transcript } from './proof.ts';

/** No frame before the proof is longer, in bytes. */
const HANDSHAKE_FRAME_BYTES = 1024;

export interface HandshakeTimes {
  /** For the whole handshake. A starting extension host is slow, so this is generous. */
  readonly silenceMs: number;
  /** For the rest of a frame that has begun. A frame this short arrives in one piece, unless somebody plays. */
  readonly partialMs: number;
}

export const HANDSHAKE_TIMES: HandshakeTimes = { silenceMs: 5_000, partialMs: 600 };

/**
 * The hub's side. Resolves with true once the client has proved that it holds the secret and was welcomed; with false when it
 * did not: then the channel is closed, and no more was told than why. From then on the channel receives nothing until
 * somebody asks for it.
 */
export function answerHandshake(
  channel: FrameChannel,
  secret: Buffer,
  state: () => HubState,
  times: HandshakeTimes = HANDSHAKE_TIMES,
): Promise<boolean> {
  return new Promise((resolve) => {
    let transcript: Transcript | null = null;
    const guard = guardTime(channel, times);
    const settle = (proven: boolean): void => {
      guard.dispose();
      subscription.dispose();
      if (proven) channel.receive(null);
      resolve(proven);
    };
    const subscription = channel.onDidClose(() => settle(false));
    const refuse = (error: ChatError): void => {
      send(channel, { t: 'refused', code: error.code, params: error.params });
      channel.finish(`refused: ${error.code}`);
    };

    channel.frameLimit = HANDSHAKE_FRAME_BYTES;
    channel.receive((value) => {
      const frame = parse(value);
      if (frame?.t === 'hello' && transcript === null) {
        const version = Math.min(frame.max, PROTOCOL.max);
        if (version < Math.max(frame.min, PROTOCOL.min)) {
          refuse(new ChatError('PROTOCOL_MISMATCH', { ours: PROTOCOL.max, theirs: frame.max }));
          return;
        }
        const { min, max, nonce: clientNonce } = frame;
        transcript = { min, max, version, clientNonce, hubNonce: newNonce() };
        const proof = prove(secret, 'hub', transcript);
        send(channel, { t: 'challenge', version, nonce: transcript.hubNonce, proof });
      } else if (frame?.t === 'proof' && transcript !== null) {
        if (!proofHolds(secret, 'client', transcript, frame.proof)) {
          refuse(new ChatError('AUTH_FAILED'));
          return;
        }
        channel.resetFrameLimit();
        send(channel, { t: 'welcome', state: state() });
        settle(true);
      } else {
        channel.close('no handshake', 'malformed');
      }
    });
  });
}

/**
 * The client's side. Resolves with the state of the hub once both sides have proved themselves; null when the hub stayed
 * silent for `helloMs`: it may be frozen, so the channel is closed.
 *
 * @throws ChatError AUTH_FAILED when one side does not hold the secret of the other, PROTOCOL_MISMATCH, CONNECTION_CLOSED
 *   when the hub went away or talked nonsense, or whatever else the hub refuses with.
 */
export function askHandshake(
  channel: FrameChannel,
  secret: Buffer,
  helloMs: number,
): Promise<HubState | null> {
  return new Promise((resolve, reject) => {
    const clientNonce = newNonce();
    const { min, max } = PROTOCOL;
    let proved = false;
    const settle = (conclude: () => void): void => {
      timer.dispose();
      subscription.dispose();
      channel.receive(null);
      conclude();
    };
    const fail = (error: ChatError): void => {
      settle(() => reject(error));
      channel.close(error.code);
    };
    const subscription = channel.onDidClose((end) =>
      settle(() => reject(new ChatError('CONNECTION_CLOSED', {}, { cause: new Error(end.detail) }))),
    );
    const timer = patientTimer(helloMs, () => {
      settle(() => resolve(null));
      channel.close('no answer');
    });

    channel.frameLimit = HANDSHAKE_FRAME_BYTES;
    channel.receive((value) => {
      const frame = parse(value);
      if (frame?.t === 'challenge' && !proved) {
        const { version, nonce: hubNonce, proof } = frame;
        if (version < min || version > max) {
          fail(new ChatError('PROTOCOL_MISMATCH', { ours: max, theirs: version }));
          return;
        }
        const transcript = { min, max, version, clientNonce, hubNonce };
        if (!proofHolds(secret, 'hub', transcript, proof)) {
          fail(new ChatError('AUTH_FAILED'));
          return;
        }
        proved = true;
        send(channel, { t: 'proof', proof: prove(secret, 'client', transcript) });
      } else if (frame?.t === 'welcome' && proved) {
        channel.resetFrameLimit();
        settle(() => resolve(frame.state));
      } else if (frame?.t === 'refused') {
        fail(refusal(frame));
      } else {
        fail(new ChatError('CONNECTION_CLOSED', {}, { cause: new Error('no handshake') }));
      }
    });
    send(channel, { t: 'hello', min, max, nonce: clientNonce });
  });
}

/** `ours` and `theirs` change sides with the frame: each is told from where it stands. */
function refusal({ code, params }: Extract<HandshakeFrame, { t: 'refused' }>): ChatError {
  const known = isErrorCode(code) ? code : 'CONNECTION_CLOSED';
  const { ours, theirs } = params;
  if (known !== 'PROTOCOL_MISMATCH' || ours === undefined || theirs === undefined)
    return new ChatError(known, params);
  return new ChatError(known, { ours: theirs, theirs: ours });
}

/** Closes the channel when a frame stays half-sent, or the handshake does not come to its end. */
function guardTime(channel: FrameChannel, times: HandshakeTimes): Disposable {
  const silence = patientTimer(times.silenceMs, () => channel.close('no proof in time', 'malformed'));
  // Two looks half the time apart that both find half a frame: more than half, less than all of it has passed.
  let seen = false;
  const partial = setInterval(() => {
    if (!channel.isPartial) seen = false;
    else if (seen) channel.close('half a frame', 'malformed');
    else seen = true;
  }, times.partialMs / 2);
  return toDisposable(() => {
    silence.dispose();
    clearInterval(partial);
  });
}

function parse(value: unknown): HandshakeFrame | null {
  const parsed = v.safeParse(handshakeSchema, value);
  return parsed.success ? parsed.output : null;
}

function send(channel: FrameChannel, frame: HandshakeFrame): void {
  channel.send(frame);
}
