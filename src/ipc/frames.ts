import { ChatError } from '../model/errors.ts';
import { limits } from '../model/limits.ts';

/**
 * A frame is the length of its content in four bytes, big-endian, and then the content: one JSON value in UTF-8. Nothing
 * announces more than the limit and nothing is guessed: whatever is not exactly this is an error of the sender.
 */
const HEADER_BYTES = 4;

/** Pieces that are kept apart, at most: each costs some hundred bytes, were it only one byte long. */
const MAX_PIECES = 256;

/** Why a stream of bytes is no stream of frames. The stream can not be read any further. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** @throws ChatError INTERNAL when the encoded value is longer than a frame may be: whoever sends cuts before. */
export function encodeFrame(value: unknown): Buffer {
  return encodeJsonFrame(JSON.stringify(value));
}

/** The same for a value that is JSON already, so that one encoding serves many receivers. */
export function encodeJsonFrame(json: string): Buffer {
  const length = Buffer.byteLength(json);
  if (length > limits.frameBytes) {
    throw new ChatError('INTERNAL', {
      detail: `a frame of ${length} bytes is longer than ${limits.frameBytes}`,
    });
  }
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  frame.writeUInt32BE(length, 0);
  frame.write(json, HEADER_BYTES);
  return frame;
}

/** Puts frames together again from pieces of any size. */
export class FrameReader {
  /** Longest content that is taken, in bytes. */
  limit: number;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #pieces: Buffer[] = [];
  #buffered = 0;
  /** Bytes of the frame that is being received, the header included; null while the header is incomplete. */
  #wanted: number | null = null;

  constructor(limit: number = limits.frameBytes) {
    this.limit = limit;
  }

  /** True in the middle of a frame. */
  get isPartial(): boolean {
    return this.#buffered > 0;
  }

  /**
   * Takes in the next piece of the stream.
   *
   * @throws FrameError from {@link next} when what was taken in is no frame.
   */
  push(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#buffered += piece.length;
    if (this.#pieces.length > MAX_PIECES) this.#join(this.#buffered);
  }

  /**
   * The value of the next complete frame; undefined when there is none yet (no JSON value is undefined).
   *
   * @throws FrameError for a length over the limit or of zero, for bytes that are not UTF-8 and for text that is not JSON.
   */
  next(): unknown {
    if (this.#wanted === null) {
      if (this.#buffered < HEADER_BYTES) return undefined;
      const length = this.#join(HEADER_BYTES).readUInt32BE(0);
      if (length === 0) throw new FrameError('an empty frame');
      if (length > this.limit) throw new FrameError(`a frame of ${length} bytes, the limit is ${this.limit}`);
      this.#wanted = HEADER_BYTES + length;
    }
    const wanted = this.#wanted;
    if (this.#buffered < wanted) return undefined;
    const bytes = this.#join(wanted);
    const rest = bytes.subarray(wanted);
    this.#pieces = rest.length > 0 ? [rest, ...this.#pieces.slice(1)] : this.#pieces.slice(1);
    this.#buffered -= wanted;
    this.#wanted = null;
    return this.#parse(bytes.subarray(HEADER_BYTES, wanted));
  }

  /** The first piece, made long enough to hold `length` bytes. */
  #join(length: number): Buffer {
    const [first] = this.#pieces;
    if (first !== undefined && first.length >= length) return first;
    const joined = Buffer.concat(this.#pieces, this.#buffered);
    this.#pieces = [joined];
    return joined;
  }

  #parse(content: Buffer): unknown {
    let text: string;
    try {
      text = this.#decoder.decode(content);
    } catch (error) {
      throw new FrameError('a frame that is not UTF-8', { cause: error });
    }
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new FrameError('a frame that is not JSON', { cause: error });
    }
  }
}
