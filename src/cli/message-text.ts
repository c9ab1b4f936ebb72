import { ChatError } from '../model/errors.ts';
import { limits } from '../model/limits.ts';
import { readText } from './input.ts';
import { UsageError } from './parse.ts';
import type { Call } from './verb.ts';

/** The text of a message: the operand, or standard input for `-` and for no operand when input is not the keyboard. */
export async function messageText(call: Pick<Call, 'input'>, operand: string | undefined): Promise<string> {
  if (operand === undefined && call.input.isTTY === true) {
    throw new UsageError('The text is missing: give it as a word in quotes, or "-" to type it here.');
  }
  const text = operand === undefined || operand === '-' ? await readText(call.input) : operand;
  checkLength(text);
  return text;
}

/** Refused here already: a text far beyond the limit would not even fit into a frame. */
export function checkLength(text: string): void {
  const actual = Buffer.byteLength(text);
  if (actual > limits.contentBytes) {
    throw new ChatError('MESSAGE_TOO_LONG', { limit: limits.contentBytes, actual });
  }
}
