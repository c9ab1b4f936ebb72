import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a claim says of the machine it was made on. */
export interface HostIdentity {
  /**
   * The machine, hashed: ids of machines are no business of whoever reads a claim. Not the host name, which changes. Machines
   * without any id (some containers) all count as one.
   */
  readonly hostId: string;
  /** This start of the machine; empty where the platform does not tell. */
  readonly bootId: string;
}

let known: HostIdentity | null = null;

/** Reads it once per process; on macOS and Windows that runs a small program of the system. */
export function hostIdentity(): HostIdentity {
  known ??= { hostId: hashed('host', machineId()), bootId: hashed('boot', bootId()) };
  return known;
}

function hashed(what: string, text: string): string {
  if (text === '') return '';
  return createHash('sha256').update(`local-chat ${what}\n${text}`).digest('hex').slice(0, 32);
}

function machineId(): string {
  switch (process.platform as string) {
    case 'darwin': {
      const text = output('/usr/sbin/ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice']);
      return /"IOPlatformUUID" = "([^"]+)"/.exec(text)?.[1] ?? '';
    }
    case 'win32': {
      const reg = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'reg.exe');
      const text = output(reg, [
        'query',
        'HKLM\\SOFTWARE\\Microsoft\\Cryptography',
        '/v',
        'MachineGuid',
        '/reg:64',
      ]);
      return /MachineGuid\s+REG_SZ\s+(\S+)/.exec(text)?.[1] ?? '';
    }
    default: {
      const found = [content('/etc/machine-id'), content('/var/lib/dbus/machine-id'), content('/etc/hostid')];
      // A system image that was never started says "uninitialized".
      return found.find((id) => id !== '' && id !== 'uninitialized') ?? '';
    }
  }
}

function bootId(): string {
  switch (process.platform as string) {
    case 'linux':
      return content('/proc/sys/kernel/random/boot_id');
    case 'darwin':
      return output('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid']).trim();
    default:
      return '';
  }
}

function content(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // Not there on this system: as good as empty, and the next source is asked.
    return '';
  }
}

function output(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', timeout: 5_000, windowsHide: true });
  } catch {
    // As with a missing file.
    return '';
  }
}
