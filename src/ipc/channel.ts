import type { Socket } from 'node:net';
import type { Disposable } from '../common/disposable.ts';
import { Emitter } from '../common/emitter.ts';
import { limits } from '../model/limits.ts';
import { encodeFrame, FrameError, FrameReader } from './frames.ts';
import { patientTimer } from './patient-timer.ts';
import { turnIsOver } from './turn.ts';

export interface ChannelLimits {
  /** Bytes that may wait to be sent; more, and the other side reads too slowly. */
  readonly queueBytes: number;
  /** Milliseconds in which what waits has to go out once. */
  readonly drainMs: number;
}

export const CHANNEL_LIMITS: ChannelLimits = { queueBytes: 4 * 1024 * 1024, drainMs: 10_000 };

/**
 * `ended`: the other side closed. `closed`: this side did. `malformed`: bytes that are no frames. `slow`: the other side did
 * not take what was sent. `failed`: an error of the system, such as a reset.
 */
export interface ChannelEnd {
  readonly reason: 'ended' | 'closed' | 'malformed' | 'slow' | 'failed';
  /** For logs. */
  readonly detail: string;
}

/** Frames over a socket. Anything wrong closes it; it reports exactly one end. */
export class FrameChannel implements Disposable {
  readonly #socket: Socket;
  readonly #limits: ChannelLimits;
  readonly #reader = new FrameReader();
  readonly #didClose = new Emitter<ChannelEnd>();
  #receive: ((value: unknown) => void) | null = null;
  #held = 0;
  #pumping = false;
  #corked = false;
  /** Frames wait for the next turn; should the other side have ended meanwhile, this is how. */
  #waitsForTurn = false;
  #ending: string | null = null;
  #drainTimer: Disposable | null = null;
  #end: ChannelEnd | null = null;

  readonly onDidClose = this.#didClose.event;

  constructor(socket: Socket, channelLimits: ChannelLimits = CHANNEL_LIMITS) {
    this.#socket = socket;
    this.#limits = channelLimits;
    socket.on('data', (piece: Buffer) => {
      // What still comes while the last words leave is for nobody; kept, it would grow without end.
      if (this.#end !== null) return;
      this.#reader.push(piece);
      this.#pump();
    });
    socket.on('drain', () => this.#stopDrainTimer());
    socket.on('end', () => this.#otherEnded('the other side closed'));
    socket.on('error', (error) => this.#finish({ reason: 'failed', detail: error.message }));
    socket.on('close', () => this.#otherEnded('the socket closed'));
    // Until somebody receives, what arrives stays with the system, which slows the sender.
    socket.pause();
  }

  get end(): ChannelEnd | null {
    return this.#end;
  }

  /** Longest frame that is taken in from now on, in bytes. */
  set frameLimit(bytes: number) {
    this.#reader.limit = bytes;
  }

  /** Back to the limit for proven connections. */
  resetFrameLimit(): void {
    this.#reader.limit = limits.frameBytes;
  }

  /** True while a frame has begun to arrive and is not complete. */
  get isPartial(): boolean {
    return this.#reader.isPartial;
  }

  /**
   * Hands every frame to `receiver`, in order, from now on; null leaves what arrives waiting. The receiver may be changed
   * while it runs: the next frame goes to the new one.
   */
  receive(receiver: ((value: unknown) => void) | null): void {
    this.#receive = receiver;
    this.#flow();
  }

  /** Nothing is received until as many calls of {@link release} follow: how a receiver that is behind slows the sender. */
  hold(): void {
    this.#held += 1;
    this.#flow();
  }

  release(): void {
    this.#held -= 1;
    this.#flow();
  }

  /** @throws ChatError INTERNAL when the value is longer than a frame. Sending on a closed channel does nothing. */
  send(value: unknown): void {
    this.sendRaw(encodeFrame(value));
  }

  /** Sends a frame that is encoded already. The same buffer may be given to many channels; nobody changes it afterwards. */
  sendRaw(frame: Buffer): void {
    if (this.#end !== null) return;
    this.#cork();
    const flowing = this.#socket.write(frame);
    if (this.#socket.writableLength > this.#limits.queueBytes) {
      this.#finish({ reason: 'slow', detail: `${this.#socket.writableLength} bytes were not read` });
    } else if (!flowing) {
      this.#startDrainTimer();
    }
  }

  /**
   * Resolves when nothing waits that the system would not take at once, or the channel has closed: a sender of much waits for
   * it after each piece.
   */
  async drained(): Promise<void> {
    if (this.#end !== null || !this.#socket.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done);
        this.#socket.off('close', done);
        resolve();
      };
      this.#socket.once('drain', done);
      this.#socket.once('close', done);
    });
  }

  /** Sends what waits, then closes; after a second by force. */
  finish(detail: string): void {
    if (this.#end !== null) return;
    this.#setEnd({ reason: 'closed', detail });
    this.#socket.end();
    const force = setTimeout(() => this.#socket.destroy(), 1_000);
    this.#socket.once('close', () => clearTimeout(force));
  }

  /** Closes at once; what waits to be sent is lost. */
  close(detail: string, reason: ChannelEnd['reason'] = 'closed'): void {
    this.#finish({ reason, detail });
  }

  dispose(): void {
    this.close('disposed');
  }

  #flow(): void {
    if (this.#receive === null || this.#held > 0) {
      this.#socket.pause();
      return;
    }
    this.#socket.resume();
    this.#pump();
  }

  /** Gives out the frames that are complete. */
  #pump(): void {
    // A receiver that holds and releases comes back here; the loop below goes on by itself.
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#receive !== null && this.#held === 0 && this.#end === null) {
        if (!this.#reader.isPartial) return;
        // Those who have not proved themselves yet say little, and hold up whoever wants to come in.
        if (this.#reader.limit === limits.frameBytes && turnIsOver()) {
          this.#goOnInNextTurn();
          return;
        }
        const value = this.#reader.next();
        if (value === undefined) return;
        this.#receive(value);
      }
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#finish({ reason: 'malformed', detail: error.message });
    } finally {
      this.#pumping = false;
    }
  }

  #goOnInNextTurn(): void {
    this.#waitsForTurn = true;
    this.hold();
    setImmediate(() => {
      this.#waitsForTurn = false;
      this.release();
      if (this.#ending !== null) this.#otherEnded(this.#ending);
    });
  }

  /** What it said before is heard first: a refusal, an answer of a hub that leaves. */
  #otherEnded(detail: string): void {
    if (this.#waitsForTurn) this.#ending ??= detail;
    else this.#finish({ reason: 'ended', detail });
  }

  /** Frames of one turn of the event loop leave in one system call. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#socket.cork();
    process.nextTick(() => {
      this.#corked = false;
      this.#socket.uncork();
    });
  }

  #startDrainTimer(): void {
    const { drainMs } = this.#limits;
    this.#drainTimer ??= patientTimer(drainMs, () => {
      this.#finish({ reason: 'slow', detail: `what was sent was not read for ${drainMs} ms` });
    });
  }

  #stopDrainTimer(): void {
    this.#drainTimer?.dispose();
    this.#drainTimer = null;
  }

  #finish(end: ChannelEnd): void {
    this.#socket.destroy();
    if (this.#end === null) this.#setEnd(end);
  }

  #setEnd(end: ChannelEnd): void {
    this.#end = end;
    this.#stopDrainTimer();
    this.#didClose.fire(end);
    this.#didClose.dispose();
  }
}
