/** The code of a failed system call, such as ENOENT; null for any other thrown value. */
export function systemCode(thrown: unknown): string | null {
  if (!(thrown instanceof Error) || !('code' in thrown)) return null;
  return typeof thrown.code === 'string' ? thrown.code : null;
}

const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL']);

/** Whether `link` failed because this file system has no hard links (FAT, some network and container mounts). */
export function hasNoLinks(thrown: unknown): boolean {
  return NO_LINKS.has(systemCode(thrown) ?? '');
}

/** Whether a call failed because the disk, or the share of it that is ours, has no room for a further byte or file. */
export function isFull(thrown: unknown): boolean {
  const code = systemCode(thrown);
  return code === 'ENOSPC' || code === 'EDQUOT';
}
