import * as v from 'valibot';
import { STORE_FORMAT } from '../model/epoch-files.ts';
import { ChatError } from '../model/errors.ts';
import { type EventEnvelope, envelopeSchema } from '../model/events.ts';
import { idSchema, seqSchema } from '../model/ids.ts';
import { shortHash } from './digest.ts';
import { type FileAccess, nodeFiles } from './files.ts';
import { refuseNewer } from './schema.ts';
import type { TornTail } from './store.ts';

/**
 * A log is lines: first the header, then one line per commit group. A line is `<checksum> <JSON>\n`; the checksum covers the
 * JSON and is keyed with the nonce of the epoch, so a line that strayed in from another file never verifies. JSON holds no
 * raw line break, so each break ends a line.
 */
const CHECKSUM_LENGTH = 32;
const LINE_BREAK = 0x0a;

const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const headerSchema = v.object({
  storeId: idSchema,
  epoch: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  nonce: v.pipe(v.string(), v.minLength(1)),
  /** The base this log begins after: SHA-256 of the file, and the last seq in it. */
  base: v.object({ sha256: hash, seq: seqSchema }),
  /** Files beside base and log that the events speak of. */
  sideFiles: v.array(v.object({ name: v.string(), sha256: hash, bytes: v.number(), kind: v.string() })),
});
export type LogHeader = v.InferOutput<typeof headerSchema>;

/** What of the header every version can read, to know whether it can read the rest. */
const preludeSchema = v.object({ format: v.number(), nonce: v.string() });

const groupSchema = v.object({
  /** Of the first event; the others follow without a gap. */
  seq: seqSchema,
  events: v.array(v.unknown()),
  /** For each event the digest of what was asked with its id, or null when nobody may ask for it again. */
  intents: v.array(v.nullable(v.string())),
});

/** One event of a log. `json` is what was written, also what this version does not understand of it. */
export interface LoggedEvent {
  readonly envelope: EventEnvelope;
  readonly json: string;
  readonly intent: string | null;
}

export interface LoggedGroup {
  /** The JSON of the line, word for word. */
  readonly body: Buffer;
  readonly lastSeq: number;
  readonly events: readonly LoggedEvent[];
}

export function encodeHeader(header: LogHeader): Buffer {
  return encodeLine(header.nonce, JSON.stringify({ format: STORE_FORMAT, ...header }));
}

/** @param events Encoded, with consecutive seqs from `seq` on. */
export function encodeGroup(
  seq: number,
  events: readonly string[],
  intents: readonly (string | null)[],
): string {
  return `{"seq":${seq},"events":[${events.join(',')}],"intents":${JSON.stringify(intents)}}`;
}

export function encodeLine(nonce: string, body: string | Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${checksum(nonce, body)} `), Buffer.from(body), Buffer.of(LINE_BREAK)]);
}

const checksum = (nonce: string, body: string | Uint8Array): string => shortHash(nonce, '\n', body);

/**
 * The format in the header of a log, before anything else of it is looked at; 0 when it says none. What is wrong with such a
 * log, and with one that can not be read, is found out by reading the whole.
 */
export function formatOfLog(file: string, files: FileAccess = nodeFiles): number {
  let bytes: Buffer;
  try {
    bytes = files.read(file);
  } catch {
    return 0;
  }
  const prelude = v.safeParse(preludeSchema, headerJson(bytes));
  return prelude.success ? prelude.output.format : 0;
}

/** Reads one log from its bytes. `file` is its name, for errors. */
export class LogReader {
  readonly header: LogHeader;
  readonly #bytes: Buffer;
  readonly #file: string;
  #offset: number;
  #nextSeq: number;
  #tornTail: TornTail | null = null;

  /**
   * @throws ChatError FORMAT_NEWER, or STORE_CORRUPT when the header does not verify: a log gets its name only after the
   *   header was read back.
   */
  constructor(bytes: Buffer, file: string) {
    this.#bytes = bytes;
    this.#file = file;
    const end = lineEnd(bytes, 0);
    const json = headerJson(bytes);
    const prelude = v.safeParse(preludeSchema, json);
    if (!prelude.success) throw this.#corrupt('header', 0);
    // Before the checksum: a newer version may compute it in another way.
    refuseNewer(prelude.output.format);
    if (!verifies(bytes, 0, end, prelude.output.nonce)) throw this.#corrupt('header', 0);
    const header = v.safeParse(headerSchema, json);
    if (!header.success) throw this.#corrupt('header', 0);
    this.header = header.output;
    this.#offset = end + 1;
    this.#nextSeq = this.header.base.seq + 1;
  }

  /** Set once {@link groups} came to its end before the file did. */
  get tornTail(): TornTail | null {
    return this.#tornTail;
  }

  /**
   * The groups up to the first line that does not verify.
   *
   * A group is acknowledged only after its line was synced in full, and the next line is written only after that. So when a
   * whole line follows a broken one, the broken one was acknowledged and then damaged; when none follows, the writer
   * stopped within it and nobody was ever told of it.
   *
   * @throws ChatError STORE_CORRUPT naming file and offset when acknowledged events are damaged.
   */
  *groups(): Generator<LoggedGroup, void> {
    const bytes = this.#bytes;
    while (this.#offset < bytes.length) {
      const start = this.#offset;
      const end = lineEnd(bytes, start);
      if (!verifies(bytes, start, end, this.header.nonce)) {
        this.#refuseDamage(start);
        this.#tornTail = { file: this.#file, offset: start, bytes: bytes.length - start };
        return;
      }
      const group = this.#group(bytes.subarray(start + CHECKSUM_LENGTH + 1, end), start);
      this.#offset = end + 1;
      this.#nextSeq = group.lastSeq + 1;
      yield group;
    }
  }

  #refuseDamage(broken: number): void {
    const bytes = this.#bytes;
    let start = lineEnd(bytes, broken) + 1;
    while (start < bytes.length) {
      const end = lineEnd(bytes, start);
      if (verifies(bytes, start, end, this.header.nonce)) throw this.#corrupt('damaged line', broken);
      start = end + 1;
    }
  }

  #group(body: Buffer, offset: number): LoggedGroup {
    const group = v.safeParse(groupSchema, parseJson(body));
    if (!group.success || group.output.seq !== this.#nextSeq) throw this.#corrupt('group', offset);
    const { seq, events, intents } = group.output;
    const logged = events.map((event, index): LoggedEvent => {
      const envelope = v.safeParse(envelopeSchema, event);
      if (!envelope.success || envelope.output.seq !== seq + index) throw this.#corrupt('event', offset);
      return { envelope: envelope.output, json: JSON.stringify(event), intent: intents[index] ?? null };
    });
    return { body, lastSeq: seq + events.length - 1, events: logged };
  }

  #corrupt(what: string, offset: number): ChatError {
    return new ChatError('STORE_CORRUPT', { file: this.#file, detail: `${what} at byte ${offset}` });
  }
}

function headerJson(bytes: Buffer): unknown {
  return parseJson(bytes.subarray(CHECKSUM_LENGTH + 1, lineEnd(bytes, 0)));
}

/** Where the line that begins at `start` ends: at its break, or at the end of the file. */
function lineEnd(bytes: Buffer, start: number): number {
  const end = bytes.indexOf(LINE_BREAK, start);
  return end === -1 ? bytes.length : end;
}

/** A last line that is whole but for its break verifies as well: all it says is there. */
function verifies(bytes: Buffer, start: number, end: number, nonce: string): boolean {
  const bodyStart = start + CHECKSUM_LENGTH + 1;
  if (bodyStart > end || bytes[bodyStart - 1] !== 0x20) return false;
  const found = bytes.toString('latin1', start, start + CHECKSUM_LENGTH);
  return found === checksum(nonce, bytes.subarray(bodyStart, end));
}

/** Undefined where there is no JSON. */
function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
