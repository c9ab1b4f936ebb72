import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/**
 * Everything that can be seen of a file or of a directory with all it holds, a line each: kind, mode, owner, size, hash, and when it and
 * its entry were last changed, to the nanosecond. Reading leaves no trace in it, writing does.
 */
export function listing(file: string): string[] {
  const entry = lstatSync(file, { bigint: true });
  const content = entry.isFile()
    ? createHash('sha256').update(readFileSync(file)).digest('hex')
    : entry.isSymbolicLink()
      ? readlinkSync(file)
      : '';
  const facts = [entry.mode.toString(8), entry.uid, entry.size, entry.mtimeNs, entry.ctimeNs, content];
  const below = entry.isDirectory() ? readdirSync(file).sort() : [];
  return [`${file} ${facts.join(' ')}`, ...below.flatMap((name) => listing(path.join(file, name)))];
}
