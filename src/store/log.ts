import * as v from 'valibot';
import { STORE_FORMAT } from '../model/epoch-files.ts';
import { ChatError } from '../model/errors.ts';
import { type EventEnvelope, envelopeSchema } from '../model/events.ts';
import { idSchema, seqSchema } from '../model/ids.ts';
import { type FileAccess, nodeFiles } from './files.ts';
import { bodyOf, encodeLine, lineEnd, parseJson, verifies } from './log-line.ts';
import { refuseNewer } from './schema.ts';
import type { TornTail } from './store.ts';
import { couldHaveBeenWhole } from './torn-tail.ts';

/* A log is lines: first the header, then one line per commit group. */

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
type Prelude = v.InferOutput<typeof preludeSchema>;

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
  readonly seq: number;
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

/** The group of a line that verifies; a text says what in it is none. */
export function parseGroup(body: Buffer): LoggedGroup | string {
  const group = v.safeParse(groupSchema, parseJson(body));
  if (!group.success || group.output.events.length === 0) return 'group';
  const { seq, events, intents } = group.output;
  const logged: LoggedEvent[] = [];
  for (const [index, event] of events.entries()) {
    const envelope = v.safeParse(envelopeSchema, event);
    if (!envelope.success || envelope.output.seq !== seq + index) return 'event';
    logged.push({ envelope: envelope.output, json: JSON.stringify(event), intent: intents[index] ?? null });
  }
  return { body, seq, lastSeq: seq + events.length - 1, events: logged };
}

/** The header in the line from `start` to `end`, null when the line does not verify or is none of this version. */
export function parseHeader(bytes: Buffer, start: number, end: number): LogHeader | null {
  const json = parseJson(bodyOf(bytes, start, end));
  const header = v.safeParse(headerSchema, json);
  if (!header.success || !verifies(bytes, start, end, header.output.nonce)) return null;
  return v.is(v.object({ format: v.literal(STORE_FORMAT) }), json) ? header.output : null;
}

/**
 * The format in the header of a log, before anything else of it is looked at; 0 when it says none. What is wrong with such a
 * log, and with one that can not be read, is found out by reading the whole.
 */
export function formatOfLog(file: string, files: FileAccess = nodeFiles): number {
  try {
    return preludeOf(files.read(file))?.format ?? 0;
  } catch {
    return 0;
  }
}

/** The last seq in the base that a log begins after; null when its header can not be read. */
export function baseSeqOfLog(file: string, files: FileAccess = nodeFiles): number | null {
  try {
    const bytes = files.read(file);
    return parseHeader(bytes, 0, lineEnd(bytes, 0))?.base.seq ?? null;
  } catch {
    return null;
  }
}

/** Digits that one flipped bit makes of the one that says our format. */
const FLIPPED_FORMATS = new Set([0, 1, 2, 3].map((bit) => STORE_FORMAT ^ (1 << bit)));

/**
 * Null where there is none. A newer version may compute the checksum in another way, so it is not asked for; but a line that
 * verifies once one bit of that number is put right is one of ours, and damaged.
 */
function preludeOf(bytes: Buffer): Prelude | null {
  const body = bodyOf(bytes, 0, lineEnd(bytes, 0));
  const prelude = v.safeParse(preludeSchema, parseJson(body));
  if (!prelude.success) return null;
  const { format, nonce } = prelude.output;
  if (!FLIPPED_FORMATS.has(format)) return prelude.output;
  const ours = body.toString('utf8').replace(`"format":${format}`, `"format":${STORE_FORMAT}`);
  const line = encodeLine(nonce, ours);
  return verifies(Buffer.concat([bytes.subarray(0, 33), line.subarray(33)]), 0, line.length - 1, nonce)
    ? null
    : prelude.output;
}

/** Reads one log from its bytes. `file` is its name, for errors. */
export class LogReader {
  readonly header: LogHeader;
  readonly #bytes: Buffer;
  readonly #file: string;
  #offset: number;
  #nextSeq: number;
  #tornTail: TornTail | null = null;
  #tailCouldBeWhole = false;

  /**
   * @throws ChatError FORMAT_NEWER, or STORE_CORRUPT when the header does not verify: a log gets its name only after the
   *   header was read back.
   */
  constructor(bytes: Buffer, file: string) {
    this.#bytes = bytes;
    this.#file = file;
    const end = lineEnd(bytes, 0);
    // Before the checksum, see there.
    refuseNewer(preludeOf(bytes)?.format ?? 0);
    const header = parseHeader(bytes, 0, end);
    if (header === null) throw this.#corrupt('header', 0);
    this.header = header;
    this.#offset = end + 1;
    this.#nextSeq = this.header.base.seq + 1;
  }

  /** Set once {@link groups} came to its end before the file did. */
  get tornTail(): TornTail | null {
    return this.#tornTail;
  }

  /** Whether the torn tail may be a line that was acknowledged and then damaged. */
  get tailCouldBeWhole(): boolean {
    return this.#tailCouldBeWhole;
  }

  /**
   * The groups up to the first line that does not verify.
   *
   * A group is acknowledged only after its line was synced in full, and the next line is written only after that. So when a
   * whole line follows a broken one, the broken one was acknowledged and then damaged; when none follows, the writer most
   * likely stopped within it and nobody was ever told of it.
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
        this.#tailCouldBeWhole = couldHaveBeenWhole(bytes.subarray(start));
        return;
      }
      const group = parseGroup(bodyOf(bytes, start, end));
      if (typeof group === 'string') throw this.#corrupt(group, start);
      if (group.seq !== this.#nextSeq) throw this.#corrupt('group', start);
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

  #corrupt(what: string, offset: number): ChatError {
    return new ChatError('STORE_CORRUPT', { file: this.#file, detail: `${what} at byte ${offset}` });
  }
}
