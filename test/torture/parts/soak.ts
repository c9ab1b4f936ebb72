import { existsSync } from 'node:fs';
import type { Course, Outcome, Part } from '../part.ts';
import { type Look, Soak } from '../support/soak.ts';

const MiB = 1024 * 1024;

/**
 * The whole database is in memory, a second one beside it while an epoch begins from an export, and its bytes are written from a
 * copy and read back. So for each byte it grows so many may be added, and nothing else may grow.
 */
const PER_BASE_BYTE = 6;
const ALLOWANCE = 48 * MiB;

async function run({ form, random, progress }: Course): Promise<Outcome> {
  const isLong = form === 'long';
  const [events, compactions] = isLong ? [1_000_000, 100] : [20_000, 10];
  let told = performance.now();
  const { looks, violations, messages } = await new Soak(random).run(events, (look) => {
    if (performance.now() - told < 5_000) return;
    told = performance.now();
    progress(
      `${look.events} events, epoch ${look.epoch}, ${inMiB(look.rss)} of memory, base ${inMiB(look.baseBytes)}`,
    );
  });
  const last = looks.at(-1);
  const epochs = (last?.epoch ?? 1) - 1;
  const wrong = [...violations];
  if (epochs < compactions) wrong.push(`${epochs} compactions in place of ${compactions}`);
  const second = average(looks, 0.25, 0.5);
  const fourth = average(looks, 0.75, 1);
  const explained = PER_BASE_BYTE * (fourth.baseBytes - second.baseBytes) + ALLOWANCE;
  // In the short form the memory of a process that was just started is not what it will be.
  if (isLong && fourth.rss - second.rss > explained)
    wrong.push('the memory grows more than the database does');
  return {
    figures: [
      `${last?.events ?? 0} events, ${messages} of them messages, ${epochs} compactions`,
      `memory ${inMiB(second.rss)} in the second quarter, ${inMiB(fourth.rss)} in the last one; the base ${inMiB(second.baseBytes)}, then ${inMiB(fourth.baseBytes)}`,
      `${looks.length} looks, never more than two generations of files`,
    ],
    violations: wrong,
  };
}

/** Of the looks in a stretch of all events. */
function average(looks: readonly Look[], from: number, to: number): Pick<Look, 'rss' | 'baseBytes'> {
  const all = looks.at(-1)?.events ?? 0;
  const within = looks.filter(({ events }) => events >= all * from && events <= all * to);
  const mean = (of: (look: Look) => number): number =>
    within.reduce((sum, look) => sum + of(look), 0) / Math.max(1, within.length);
  return { rss: mean(({ rss }) => rss), baseBytes: mean(({ baseBytes }) => baseBytes) };
}

const inMiB = (bytes: number): string => `${(bytes / MiB).toFixed(0)} MiB`;

export const part: Part = {
  name: 'soak',
  title: 'One hub stores event after event, and compacts again and again.',
  demand: 'memory grows with the database alone, at most two generations of files, nothing lost',
  minutes: 6,
  missing: () => (existsSync('/proc/self/status') ? null : '/proc, to read the memory of a process'),
  run,
};
