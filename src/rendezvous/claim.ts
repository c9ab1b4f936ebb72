import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { epochFileName, parseEpochFileName, STORE_FORMAT, temporaryFileName } from '../model/epoch-files.ts';
import { ChatError } from '../model/errors.ts';
import { createFirst } from './first-wins.ts';
import { hostIdentity } from './host.ts';
import { processStartTime } from './process.ts';
import { systemCode } from './system-error.ts';

const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const short = v.pipe(v.string(), v.maxLength(128));

/** Content of a claim file: who leads this epoch, and where it listens. */
export const claimSchema = v.object({
  pid: positive,
  /** See `processStartTime`. */
  startTime: short,
  /** Path of the socket or pipe. */
  socket: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  /** 128 random bits in hex: what tells this claim from every other one. */
  nonce: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  hostId: short,
  bootId: short,
  /** Newest version of the client–hub wire the hub speaks. */
  protocol: positive,
  /** Version of the files of this epoch. */
  format: positive,
});
export type Claim = v.InferOutput<typeof claimSchema>;

/** What of a claim every version can read, to know whether it can read the rest. */
const preludeSchema = v.object({ format: positive });

/** `newer`: it is of a format that is not known here, whatever else it says. `unreadable`: it is there and is no claim (yet). */
export type ClaimReading =
  | { readonly kind: 'claim'; readonly claim: Claim }
  | { readonly kind: 'newer'; readonly format: number }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'missing' };

/** A claim of this process with a fresh nonce. */
export function newClaim(socket: string, protocol: number): Claim {
  const { pid } = process;
  return {
    pid,
    startTime: processStartTime(pid) ?? '',
    socket,
    nonce: randomBytes(16).toString('hex'),
    ...hostIdentity(),
    protocol,
    format: STORE_FORMAT,
  };
}

/**
 * Claims `epoch`, which decides between any number of processes at once: exactly one gets true.
 *
 * @throws the error of the system when the claim can not be written.
 */
export function makeClaim(directory: string, epoch: number, claim: Claim): boolean {
  const path = join(directory, epochFileName(epoch, 'claim'));
  const temporary = join(directory, temporaryFileName(epoch, 'claim', claim.nonce));
  try {
    // Once it was seen it stays, also unfinished: others may have claimed the number after it meanwhile, and without it the hub
    // before would take itself for the newest.
    if (createFirst(path, temporary, encodeClaim(claim), 'left')) return true;
  } catch (error) {
    // This process slept between writing and linking, and a later epoch has tidied up meanwhile.
    if (systemCode(error) === 'ENOENT' && highestEpoch(directory) >= epoch) return false;
    throw error;
  }
  // A network file system may repeat a link that had worked and then report that the name is taken: by us.
  const found = readClaim(directory, epoch);
  return found.kind === 'claim' && found.claim.nonce === claim.nonce;
}

export function readClaim(directory: string, epoch: number): ClaimReading {
  let text: string;
  try {
    text = readFileSync(join(directory, epochFileName(epoch, 'claim')), 'utf8');
  } catch (error) {
    return { kind: systemCode(error) === 'ENOENT' ? 'missing' : 'unreadable' };
  }
  const json = parseJson(text);
  if (isDamaged(json)) return { kind: 'unreadable' };
  const prelude = v.safeParse(preludeSchema, json);
  if (prelude.success && prelude.output.format > STORE_FORMAT) return { kind: 'newer', ...prelude.output };
  const parsed = v.safeParse(claimSchema, json);
  return parsed.success ? { kind: 'claim', claim: parsed.output } : { kind: 'unreadable' };
}

/**
 * The claim with a check of all it says. Else one flipped bit could turn it into the claim of another host or of a newer version,
 * which nobody ever takes over.
 */
function encodeClaim(claim: Claim): Buffer {
  return Buffer.from(`${JSON.stringify({ ...claim, check: checkOf(claim) })}\n`);
}

/** Claims of earlier versions have no check. */
function isDamaged(json: unknown): boolean {
  const parsed = v.safeParse(v.looseObject({ check: v.string() }), json);
  if (!parsed.success) return false;
  const { check, ...said } = parsed.output;
  return check !== checkOf(said);
}

const checkOf = (said: object): string =>
  createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 16);

/**
 * The highest number over all names in the directory, be it of a claim, a base or a log; 0 when there is none.
 *
 * @throws ChatError DIRECTORY_UNUSABLE when the directory can not be listed: it is gone, or closed to us.
 */
export function highestEpoch(directory: string): number {
  let highest = 0;
  for (const name of list(directory)) {
    highest = Math.max(highest, parseEpochFileName(name)?.epoch ?? 0);
  }
  return highest;
}

/** The numbers of all claims, ascending. */
export function claimedEpochs(directory: string): number[] {
  return list(directory)
    .map(parseEpochFileName)
    .filter((file) => file?.kind === 'claim')
    .map((file) => file?.epoch ?? 0)
    .sort((a, b) => a - b);
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    const detail = systemCode(error) ?? String(error);
    throw new ChatError('DIRECTORY_UNUSABLE', { directory, detail }, { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Half-written or damaged: what it is not, the schema says.
    return undefined;
  }
}
