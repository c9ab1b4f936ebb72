import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { systemCode } from './system-error.ts';

/**
 * When a process began, in a form that only compares for equality with itself on the same machine and boot. A pid is used
 * again; pid and start time together are not. Empty where the platform does not tell; null when there is no such process.
 */
export function processStartTime(pid: number): string | null {
  switch (process.platform as string) {
    case 'linux':
      return linuxStartTime(pid);
    case 'darwin':
      return darwinStartTime(pid);
    default:
      return signalReaches(pid) ? '' : null;
  }
}

/**
 * Whether the very process is sure to run still that began then; a process that ended and was not waited for does not. Without
 * a start time nothing is sure, but of this process: another program may have got the pid.
 */
export function processLives(pid: number, startTime: string): boolean {
  return (startTime !== '' || pid === process.pid) && processStartTime(pid) === startTime;
}

function linuxStartTime(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    // ESRCH: it ended while it was being read.
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ESRCH') return null;
    throw error;
  }
  // The name of the program stands in parentheses and may hold anything, so fields are counted after the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  if (state === 'Z' || state === 'X') return null;
  // Field 22 of proc(5): clock ticks since the system started.
  return fields[19] ?? null;
}

function darwinStartTime(pid: number): string | null {
  try {
    const options = { encoding: 'utf8', timeout: 2_000, env: { LC_ALL: 'C' } } as const;
    return execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], options).trim() || null;
  } catch {
    // ps ends with 1 when there is no such process.
    return signalReaches(pid) ? '' : null;
  }
}

function signalReaches(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
