/**
 * So long, in milliseconds, frames are taken in one turn of the event loop, over all connections of this thread. Who sends much
 * goes on in the next turn, behind those who wait.
 */
const TURN_MS = 4;
/**
 * A turn takes in one new connection only. While they come one after the other the frames of those who are inside wait, but not
 * for longer than this: with turns of many milliseconds each, a crowd would stand before the door for seconds.
 */
const WAIT_MS = 8;
/** A newcomer this long ago was the last one. */
const NEXT_MS = 1;

let turnBegan: number | null = null;
let lastFrame = 0;
let lastNewcomer = -Infinity;

/** A connection was taken in. */
export function noteNewcomer(): void {
  lastNewcomer = performance.now();
}

/** Whether the next frame belongs to a later turn. */
export function turnIsOver(): boolean {
  const now = performance.now();
  if (now - lastNewcomer < NEXT_MS && now - lastFrame < WAIT_MS) return true;
  if (turnBegan === null) {
    turnBegan = now;
    setImmediate(() => {
      turnBegan = null;
    });
  }
  if (now - turnBegan >= TURN_MS) return true;
  lastFrame = now;
  return false;
}
