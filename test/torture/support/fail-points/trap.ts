import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { HubCheckpoint } from '../../../../src/hub/leadership.ts';

/** In the data directory: the name of a point. Who passes it first renames the file, and stops. */
const TRAP = 'trap';
const CAUGHT = /^trap\.(\d+)$/;

/** The next hub that passes this point, in whatever process, stops there; one trap at a time. */
export function setTrap(directory: string, point: HubCheckpoint): void {
  const file = path.join(directory, TRAP);
  writeFileSync(`${file}.new`, point);
  renameSync(`${file}.new`, file);
}

/** The process that stopped, once; null as long as none did. */
export function caughtProcess(directory: string): number | null {
  for (const name of readdirSync(directory)) {
    const pid = CAUGHT.exec(name)?.[1];
    if (pid === undefined) continue;
    rmSync(path.join(directory, name));
    return Number(pid);
  }
  return null;
}

/** For the hub: stops the whole process if there is a trap at this point. It goes on from here when it is continued. */
export function stopThere(directory: string, point: HubCheckpoint): void {
  const file = path.join(directory, TRAP);
  try {
    if (readFileSync(file, 'utf8') !== point) return;
    renameSync(file, `${file}.${process.pid}`);
  } catch (error) {
    // No trap; or another process was faster.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  process.kill(process.pid, 'SIGSTOP');
  // Another thread may take the signal, and this one run on for some microseconds: not past this.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
}
