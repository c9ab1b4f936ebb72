import { ChatError } from '../../model/errors.ts';
import type { Base } from '../base.ts';
import { type Loaded, loadEpoch, type LoadOptions } from '../load-epoch.ts';
import type { LogHeader } from '../log.ts';
import { type Finding, salvageEpoch } from './salvage-epoch.ts';

/** A published epoch as it was found, or what could be salvaged of it. */
export interface LoadedOrSalvaged {
  readonly loaded: Loaded;
  /** Null when nothing was wrong. */
  readonly finding: Finding | null;
  readonly header: LogHeader | null;
  readonly stored: Base | null;
}

/**
 * Reads a published epoch, whatever became of it; writes nothing.
 *
 * @throws ChatError FORMAT_NEWER, STORAGE_… when a file can not be read at all.
 */
export async function loadOrSalvage(options: LoadOptions, epoch: number): Promise<LoadedOrSalvaged> {
  try {
    const loaded = await loadEpoch(options, epoch);
    const { header, stored } = loaded;
    if (!loaded.tailCouldBeWhole) return { loaded, finding: null, header, stored };
    loaded.sql.close();
  } catch (error) {
    if (!(error instanceof ChatError) || error.code !== 'STORE_CORRUPT') throw error;
  }
  const salvaged = await salvageEpoch(options, epoch);
  // The first hub of all was stopped between base and log: nothing was ever in it.
  const wasNeverThere = salvaged.isLogMissing && salvaged.loaded.seq === 0;
  return { ...salvaged, finding: wasNeverThere ? null : salvaged.finding, stored: null };
}
