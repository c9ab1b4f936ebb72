import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeFrame, FrameReader } from '../../../src/ipc/frames.ts';
import { newNonce, prove } from '../../../src/ipc/proof.ts';
import { PROTOCOL } from '../../../src/protocol/handshake.ts';

interface Challenge {
  readonly t: string;
  readonly version: number;
  readonly nonce: string;
  readonly proof: string;
}

/** One end of a socket of a hub that says whatever it likes. */
export class RawPeer {
  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  readonly #frames: unknown[] = [];
  #wake = (): void => undefined;
  /** When the hub closed it, by `performance.now()`; null while it is open. */
  closedAt: number | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (piece: Buffer) => {
      this.#reader.push(piece);
      for (let frame = this.#reader.next(); frame !== undefined; frame = this.#reader.next())
        this.#frames.push(frame);
      this.#wake();
    });
    const ended = (): void => {
      this.closedAt ??= performance.now();
      this.#wake();
    };
    socket.once('end', ended).once('close', ended);
    // A reset is an end as any other.
    socket.on('error', () => undefined);
  }

  /** `halfOpen`: it does not close its own side when the hub closes the other. Rejects when nobody listens. */
  static async dial(path: string, halfOpen = false): Promise<RawPeer> {
    const socket = connect({ path, allowHalfOpen: halfOpen });
    const peer = new RawPeer(socket);
    await once(socket, 'connect');
    return peer;
  }

  write(...frames: readonly Buffer[]): void {
    if (this.closedAt === null) this.#socket.write(Buffer.concat(frames));
  }

  /** The next frame of the hub; null when it has closed. */
  async next(): Promise<unknown> {
    while (this.#frames.length === 0) {
      if (this.closedAt !== null) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#frames.shift();
  }

  /** Says hello and returns the challenge; null when the hub closed. */
  async hello(nonce = newNonce()): Promise<Challenge | null> {
    this.write(encodeFrame({ t: 'hello', ...PROTOCOL, nonce }));
    return (await this.next()) as Challenge | null;
  }

  /** The whole greeting. False when the hub did not welcome it. */
  async greet(secret: Buffer): Promise<boolean> {
    const clientNonce = newNonce();
    const challenge = await this.hello(clientNonce);
    if (challenge?.t !== 'challenge') return false;
    const { version, nonce: hubNonce } = challenge;
    const proof = prove(secret, 'client', { ...PROTOCOL, version, clientNonce, hubNonce });
    this.write(encodeFrame({ t: 'proof', proof }));
    const answer = (await this.next()) as Challenge | null;
    return answer?.t === 'welcome';
  }

  /** Whether the hub closes it within so many milliseconds. */
  async closes(ms: number): Promise<boolean> {
    const deadline = performance.now() + ms;
    while (this.closedAt === null && performance.now() < deadline) {
      const late = new AbortController();
      await Promise.race([
        new Promise<void>((resolve) => {
          this.#wake = resolve;
        }),
        delay(Math.max(1, deadline - performance.now()), undefined, { signal: late.signal }).catch(
          () => undefined,
        ),
      ]);
      late.abort();
    }
    return this.closedAt !== null;
  }

  /** Says that nothing more will come, and goes on listening. */
  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
