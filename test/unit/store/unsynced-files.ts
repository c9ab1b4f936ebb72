import { type FileAccess, nodeFiles } from '../../../src/store/files.ts';

/** The real file system without any syncing, for tests that open stores by the thousand and never lose power. */
export const unsyncedFiles: FileAccess = {
  ...nodeFiles,
  sync: () => undefined,
  syncData: () => undefined,
  syncDirectory: () => undefined,
};
