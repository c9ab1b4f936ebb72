import {
  decodeBase,
  encodeBase,
  lengthWithoutFooter,
  mendPage,
  PAGE_BYTES,
  pageHolds,
} from '../base-file.ts';
import { sha256 } from '../digest.ts';

export interface MendedBase {
  /** The database, as far as it could be put right. Owns its memory. */
  readonly database: Buffer;
  /** The file is what it was when it was written. */
  readonly isWhole: boolean;
  /** Pages that can not be believed, the first one is 0; null when nothing says which they are. */
  readonly badPages: readonly number[] | null;
  /** The first byte that is wrong, or the first of a page that is; null when it is not known. */
  readonly at: number | null;
  /** The file as it should be, where it could be put right. */
  readonly bytes: Buffer;
}

/**
 * Puts right what one flipped bit per page did to a base.
 *
 * @param hash SHA-256 of the file as its log has it; null when that is lost, too.
 */
export function mendBase(found: Buffer, hash: string | null): MendedBase {
  const bytes = Buffer.from(found);
  const { database, sums } = decodeBase(bytes);
  if (sums === null) return withoutSums(bytes, hash);
  const badPages: number[] = [];
  let at: number | null = null;
  for (let page = 0; page * PAGE_BYTES < database.length; page += 1) {
    if (pageHolds(database, sums, page)) continue;
    const mended = mendPage(database, sums, page);
    at ??= mended ?? page * PAGE_BYTES;
    if (mended === null) badPages.push(page);
  }
  const isWhole = badPages.length === 0 && (hash === null || sha256(bytes) === hash);
  return { database, isWhole, badPages, at, bytes };
}

/** Of an older version, or it is just the checksums and their footer that are damaged. */
function withoutSums(bytes: Buffer, hash: string | null): MendedBase {
  const length = lengthWithoutFooter(bytes);
  if (length !== null) {
    const database = Buffer.from(bytes.subarray(0, length));
    const file = encodeBase(database);
    if (sha256(file) === hash) return { database, isWhole: true, badPages: [], at: length, bytes: file };
  }
  const isWhole = sha256(bytes) === hash;
  return { database: bytes, isWhole, badPages: isWhole ? [] : null, at: null, bytes };
}
