/** A word as it can be typed into a POSIX shell. */
export function shellWord(word: string): string {
  return /^[\p{L}\p{N}_.,@%+=:/-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
