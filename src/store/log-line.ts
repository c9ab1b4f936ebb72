import { shortHash } from './digest.ts';

/**
 * A line is `<checksum> <JSON>\n`; the checksum covers the JSON and is keyed with the nonce of the epoch, so a line that strayed
 * in from another file never verifies. JSON holds no raw line break, so each break ends a line.
 */
export const CHECKSUM_LENGTH = 32;
export const LINE_BREAK = 0x0a;

export function encodeLine(nonce: string, body: string | Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${checksum(nonce, body)} `), Buffer.from(body), Buffer.of(LINE_BREAK)]);
}

export const checksum = (nonce: string, body: string | Uint8Array): string => shortHash(nonce, '\n', body);

/** Where the line that begins at `start` ends: at its break, or at the end of the file. */
export function lineEnd(bytes: Buffer, start: number): number {
  const end = bytes.indexOf(LINE_BREAK, start);
  return end === -1 ? bytes.length : end;
}

/** What stands after the checksum; empty where a line is too short to have one. */
export function bodyOf(bytes: Buffer, start: number, end: number): Buffer {
  return bytes.subarray(start + CHECKSUM_LENGTH + 1, end);
}

/** A last line that is whole but for its break verifies as well: all it says is there. */
export function verifies(bytes: Buffer, start: number, end: number, nonce: string): boolean {
  const bodyStart = start + CHECKSUM_LENGTH + 1;
  if (bodyStart > end || bytes[bodyStart - 1] !== 0x20) return false;
  const found = bytes.toString('latin1', start, start + CHECKSUM_LENGTH);
  return found === checksum(nonce, bytes.subarray(bodyStart, end));
}

/** Undefined where there is no JSON. */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
