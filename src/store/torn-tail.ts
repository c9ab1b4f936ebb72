import { CHECKSUM_LENGTH, LINE_BREAK } from './log-line.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);

/**
 * Whether what follows the last whole line of a log may once have been a whole line. Zeros are what was never written, and the
 * plain beginning of a line is what a write leaves that was cut short: nobody was told of either. Anything else, be it a line
 * with its break, one that lacks nothing but the break, or bytes that no line begins with, may be what damage made of a line
 * that was acknowledged.
 */
export function couldHaveBeenWhole(tail: Buffer): boolean {
  return !tail.every((byte) => byte === 0) && !isPlainBeginning(tail);
}

function isPlainBeginning(tail: Buffer): boolean {
  if (tail.includes(LINE_BREAK) || !isBeginningOfText(tail)) return false;
  const text = tail.toString('latin1');
  if (!/^[0-9a-f]*$/.test(text.slice(0, CHECKSUM_LENGTH))) return false;
  const start = ' {"seq":';
  const rest = text.slice(CHECKSUM_LENGTH);
  if (!rest.startsWith(start.slice(0, rest.length))) return false;
  return isOpen(tail.subarray(CHECKSUM_LENGTH + 1));
}

/** Valid UTF-8, but for a character that its end may cut, and without what JSON never holds. */
function isBeginningOfText(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return false;
  }
  return bytes.every((byte) => byte >= 0x20);
}

/** Whether a JSON object has not come to its end yet. */
function isOpen(json: Buffer): boolean {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < json.length; index += 1) {
    const byte = json[index] ?? 0;
    if (inText) {
      if (byte === BACKSLASH) index += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) {
      inText = true;
    } else if (OPENING.has(byte)) {
      depth += 1;
    } else if (CLOSING.has(byte)) {
      depth -= 1;
      if (depth === 0) return false;
    }
  }
  return true;
}
