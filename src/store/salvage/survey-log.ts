import * as v from 'valibot';
import { bodyOf, lineEnd, parseJson, verifies } from '../log-line.ts';
import { type LoggedGroup, type LogHeader, parseGroup, parseHeader } from '../log.ts';
import { couldHaveBeenWhole } from '../torn-tail.ts';
import { Effort } from './effort.ts';
import { mendLine } from './mend-line.ts';

/** Bytes hashed on behalf of one log. A line of 16 KiB, the longest message, takes half of it. */
const EFFORT = 4 * 1024 * 1024 * 1024;

const nonceSchema = v.object({ nonce: v.string() });

/** All that a damaged log still says. */
export interface LogSurvey {
  /** Null when it could not be read, nor put right. */
  readonly header: LogHeader | null;
  /** Groups that verify, ascending by seq; there may be gaps between them. */
  readonly groups: readonly LoggedGroup[];
  /** The first byte that is wrong; null when every line verifies. */
  readonly at: number | null;
  /** Lines that were put right, one bit each. */
  readonly mended: number;
  /** Bytes that could not be put right, in the header, before the last whole group, and after it. */
  readonly unread: { readonly before: number; readonly after: number };
}

/** @param claimedNonce The nonce as the claim of the epoch has it, if that can be read. */
export async function surveyLog(bytes: Buffer, claimedNonce: string | null): Promise<LogSurvey> {
  const effort = new Effort(EFFORT);
  const found = await surveyHeader(bytes, effort);
  const nonce = found.header?.nonce ?? nonceFrom(bytes, claimedNonce);
  const groups: LoggedGroup[] = [];
  const unread = { before: 0, after: 0 };
  let { at, mended } = found;
  // In a header that is lost, and in front of the first group, all bytes count as unread ones.
  for (let start = found.next; start < bytes.length;) {
    const end = lineEnd(bytes, start);
    const whole = nonce !== null && verifies(bytes, start, end, nonce);
    const right = whole || nonce === null ? null : await mendLine(bytes, start, () => nonce, effort);
    const body = whole ? bodyOf(bytes, start, end) : right && bodyOf(right.line, 0, right.line.length);
    const group = body === null ? 'line' : parseGroup(body);
    const next = right?.next ?? end + 1;
    if (typeof group !== 'string' && group.seq > (groups.at(-1)?.lastSeq ?? 0)) {
      groups.push(group);
      unread.before += unread.after;
      unread.after = 0;
    } else {
      unread.after += Math.min(next, bytes.length) - start;
    }
    if (!whole) at ??= right?.at ?? start;
    if (right !== null) mended += 1;
    start = next;
  }
  if (unread.after > 0 && !couldHaveBeenWhole(bytes.subarray(bytes.length - unread.after))) unread.after = 0;
  return { header: found.header, groups, at, mended, unread };
}

async function surveyHeader(
  bytes: Buffer,
  effort: Effort,
): Promise<{ header: LogHeader | null; next: number; at: number | null; mended: number }> {
  const end = lineEnd(bytes, 0);
  const header = parseHeader(bytes, 0, end);
  if (header !== null) return { header, next: end + 1, at: null, mended: 0 };
  const right = await mendLine(bytes, 0, nonceInLine, effort);
  const mended = right === null ? null : parseHeader(right.line, 0, right.line.length);
  if (right === null || mended === null) return { header: null, next: 0, at: 0, mended: 0 };
  return { header: mended, next: right.next, at: right.at, mended: 1 };
}

/** The header is keyed with the nonce that it names itself. */
function nonceInLine(line: Buffer): string | null {
  const said = v.safeParse(nonceSchema, parseJson(bodyOf(line, 0, line.length)));
  return said.success ? said.output.nonce : null;
}

/** With a header that is lost the nonce is the one by which some line verifies. */
function nonceFrom(bytes: Buffer, claimed: string | null): string | null {
  const [, written = null] =
    /"nonce":"([^"]{1,128})"/.exec(bytes.toString('latin1', 0, lineEnd(bytes, 0))) ?? [];
  for (const nonce of [claimed, written]) {
    if (nonce === null) continue;
    for (let start = 0; start < bytes.length; start = lineEnd(bytes, start) + 1) {
      if (verifies(bytes, start, lineEnd(bytes, start), nonce)) return nonce;
    }
  }
  return claimed;
}
