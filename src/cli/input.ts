import { ChatError } from '../model/errors.ts';
import { limits } from '../model/limits.ts';

/** Standard input as the verbs use it. */
export interface Input extends AsyncIterable<Uint8Array> {
  readonly isTTY?: boolean;
  destroy(): void;
}

const LINE_FEED = 0x0a;

/** Some programs put it before everything they write; it is no part of the text. */
const BYTE_ORDER_MARK = '\ufeff';

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/**
 * All of standard input as the text of one message, without the one line feed that `echo` and editors put at the end.
 * Throws MESSAGE_TOO_LONG as soon as it is clear, without reading on: the input may be endless. BAD_REQUEST when it is not
 * UTF-8.
 */
export async function readText(input: Input): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    // Two more for a line end that is going to be dropped.
    if (bytes > limits.contentBytes + 2) {
      throw new ChatError('MESSAGE_TOO_LONG', { limit: limits.contentBytes });
    }
  }
  const text = decode(Buffer.concat(chunks));
  if (text === null) throw new ChatError('BAD_REQUEST', { detail: 'The text is not UTF-8.' });
  return withoutMark(text).replace(/\r?\n$/, '');
}

const withoutMark = (text: string): string =>
  text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;

/** One line of input, or why it could not be taken. */
export type InputLine =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'tooLong' }
  | { readonly kind: 'notText' };

/**
 * The lines of an input, one after the other; empty ones are left out. A line of more than `limit` bytes is skipped to its
 * end without being kept.
 */
export async function* readLines(input: Input, limit: number): AsyncGenerator<InputLine, void, undefined> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let isFirst = true;

  const take = (): InputLine | null => {
    const line = finishLine(parts, length, limit, isFirst);
    parts = [];
    length = 0;
    isFirst = false;
    return line;
  };

  for await (const chunk of input) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      const part = chunk.subarray(start, end);
      length += part.byteLength;
      if (length <= limit) parts.push(part);
      start = end + 1;
      const line = take();
      if (line !== null) yield line;
    }
    const rest = chunk.subarray(start);
    length += rest.byteLength;
    if (length <= limit) parts.push(rest);
    else parts = [];
  }
  const last = take();
  if (last !== null) yield last;
}

function finishLine(
  parts: readonly Uint8Array[],
  length: number,
  limit: number,
  isFirst: boolean,
): InputLine | null {
  if (length > limit) return { kind: 'tooLong' };
  const decoded = decode(Buffer.concat(parts));
  if (decoded === null) return { kind: 'notText' };
  const text = isFirst ? withoutMark(decoded) : decoded;
  return text.trim() === '' ? null : { kind: 'line', text };
}
