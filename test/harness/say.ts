/** What the harness tells the person who waits: one line when something starts, with how long it may take, and one when it is done. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** 0.4 s, 12 s, 3 min 05 s. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** Says what begins, does it, says how long it took. `expect` is the usual time, as in "about 40 s, once". */
export async function step<T>(title: string, expect: string, work: () => Promise<T>): Promise<T> {
  const started = Date.now();
  say(`• ${title} (${expect})`);
  const result = await work();
  say(`  done in ${duration(Date.now() - started)}`);
  return result;
}

/** Runs a script to its end and ends the process: with one message and code 1 when it fails. */
export async function runAsProgram(work: () => Promise<void>): Promise<never> {
  try {
    await work();
    process.exit(0);
  } catch (error) {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
