import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** All that is in a directory: name, mode, size, time of the last change and a hash of the content, a line each. */
export function snapshot(directory: string): readonly string[] {
  return readdirSync(directory)
    .sort()
    .map((name) => {
      const file = path.join(directory, name);
      const { mode, size, mtimeMs } = lstatSync(file);
      const isFile = lstatSync(file).isFile();
      const hash = isFile ? createHash('sha256').update(readFileSync(file)).digest('hex') : '';
      return [name, mode.toString(8), isFile ? size : '', mtimeMs, hash].join(' ');
    });
}

/** What differs, in words. */
export function differences(before: readonly string[], after: readonly string[]): string[] {
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `was there: ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `is there: ${line}`),
  ];
}
