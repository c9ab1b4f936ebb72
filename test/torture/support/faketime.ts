import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { builtCli, Chat, type RunOptions } from '../../integration/support/chat.ts';

/** The library that is loaded into a program to tell it another time, or null where `faketime` is not installed. */
function library(): string | null {
  const { status, stdout } = spawnSync('faketime', ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD'], {
    encoding: 'utf8',
  });
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : null;
}

let found: string | null | undefined;

/** The variables for a program whose clock is off by `offset` ("+10y"); null where `faketime` is not installed. */
function faked(settings: Readonly<Record<string, string>>): Record<string, string> | null {
  found ??= library();
  return found === null ? null : { LD_PRELOAD: found, ...settings };
}

export const hasFaketime = (): boolean => faked({}) !== null;

/**
 * How the clock of a program goes. CLOCK_REALTIME, which people set, is faked in all of them; CLOCK_MONOTONIC, which nobody can
 * set and which counts from the start of the machine, is only shifted, and only where it says so: a monotonic clock that jumps is
 * no clock of any system, and Node's timers stop with it.
 */
export type ClockSetting =
  | { readonly kind: 'true' }
  | { readonly kind: 'off'; readonly by: string; readonly monotonicToo: boolean }
  /** The file holds the offset; who changes it makes the clock jump while the program runs. */
  | { readonly kind: 'jumping'; readonly file: string };

function variables(clock: ClockSetting): Readonly<Record<string, string>> {
  switch (clock.kind) {
    case 'true':
      return {};
    case 'off':
      return (
        faked({ FAKETIME: clock.by, FAKETIME_DONT_FAKE_MONOTONIC: clock.monotonicToo ? '0' : '1' }) ?? {}
      );
    case 'jumping':
      return (
        faked({
          FAKETIME_TIMESTAMP_FILE: clock.file,
          FAKETIME_NO_CACHE: '1',
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
        }) ?? {}
      );
    default:
      return clock satisfies never;
  }
}

/** Makes a jumping clock jump to so much from the true time. */
export function jump(file: string, offset: string): void {
  writeFileSync(file, `${offset}\n`);
}

/** A chat whose programs have another clock. */
export class ChatElsewhen extends Chat {
  readonly #clock: ClockSetting;

  constructor(dir: string, clock: ClockSetting, bundle = builtCli) {
    super({ dir, bundle });
    this.#clock = clock;
  }

  override environment(extra: RunOptions['env'] = {}): ReturnType<Chat['environment']> {
    return super.environment({ ...variables(this.#clock), ...extra });
  }
}
