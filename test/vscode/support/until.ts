import { setTimeout as delay } from 'node:timers/promises';

/** Resolves with what `look` finds once it finds something; fails with `wanted` when it never does. */
export async function until<T>(
  wanted: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Not within 20 s: ${wanted}`);
    await delay(50);
  }
}
