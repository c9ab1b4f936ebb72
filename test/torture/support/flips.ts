import type { Random } from '../../integration/support/random.ts';
import { randomBytes, whole } from './store-states.ts';

export interface Damage {
  readonly bytes: Buffer;
  /** In words, with the place. */
  readonly name: string;
  readonly isOneBit: boolean;
}

/** One bit, anywhere. */
export function oneBit(random: Random, file: Buffer): Damage {
  const bytes = Buffer.from(file);
  const at = whole(random, bytes.length);
  const bit = whole(random, 8);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  return { bytes, name: `bit ${bit} of byte ${at}`, isOneBit: true };
}

/** Two to eight bytes, near each other or in a row, that become others. */
export function someBytes(random: Random, file: Buffer): Damage {
  const bytes = Buffer.from(file);
  const count = 2 + whole(random, 7);
  const reach = random.next() < 0.5 ? count : 64;
  const at = whole(random, Math.max(1, bytes.length - reach));
  const places: number[] = [];
  for (const [index, byte] of randomBytes(random, count).entries()) {
    const place = Math.min(at + (reach === count ? index : whole(random, reach)), bytes.length - 1);
    bytes[place] = byte;
    places.push(place);
  }
  return { bytes, name: `bytes ${places.join(', ')}`, isOneBit: false };
}
