import { newId } from '../../model/ids.ts';
import { decodeBase, PAGE_BYTES } from '../base-file.ts';
import { Chain } from '../chain.ts';
import { sha256 } from '../digest.ts';
import { nodeFiles } from '../files.ts';
import { epochPath, publishedEpochs, storedEpochs } from '../generations.ts';
import { loadEpoch, type LoadOptions, newStore } from '../load-epoch.ts';
import type { LogHeader } from '../log.ts';
import { migrate, readMeta } from '../schema.ts';
import { asInteger, asText, Sql } from '../sql.ts';
import type { Gap } from './gaps.ts';
import { mendBase, type MendedBase } from './mend-base.ts';
import { askDamaged, readDamaged } from './read-damaged.ts';

/** A database to begin with, and how it was come by. */
export interface FoundBase {
  readonly sql: Sql;
  /** As of the base itself; a chain that nobody knows when `isWhole` is false. */
  readonly chain: Chain;
  readonly storeId: string;
  /** The last event that is in it. */
  readonly seq: number;
  /** Whether it is what it was, to the last row. */
  readonly isWhole: boolean;
  /** Null when nothing was wrong with the file. */
  readonly damage: { readonly at: number | null; readonly detail: string } | null;
  readonly lost: readonly Gap[];
  /** Nothing at all was found: it is empty. */
  readonly isNew: boolean;
}

export interface Search {
  readonly options: LoadOptions;
  readonly epoch: number;
  /** Of the log that begins after the base. Null when it is lost; then the base has to prove itself. */
  readonly header: LogHeader | null;
  readonly isLogThere: boolean;
}

/**
 * The base of an epoch, by the first of these ways that leads there: the file as it is; with a bit of it put right; another file
 * with the same contents; an empty one, where it was empty; the generation before with all its events; what of it can be
 * read; the generation before, however far it goes; nothing.
 *
 * @param bytes Null when the file is gone.
 */
export async function findBase(search: Search, bytes: Buffer | null): Promise<FoundBase> {
  const found = await findOwnBase(search, bytes);
  if (search.isLogThere) return found;
  // An epoch that began without an export has most of what it knew from the log of the one before.
  const before = await fromGenerationBefore(search, found.damage, { exactly: false, chain: null });
  const [better, worse] = before !== null && before.seq > found.seq ? [before, found] : [found, before];
  worse?.sql.close();
  return better;
}

async function findOwnBase(search: Search, bytes: Buffer | null): Promise<FoundBase> {
  const { header } = search;
  const hash = header?.base.sha256 ?? null;
  if (bytes !== null && sha256(bytes) === hash) return opened(search, bytes, null);
  const mended = bytes === null ? null : mendBase(bytes, hash);
  if (mended?.isWhole === true && mended.at === null && hash === null)
    return opened(search, mended.bytes, null);
  const damage = { at: mended?.at ?? null, detail: bytes === null ? 'missing' : describe(mended) };
  if (mended?.isWhole === true) return opened(search, mended.bytes, damage);
  const copy = hash === null ? null : otherCopy(search, hash);
  if (copy !== null) return opened(search, copy, damage);
  if (header?.base.seq === 0) return { ...empty(search, damage), isWhole: true, isNew: false };
  const chain = mended === null ? null : chainIn(search, mended);
  return (
    (await fromGenerationBefore(search, damage, { exactly: true, chain })) ??
    readWhatIsLeft(search, mended, damage) ??
    (await fromGenerationBefore(search, damage, { exactly: false, chain })) ??
    empty(search, damage)
  );
}

function describe(mended: MendedBase | null): string {
  if (mended === null || mended.badPages === null) return 'checksum';
  if (mended.badPages.length === 0) return 'a bit flipped';
  const shown = mended.badPages.slice(0, 8).map((page) => page * PAGE_BYTES);
  return `pages at byte ${shown.join(', ')}${mended.badPages.length > shown.length ? ', …' : ''}`;
}

function opened({ options, header }: Search, bytes: Buffer, damage: FoundBase['damage']): FoundBase {
  const sql = new Sql(options.engine, decodeBase(bytes).database);
  migrate(sql);
  const storeId = header?.storeId ?? readMeta(sql, 'store');
  const chain = new Chain(storeId);
  chain.restore(sql);
  return { sql, chain, storeId, seq: readMeta(sql, 'seq'), isWhole: true, damage, lost: [], isNew: false };
}

function otherCopy({ options, epoch }: Search, hash: string): Buffer | null {
  const { directory, files = nodeFiles } = options;
  for (const other of storedEpochs(directory, 'base', files)) {
    if (other === epoch) continue;
    try {
      const bytes = files.read(epochPath(directory, other, 'base'));
      if (sha256(bytes) === hash) return bytes;
    } catch {
      // Then it is no help.
    }
  }
  return null;
}

/**
 * An epoch that began with an export holds what the one before ended with.
 *
 * @param wanted `exactly`: it has to lead to where the base was. `chain`: the chain there, where that is known.
 */
async function fromGenerationBefore(
  { options, epoch, header }: Search,
  damage: FoundBase['damage'],
  wanted: { readonly exactly: boolean; readonly chain: string | null },
): Promise<FoundBase | null> {
  const before = publishedEpochs(options.directory, options.files).findLast((other) => other < epoch);
  if (before === undefined) return null;
  try {
    const loaded = await loadEpoch(options, before, header?.base.seq ?? Infinity);
    const { sql, chain, storeId, seq } = loaded;
    const isWhole = seq === header?.base.seq && (wanted.chain === null || wanted.chain === chain.head);
    if (isWhole || !wanted.exactly)
      return { sql, chain, storeId, seq, isWhole, damage, lost: [], isNew: false };
    sql.close();
    return null;
  } catch {
    // Damaged, too, or gone.
    return null;
  }
}

/** What the chain was at the end of a damaged base; null when that can not be read. */
function chainIn({ options, header }: Search, { database, badPages }: MendedBase): string | null {
  const row = askDamaged(options.engine, database, badPages, 'SELECT hash FROM chain WHERE seq = ?', [
    header?.base.seq ?? 0,
  ]);
  return row === null ? null : asText(row[0]);
}

function readWhatIsLeft(
  { options, header }: Search,
  mended: MendedBase | null,
  damage: { at: number | null; detail: string },
): FoundBase | null {
  if (mended === null) return null;
  const { database, badPages } = mended;
  const seq = header?.base.seq ?? seqIn(options, mended);
  const read = seq === null ? null : readDamaged(options.engine, database, badPages, seq);
  if (read === null || seq === null) return null;
  const { sql, lost, notes, isComplete } = read;
  const storeId = header?.storeId ?? storeIn(sql);
  const chain = new Chain(storeId);
  if (isComplete) chain.restore(sql);
  const detail = notes.length === 0 ? damage.detail : `${damage.detail}; not whole: ${notes.join(', ')}`;
  return {
    sql,
    chain,
    storeId,
    seq,
    isWhole: isComplete,
    damage: { at: damage.at, detail },
    lost,
    isNew: false,
  };
}

function seqIn({ engine }: LoadOptions, { database, badPages }: MendedBase): number | null {
  const row = askDamaged(engine, database, badPages, "SELECT value FROM meta WHERE key = 'seq'");
  return row === null ? null : asInteger(row[0]);
}

function storeIn(sql: Sql): string {
  try {
    return readMeta(sql, 'store');
  } catch {
    // Then it is another store for whoever knew it.
    return newId();
  }
}

function empty({ options, header }: Search, damage: FoundBase['damage']): FoundBase {
  const { sql, chain, storeId } = newStore(options, header?.storeId);
  return { sql, chain, storeId, seq: 0, isWhole: false, damage, lost: [], isNew: true };
}
