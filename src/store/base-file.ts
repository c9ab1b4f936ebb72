import { createHash } from 'node:crypto';

/** Size of a page of the database, the same in every base: what SQLite takes where nobody asks for another. */
export const PAGE_BYTES = 4096;

/** Bytes kept of a page: two parities and the beginning of its SHA-256. */
const SUM_BYTES = 16;
const PARITY_BYTES = 8;
const MARK = Buffer.from('LC pages');
const FOOTER_BYTES = MARK.length + 8 + 32;

/**
 * A base is the database, followed by a sum of each of its pages and a footer: `LC pages`, the length of the database
 * (64 bit, big-endian), and the SHA-256 of all sums. SQLite reads no further than its own pages, so for it and for every version
 * that knows nothing of this the file is a database like any other. The sums are there for the day on which the file is
 * damaged: they say which pages can be believed, and where in a page a single bit has flipped.
 */
export interface BaseFile {
  readonly database: Buffer;
  /** Null in a base of an older version, and where the footer is damaged. */
  readonly sums: Buffer | null;
}

export function encodeBase(database: Uint8Array): Buffer {
  // What is no row of pages gets no sums; SQLite never makes such a thing.
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
  return sumOfPage(database, page).equals(sumIn(sums, page));
}

/** Puts a page right in which one bit has flipped. Returns where in the file that was, null when it is not as simple as that. */
export function mendPage(database: Buffer, sums: Buffer, page: number): number | null {
  const found = parityOf(database, page);
  const right = sumIn(sums, page);
  const mask = found.readUInt32LE() ^ right.readUInt32LE();
  const word = (found.readUInt32LE(4) ^ right.readUInt32LE(4)) >>> 0;
  if (mask === 0 || (mask & (mask - 1)) !== 0 || word >= WORDS) return null;
  const bit = 31 - Math.clz32(mask);
  const at = page * PAGE_BYTES + word * 4 + (bit >> 3);
  const before = database[at] ?? 0;
  database[at] = before ^ (1 << (bit & 7));
  if (pageHolds(database, sums, page)) return at;
  database[at] = before;
  return null;
}

const sumIn = (sums: Buffer, page: number): Buffer => sums.subarray(page * SUM_BYTES, (page + 1) * SUM_BYTES);

const pageOf = (database: Uint8Array, page: number): Uint8Array =>
  database.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);

function sumOfPage(database: Uint8Array, page: number): Buffer {
  const hash = digest(pageOf(database, page)).subarray(0, SUM_BYTES - PARITY_BYTES);
  return Buffer.concat([parityOf(database, page), hash]);
}

const WORDS = PAGE_BYTES / 4;
const words = new Uint32Array(WORDS);
const bytesOfWords = new Uint8Array(words.buffer);

/**
 * The page as words of 32 bits: all of them XORed, and XORed the numbers of those in which the number of ones is odd. One bit that
 * flips changes the first by itself and the second by the number of its word.
 */
function parityOf(database: Uint8Array, page: number): Buffer {
  bytesOfWords.set(pageOf(database, page));
  let columns = 0;
  let rows = 0;
  for (let index = 0; index < WORDS; index += 1) {
    const word = words[index] ?? 0;
    columns ^= word;
    let ones = word ^ (word >>> 16);
    ones ^= ones >>> 8;
    ones ^= ones >>> 4;
    // The bits of this number are the parities of 0 … 15.
    if ((0x6996 >>> (ones & 15)) & 1) rows ^= index;
  }
  const parity = Buffer.alloc(PARITY_BYTES);
  parity.writeUInt32LE(columns >>> 0);
  parity.writeUInt32LE(rows, 4);
  return parity;
}

const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
