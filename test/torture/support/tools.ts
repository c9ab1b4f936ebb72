import { spawnSync } from 'node:child_process';

/** Whether this process is root on Linux, which most of what plays tricks on programs needs. */
export function isLinuxRoot(): boolean {
  return process.platform === 'linux' && process.geteuid?.() === 0;
}

/** Whether the command works; for a look whether a tool is there and may do what it is for. */
export function works(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
}
