import { execFile, execFileSync } from 'node:child_process';
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

/**
 * Reads it once per process; on macOS and Windows that runs small programs of the system and waits for them, so this is for the
 * hub's thread. An interface asks {@link findHostIdentity}.
 */
export function hostIdentity(): HostIdentity {
  if (known !== null) return known;
  const { machine, boot } = questions();
  known = identityOf(process.platform, { machine: ask(machine), boot: ask(boot) });
  return known;
}

/** The same without keeping the thread from other work. */
export async function findHostIdentity(): Promise<HostIdentity> {
  if (known !== null) return known;
  const { machine, boot } = questions();
  const [ofMachine, ofBoot] = await Promise.all([askLater(machine), askLater(boot)]);
  known ??= identityOf(process.platform, { machine: ofMachine, boot: ofBoot });
  return known;
}

/** What the programs of the platform printed, empty where there was none to ask, as an identity. */
export function identityOf(
  platform: NodeJS.Platform,
  { machine, boot }: { readonly machine: string; readonly boot: string },
): HostIdentity {
  return {
    hostId: hashed('host', machineId(platform, machine)),
    bootId: hashed('boot', bootId(platform, boot)),
  };
}

function hashed(what: string, text: string): string {
  if (text === '') return '';
  return createHash('sha256').update(`local-chat ${what}\n${text}`).digest('hex').slice(0, 32);
}

/** A program of the system and its arguments. */
type Question = readonly [program: string, ...args: string[]];

function questions(): { readonly machine: Question | null; readonly boot: Question | null } {
  switch (process.platform as string) {
    case 'darwin':
      return {
        machine: ['/usr/sbin/ioreg', '-rd1', '-c', 'IOPlatformExpertDevice'],
        boot: ['/usr/sbin/sysctl', '-n', 'kern.bootsessionuuid'],
      };
    case 'win32': {
      const reg = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'reg.exe');
      const key = 'HKLM\\SOFTWARE\\Microsoft\\Cryptography';
      return { machine: [reg, 'query', key, '/v', 'MachineGuid', '/reg:64'], boot: null };
    }
    default:
      return { machine: null, boot: null };
  }
}

function machineId(platform: string, answer: string): string {
  switch (platform) {
    case 'darwin':
      return /"IOPlatformUUID" = "([^"]+)"/.exec(answer)?.[1] ?? '';
    case 'win32':
      return /MachineGuid\s+REG_SZ\s+(\S+)/.exec(answer)?.[1] ?? '';
    default: {
      const found = [content('/etc/machine-id'), content('/var/lib/dbus/machine-id'), content('/etc/hostid')];
      // A system image that was never started says "uninitialized".
      return found.find((id) => id !== '' && id !== 'uninitialized') ?? '';
    }
  }
}

function bootId(platform: string, answer: string): string {
  return platform === 'linux' ? content('/proc/sys/kernel/random/boot_id') : answer.trim();
}

function content(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // Not there on this system: as good as empty, and the next source is asked.
    return '';
  }
}

const RUNNING = { encoding: 'utf8', timeout: 5_000, windowsHide: true } as const;

function ask(question: Question | null): string {
  if (question === null) return '';
  const [program, ...args] = question;
  try {
    return execFileSync(program, args, RUNNING);
  } catch {
    // As with a missing file.
    return '';
  }
}

function askLater(question: Question | null): Promise<string> {
  if (question === null) return Promise.resolve('');
  const [program, ...args] = question;
  return new Promise((resolve) => {
    execFile(program, args, RUNNING, (error, output) => resolve(error === null ? output : ''));
  });
}
