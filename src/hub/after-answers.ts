/**
 * Resolves once every answer that has been decided by now is on its way: they are a few promises away from the socket, and a
 * tick that is queued by a promise runs when all promises have. It is still the same turn of the event loop. That matters: in
 * the next turn a client that already has its answer might ask something else, and be answered before it is told what it made
 * happen itself.
 */
export async function afterAnswers(): Promise<void> {
  await Promise.resolve();
  await new Promise<void>((resolve) => process.nextTick(resolve));
}
