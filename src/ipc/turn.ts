/**
 * So long, in milliseconds, frames are taken in one turn of the event loop, over all connections of this thread. Who sends much
 * goes on in the next turn, behind those who wait. A turn also takes in one new connection only, so with long turns nobody new
 * would come in either.
 */
const TURN_MS = 4;

let since: number | null = null;

/** Whether the next frame belongs to the next turn. */
export function turnIsOver(): boolean {
  const now = performance.now();
  if (since === null) {
    since = now;
    setImmediate(() => {
      since = null;
    });
  }
  return now - since >= TURN_MS;
}
