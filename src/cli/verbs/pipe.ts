import * as v from 'valibot';
import type { Client } from '../../client/api.ts';
import { ChatError, toChatError } from '../../model/errors.ts';
import { isId, newId } from '../../model/ids.ts';
import { limits } from '../../model/limits.ts';
import { noticeConnection } from '../connection-notice.ts';
import { openRoom } from '../find-room.ts';
import { type InputLine, readLines } from '../input.ts';
import { checkLength } from '../message-text.ts';
import { OutputClosed } from '../output.ts';
import { sentence } from '../sentences.ts';
import { type Call, defineVerb } from '../verb.ts';

/** Messages on their way at a time; reading goes on when one of them is answered. */
const IN_FLIGHT = 256;

/** JSON can write each byte of a content in six (`\u0000`), and a line has a room and an id besides. */
const LINE_BYTES = limits.contentBytes * 6 + 8 * 1024;

/** The sends of a pipe wait for a hub as long as it takes; only an interrupt ends them. */
const PATIENT = { patience: Infinity };

const lineSchema = v.object(
  {
    room: v.string('"room" must be a text'),
    content: v.string('"content" must be a text'),
    id: v.nullish(v.string('"id" must be a text')),
  },
  ({ path }) => (path === undefined ? 'it is not an object' : `"${String(path[0].key)}" is missing`),
);

/** One answer for one line of input. */
type Answer =
  | { type: 'ack'; id: string; seq: number; timestamp: string }
  | { type: 'error'; id: string | null; code: string; message: string };

function failure(id: string | null, error: ChatError): Answer {
  return { type: 'error', id, code: error.code, message: sentence(error) };
}

function refusal(detail: string): ChatError {
  return new ChatError('BAD_REQUEST', { detail });
}

/** The id of a line that is otherwise of no use, so that its writer can still tell which one it was. */
function idIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('id' in value)) return null;
  return typeof value.id === 'string' ? value.id : null;
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) throw refusal('The line is not JSON.');
    throw error;
  }
}

async function answerLine(client: Client, line: InputLine): Promise<Answer> {
  let id: string | null = null;
  try {
    if (line.kind === 'tooLong') throw refusal(`The line is longer than ${LINE_BYTES} bytes.`);
    if (line.kind === 'notText') throw refusal('The line is not UTF-8.');
    const value = parseLine(line.text);
    id = idIn(value);
    const parsed = v.safeParse(lineSchema, value);
    if (!parsed.success) throw refusal(`The line is not a message: ${parsed.issues[0].message}.`);
    const { room, content, id: givenId } = parsed.output;
    id = givenId ?? newId();
    if (!isId(id)) throw new ChatError('BAD_ID', { id });
    id = id.toLowerCase();
    checkLength(content);
    const roomId = await openRoom(client, room, PATIENT);
    const { seq, timestamp } = await client.request('message.send', { id, roomId, content }, PATIENT);
    return { type: 'ack', id, seq, timestamp };
  } catch (error) {
    return failure(id, toChatError(error));
  }
}

/** Sends line by line, many at a time. Resolves to whether every line was acknowledged. */
async function pump(call: Call, client: Client): Promise<boolean> {
  const running = new Set<Promise<void>>();
  let allStored = true;
  let broken: Error | null = null;

  const handle = async (line: InputLine): Promise<void> => {
    const answer = await answerLine(client, line);
    if (answer.type === 'error') allStored = false;
    try {
      await call.out.json(answer);
    } catch (error) {
      broken ??= error instanceof Error ? error : toChatError(error);
      // Nobody sees any further answer, so nobody is promised anything: what is on its way need not be waited for.
      call.input.destroy();
      client.dispose();
    }
  };

  try {
    for await (const line of readLines(call.input, LINE_BYTES)) {
      const work = handle(line).finally(() => running.delete(work));
      running.add(work);
      if (running.size >= IN_FLIGHT) await Promise.race(running);
      if (call.signal.aborted || broken !== null) break;
    }
  } catch (error) {
    // An input that was closed from this side ends with an error of its own.
    if (!call.signal.aborted && broken === null) throw error;
  }
  await Promise.all(running);
  if (broken !== null) throw broken as Error;
  return allStored;
}

export const pipe = defineVerb({
  name: 'pipe',
  summary: 'Send a message per JSON line of standard input, and answer each',
  operands: [],
  options: {},
  notes: [
    'Input: {"room","content","id"?}. Output, one line each, not always in the order of the input: {"type":"ack","id","seq","timestamp"} or {"type":"error","id","code","message"}. A line without id gets one.',
    `Up to ${IN_FLIGHT} messages are on their way at a time. What is not answered yet is sent again when the chat moves to another process, under the same id, so it is stored once.`,
    'It ends when the input ends and every line is answered: with 0 if all were stored, else with 1. When nobody reads its answers any more it ends at once, with 1.',
  ],
  interruptible: true,
  run: async (call) => {
    const client = await call.connect();
    const notice = noticeConnection(client, call.err);
    const stop = (): void => {
      call.input.destroy();
      // Settles what is on its way: each line that has no answer yet gets CONNECTION_CLOSED.
      client.dispose();
    };
    call.signal.addEventListener('abort', stop);
    try {
      if (call.signal.aborted) stop();
      return (await pump(call, client)) ? 0 : 1;
    } catch (error) {
      // Lines were left without an answer, whatever became of them: that is no clean end, as it is where only text is shown.
      if (error instanceof OutputClosed) return 1;
      throw error;
    } finally {
      call.signal.removeEventListener('abort', stop);
      notice.dispose();
    }
  },
});
