import { setTimeout as delay } from 'node:timers/promises';
import { Chat } from '../../integration/support/chat.ts';
import { Follower } from '../../integration/support/follower.ts';
import { type Stored, violations } from '../../integration/support/history.ts';
import { until, within } from '../../integration/support/until.ts';
import type { Course, Outcome } from '../part.ts';
import { Injector, missingToInject } from './strace.ts';
import { TimedWriter } from './timed-writer.ts';

const ROOM = 'general';

/**
 * What goes wrong in a running process, as strace takes it; `n` stands for the number of the call. No short writes: strace can
 * only say that some bytes were written and writes none of them, which is a lie no file system tells, and Node goes on
 * with the rest by itself. Full disks make real ones.
 */
const INJECTIONS = [
  'pwrite64:error=EIO:when=n',
  'pwrite64:error=ENOSPC:when=n',
  'fdatasync:error=EIO:when=n',
  'fdatasync:error=ENOSPC:when=n',
  'openat:error=EMFILE:when=n',
  'openat:error=EIO:when=n',
  'fsync:error=EIO:when=n',
  'link,linkat:error=ENOSPC:when=n',
] as const;

/** Real processes whose system calls go wrong. */
export async function injectedRuns(course: Course): Promise<Outcome> {
  const missing = missingToInject();
  if (missing !== null) return { figures: [`real processes: skipped, needs ${missing}`], violations: [] };
  const runs = course.form === 'long' ? 2 * INJECTIONS.length : 1;
  // The last two are made by compactions only, and these take a while to come.
  const order = course.random.shuffle(course.form === 'long' ? INJECTIONS : INJECTIONS.slice(0, -2));
  const found: string[] = [];
  let met = 0;
  let acked = 0;
  for (let run = 0; run < runs; run += 1) {
    const nth = 1 + Math.floor(course.random.between(0, 20));
    const injection = (order[run % order.length] ?? INJECTIONS[0]).replace('=n', `=${nth}`);
    course.progress(`${run + 1} of ${runs}: ${injection}`);
    const result = await injectedRun(injection);
    if (result.met) met += 1;
    acked += result.acked;
    found.push(...result.violations.map((text) => `${injection}: ${text}`));
  }
  return {
    figures: [
      `${runs} faults at system calls of running processes, ${met} of them met; ${acked} acknowledgements`,
    ],
    violations: found,
  };
}

async function injectedRun(
  injection: string,
): Promise<{ violations: string[]; acked: number; met: boolean }> {
  const chat = new Chat();
  const holder = new TimedWriter(chat, 'holder');
  const other = new TimedWriter(chat, 'other');
  const follower = new Follower(chat, 'follower', 0);
  const found: string[] = [];
  let met = false;
  const writers = [holder, other];
  const write = (): void => {
    for (const writer of writers)
      if (writer.inFlight < 8) writer.send(ROOM, `${writer.name} ${writer.sent.length} ${'x'.repeat(3_000)}`);
  };
  let writing: NodeJS.Timeout | undefined;
  try {
    holder.start();
    await until('a hub', () => chat.hub()?.pid === holder.pid);
    for (const program of [other, follower]) program.start();
    writing = setInterval(write, 8);
    await until('acknowledgements', () => writers.every(({ acked }) => acked.length > 0));
    const injector = new Injector(holder.pid, injection);
    await injector.attached();
    // Also until a compaction, which makes all kinds of calls.
    await until('the fault', () => injector.hit, 12_000).catch(() => undefined);
    ({ hit: met } = injector);
    await delay(300);
    found.push(...(await injector.release()));
    const before = other.acked.length;
    await until('an acknowledgement after the fault', () => other.acked.length > before + 10, 20_000);
    clearInterval(writing);
    await Promise.all(writers.map((writer) => within('all answers', writer.settled(), 30_000)));
    const last = Math.max(...writers.flatMap(({ acked }) => acked.map(({ seq }) => seq)));
    await within('the follower', follower.reached(last), 30_000);
    for (const { endedByItself } of [...writers, follower])
      if (endedByItself !== null) found.push(endedByItself);
    await chat.close();
    const { json } = await chat.ok(['read', ROOM, '--limit', '9999999', '--json']);
    const { name, since, messages } = follower;
    found.push(
      ...violations({
        sent: writers.flatMap(({ sent }) => sent),
        acked: writers.flatMap(({ acked }) => acked),
        followed: [{ name, since, messages }],
        history: json as unknown as Stored[],
      }),
    );
  } catch (error) {
    found.push(`${error instanceof Error ? error.message : String(error)}; ${holder.stderr}`);
  } finally {
    clearInterval(writing);
    await chat.close();
  }
  return { violations: found, acked: writers.flatMap(({ acked }) => acked).length, met };
}
