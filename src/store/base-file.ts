import { createHash } from 'node:crypto';

/** Size of a page of the database, the same in every base: what SQLite takes where nobody asks for another. */
export const PAGE_BYTES = 4096;

/** Bytes kept of the SHA-256 of a page. */
const SUM_BYTES = 8;
const MARK = Buffer.from('LC pages');
const FOOTER_BYTES = MARK.length + 8 + 32;

/**
 * A base is the database, followed by a checksum of each of its pages and a footer, `LC pages`, the length of the database
 * (64 bit, big-endian), and the SHA-256 of all checksums. SQLite reads no further than its own pages, so for it and for every
 * version that knows nothing of this the file is a database like any other. The checksums are there for the day on which the
 * file is damaged: they say which pages can be believed, and let one flipped bit be found and put right.
 */
export interface BaseFile {
  readonly database: Buffer;
  /** Null in a base of an older version, and where the footer is damaged. */
  readonly sums: Buffer | null;
}

export function encodeBase(database: Uint8Array): Buffer {
  // What is no row of pages gets no checksums; SQLite never makes such a thing.
  if (database.length % PAGE_BYTES !== 0) return Buffer.from(database);
  const sums = Buffer.alloc((database.length / PAGE_BYTES) * SUM_BYTES);
  for (let page = 0; page * PAGE_BYTES < database.length; page += 1) {
    sumOfPage(database, page).copy(sums, page * SUM_BYTES);
  }
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(database.length));
  return Buffer.concat([database, sums, MARK, length, digest(sums)]);
}

/** The parts share the memory of `bytes`. */
export function decodeBase(bytes: Buffer): BaseFile {
  const footer = bytes.length - FOOTER_BYTES;
  const none = { database: bytes, sums: null };
  if (footer < 0 || bytes.compare(MARK, 0, MARK.length, footer, footer + MARK.length) !== 0) return none;
  const length = Number(bytes.readBigUInt64BE(footer + MARK.length));
  if (length % PAGE_BYTES !== 0 || length + (length / PAGE_BYTES) * SUM_BYTES !== footer) return none;
  const sums = bytes.subarray(length, footer);
  if (!digest(sums).equals(bytes.subarray(footer + MARK.length + 8))) return none;
  return { database: bytes.subarray(0, length), sums };
}

/** How long the database is in a file with a footer that can not be read; null when that does not come out even. */
export function lengthWithoutFooter(bytes: Buffer): number | null {
  const pages = (bytes.length - FOOTER_BYTES) / (PAGE_BYTES + SUM_BYTES);
  return Number.isInteger(pages) && pages > 0 ? pages * PAGE_BYTES : null;
}

/** @param page The first one is 0. */
export function pageHolds(database: Buffer, sums: Buffer, page: number): boolean {
  return sumOfPage(database, page).equals(sums.subarray(page * SUM_BYTES, (page + 1) * SUM_BYTES));
}

function sumOfPage(database: Uint8Array, page: number): Buffer {
  return digest(database.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES)).subarray(0, SUM_BYTES);
}

const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
