const VERSION = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$/;

interface Version {
  readonly release: readonly string[];
  /** Null for a release, which comes after all its pre-releases. */
  readonly preRelease: readonly string[] | null;
}

/**
 * Whether `version` comes after `other` in the order of Semantic Versioning: 1.10.0 after 1.9.0, 1.0.0 after 1.0.0-rc.1, and
 * what follows a plus sign counts for nothing. False when one of them is no such version.
 */
export function isNewerVersion(version: string, other: string): boolean {
  const [a, b] = [parse(version), parse(other)];
  if (a === null || b === null) return false;
  const release = compare(a.release, b.release);
  if (release !== 0) return release > 0;
  if (a.preRelease === null || b.preRelease === null) return a.preRelease === null && b.preRelease !== null;
  return compare(a.preRelease, b.preRelease) > 0;
}

function parse(text: string): Version | null {
  const [matched, major, minor, patch, preRelease] = VERSION.exec(text) ?? [];
  if (matched === undefined) return null;
  return { release: [major ?? '', minor ?? '', patch ?? ''], preRelease: preRelease?.split('.') ?? null };
}

/** Part by part; where one has no further parts it comes first. */
function compare(a: readonly string[], b: readonly string[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = comparePart(part, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Numbers by their value and before words, words by their characters. */
function comparePart(a: string, b: string): number {
  const [first, second] = [Number(a), Number(b)];
  const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOtherNumber) return first - second;
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
