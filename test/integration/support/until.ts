import { setTimeout as delay } from 'node:timers/promises';

/** Looks again and again until `look` finds something. For what announces itself by no event, as a file of another process. */
export async function until<T>(
  what: string,
  look: () => T | null | undefined | false,
  timeout = 15_000,
): Promise<T> {
  const deadline = performance.now() + timeout;
  for (;;) {
    const found = look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`Waited ${timeout} ms in vain: ${what}`);
    await delay(10);
  }
}

/** `promise`, or an error that says what did not come in time. */
export async function within<T>(what: string, promise: Promise<T>, timeout = 15_000): Promise<T> {
  const timer = new AbortController();
  const late = delay(timeout, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`Waited ${timeout} ms in vain: ${what}`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
    // Aborting the timer rejects it; nobody waits for it any more.
    late.catch(() => undefined);
  }
}
