import { createHash } from 'node:crypto';

/** SHA-256 in hex. */
export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Half of a SHA-256, 32 hex digits: enough to tell things apart that nobody forges. */
export function shortHash(...parts: readonly (string | Uint8Array)[]): string {
  return sha256(...parts).slice(0, 32);
}

/** The `digest` the rules ask for: 22 characters. Stored with every id, so it never changes. */
export function intentDigest(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
}
