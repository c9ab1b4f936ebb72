import { ChatError } from '../model/errors.ts';

/**
 * A younger epoch leads, or the claim is not ours any more. Nothing of the group counts here, though the successor may have
 * found it in the log; its senders ask again there.
 */
export class FencedError extends Error {
  override readonly name = 'FencedError';

  constructor(readonly epoch: number) {
    super(`Epoch ${epoch} is fenced`);
  }
}

/** Fewer bytes arrived in the file than were given: what a full disk answers in place of an error. */
export class ShortWriteError extends Error {
  override readonly name = 'ShortWriteError';

  constructor(
    readonly written: number,
    readonly length: number,
  ) {
    super(`Short write: ${written} of ${length} bytes`);
  }
}

/** The code of a failed system call, null for any other thrown value. */
export function systemCode(thrown: unknown): string | null {
  if (!(thrown instanceof Error) || !('code' in thrown)) return null;
  return typeof thrown.code === 'string' ? thrown.code : null;
}

/** A failed write, sync or link as the code that everybody else understands. */
export function toStorageError(thrown: unknown): ChatError {
  if (thrown instanceof ChatError) return thrown;
  if (thrown instanceof ShortWriteError) return new ChatError('STORAGE_FULL', {}, { cause: thrown });
  const code = systemCode(thrown);
  switch (code ?? '') {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new ChatError('STORAGE_FULL', {}, { cause: thrown });
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new ChatError('STORAGE_READONLY', {}, { cause: thrown });
    default: {
      const detail = code ?? (thrown instanceof Error ? thrown.message : String(thrown));
      return new ChatError('STORAGE_ERROR', { detail }, { cause: thrown });
    }
  }
}
