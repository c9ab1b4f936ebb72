import { type Disposable, toDisposable } from '../common/disposable.ts';

/**
 * Runs `action` in `ms` milliseconds unless it is disposed first. When it was this process that stood still meanwhile (a sleep,
 * a stop, a long computation), what the other side sent in time still lies in the socket: sockets are read once more before
 * anybody is called late.
 */
export function patientTimer(ms: number, action: () => void): Disposable {
  let immediate: NodeJS.Immediate | null = null;
  const timer = setTimeout(() => {
    immediate = setImmediate(action);
  }, ms);
  return toDisposable(() => {
    clearTimeout(timer);
    if (immediate !== null) clearImmediate(immediate);
  });
}
