import { CHECKSUM_LENGTH, checksum, LINE_BREAK, lineEnd, verifies } from '../log-line.ts';
import type { Effort } from './effort.ts';

/** A line as it was before one bit of it flipped. */
export interface MendedLine {
  /** Without its break. */
  readonly line: Buffer;
  /** Where the next line begins. */
  readonly next: number;
  /** The byte of the file that was wrong. */
  readonly at: number;
}

/** Names the nonce that keys a line, null when the line does not say. */
export type NonceOf = (line: Buffer) => string | null;

/** So many hex digits of a checksum may be wrong, and the others still prove what stands behind it: with 96 of its 128 bits. */
const WRONG_DIGITS = 8;

/**
 * Finds the one bit that flipped in the line that begins at `start`: in its checksum, in its text, in its break, or where
 * there is a break now and was none. The checksum has 128 bits, so what verifies is what was written. Null when no single
 * bit makes it verify, or the effort does not suffice.
 */
export async function mendLine(
  bytes: Buffer,
  start: number,
  nonceOf: NonceOf,
  effort: Effort,
): Promise<MendedLine | null> {
  const end = lineEnd(bytes, start);
  return (
    mendChecksum(bytes, start, end, nonceOf) ??
    mendLostBreak(bytes, start, end, nonceOf, effort) ??
    mendNewBreak(bytes, start, end, nonceOf, effort) ??
    (await mendText(bytes, start, end, nonceOf, effort))
  );
}

function holds(line: Buffer, nonceOf: NonceOf): boolean {
  const nonce = nonceOf(line);
  return nonce !== null && verifies(line, 0, line.length, nonce);
}

function mendChecksum(bytes: Buffer, start: number, end: number, nonceOf: NonceOf): MendedLine | null {
  const line = Buffer.from(bytes.subarray(start, end));
  const nonce = line.length > CHECKSUM_LENGTH ? nonceOf(line) : null;
  if (nonce === null) return null;
  const right = Buffer.from(`${checksum(nonce, line.subarray(CHECKSUM_LENGTH + 1))} `);
  const wrong = [...right.keys()].filter((index) => right[index] !== line[index]);
  if (wrong.length > WRONG_DIGITS) return null;
  right.copy(line);
  return { line, next: end + 1, at: start + (wrong[0] ?? 0) };
}

/** The break at the end of the line became something else, so the next line, or nothing, is stuck to it. */
function mendLostBreak(
  bytes: Buffer,
  start: number,
  end: number,
  nonceOf: NonceOf,
  effort: Effort,
): MendedLine | null {
  for (let at = start + CHECKSUM_LENGTH + 2; at < end; at += 1) {
    if (!isOneBit((bytes[at] ?? 0) ^ LINE_BREAK) || !effort.spend(at - start)) continue;
    const line = bytes.subarray(start, at);
    if (holds(line, nonceOf)) return { line: Buffer.from(line), next: at + 1, at };
  }
  return null;
}

/** A byte became a break, so the line is in two. */
function mendNewBreak(
  bytes: Buffer,
  start: number,
  end: number,
  nonceOf: NonceOf,
  effort: Effort,
): MendedLine | null {
  if (end >= bytes.length) return null;
  const last = lineEnd(bytes, end + 1);
  const line = Buffer.from(bytes.subarray(start, last));
  for (let bit = 0; bit < 8; bit += 1) {
    line[end - start] = LINE_BREAK ^ (1 << bit);
    if (effort.spend(line.length) && holds(line, nonceOf)) return { line, next: last + 1, at: end };
  }
  return null;
}

async function mendText(
  bytes: Buffer,
  start: number,
  end: number,
  nonceOf: NonceOf,
  effort: Effort,
): Promise<MendedLine | null> {
  const line = Buffer.from(bytes.subarray(start, end));
  for (let at = CHECKSUM_LENGTH + 1; at < line.length; at += 1) {
    const found = line[at] ?? 0;
    for (let bit = 0; bit < 8; bit += 1) {
      const flipped = found ^ (1 << bit);
      // JSON holds no control characters.
      if (flipped < 0x20) continue;
      if (!effort.spend(line.length)) return null;
      line[at] = flipped;
      if (holds(line, nonceOf)) return { line, next: end + 1, at: start + at };
    }
    line[at] = found;
    await effort.breathe();
  }
  return null;
}

const isOneBit = (difference: number): boolean => difference !== 0 && (difference & (difference - 1)) === 0;
