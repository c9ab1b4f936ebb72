import * as v from 'valibot';
import { seqSchema, timestampSchema } from './ids.ts';

/** Folder of the data directory with copies of what was found damaged, one folder for each time. */
export const QUARANTINE = 'quarantine';
/** What stands beside the copies. */
export const SALVAGE_REPORT = 'report.json';

/** Gaps that a report names, at most; beyond that, close ones are taken together. */
export const REPORTED_GAPS = 64;

/**
 * What was found damaged when a store was opened, and what became of it. It names files, numbers and places, never a word of
 * what anybody wrote.
 *
 * `cut off`: the last log ended within a line, which is what a write that was killed leaves; nothing acknowledged is missing
 * unless that line was whole once. `repaired`: everything is there again. `salvaged`: all that could be read is there;
 * `lost`, `lostAfter` and the details of the files say what is not. `begun anew`: nothing could be read, and the store is
 * empty.
 */
export const salvageSchema = v.object({
  version: v.literal(1),
  timestamp: timestampSchema,
  /** The epoch that was begun from what was found. */
  epoch: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  outcome: v.picklist(['cut off', 'repaired', 'salvaged', 'begun anew']),
  /** The damaged files, copied word for word. `at`: the first byte that is wrong, where that is known. */
  files: v.array(
    v.object({ name: v.string(), bytes: v.number(), at: v.nullable(v.number()), detail: v.string() }),
  ),
  /** Seqs that are missing or were changed, first and last of each gap, ascending, at most {@link REPORTED_GAPS}. */
  lost: v.pipe(v.array(v.tuple([seqSchema, seqSchema])), v.maxLength(REPORTED_GAPS)),
  /** Whatever came after this seq is missing as well, and nobody can know how much it was. */
  lostAfter: v.optional(seqSchema),
});
export type Salvage = v.InferOutput<typeof salvageSchema>;

/** How many seqs the gaps of a report hold; what came after `lostAfter` is not among them. */
export function lostCount({ lost }: Pick<Salvage, 'lost'>): number {
  return lost.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

/** Name of the folder below {@link QUARANTINE}: `000000000012-20261124T093000Z`. */
export function quarantineFolderName(epoch: number, timestamp: string): string {
  return `${String(epoch).padStart(12, '0')}-${timestamp.replaceAll(/[-:]|\.\d+/g, '')}`;
}
