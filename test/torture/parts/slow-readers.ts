import { setTimeout as delay } from 'node:timers/promises';
import { Chat } from '../../integration/support/chat.ts';
import { Follower } from '../../integration/support/follower.ts';
import { type Stored, violations } from '../../integration/support/history.ts';
import { percentile } from '../support/percentile.ts';
import { until, within } from '../../integration/support/until.ts';
import { Writer } from '../../integration/support/writer.ts';
import type { Course, Outcome, Part } from '../part.ts';
import { Crowd } from '../support/crowd.ts';
import { MemoryWatch } from '../support/resident.ts';
import { generalOf, newClient } from '../support/steady-client.ts';

/**
 * Drafts of this length, every so many milliseconds: they go to every session as messages do, and the store does not grow with
 * them, so what the hub grows by is what it holds back for a reader.
 */
const DRAFT_BYTES = 16 * 1024;
const DRAFT_MS = { long: 40, short: 20 };
const MESSAGE_MS = 20;
const STOP_MS = { long: 60_000, short: 4_000 };
const RSS_MB = 64;
const PROCESSES = 4;
const CLIENTS_EACH = { long: 25, short: 8 };
const BACK_MS = { long: 3_000, short: 15_000 };
/** Long enough for each client to give its connection up, too short for anybody to take the hub for dead. */
const FREEZE_MS = 3_500;
const PATIENCE_MS = 60_000;

/** One reader is stopped under load, another one goes on. */
async function stoppedReader({ form }: Course): Promise<Outcome> {
  const chat = new Chat();
  const hub = new Follower(chat, 'the one that holds the hub', 0);
  hub.start();
  await until('a hub', () => chat.hub()?.pid === hub.pid);
  const drafter = newClient(chat.dir);
  try {
    const [stopped, other] = [new Follower(chat, 'stopped', 0), new Follower(chat, 'other', 0)];
    const writer = new Writer(chat, 'writer');
    for (const program of [stopped, other, writer]) program.start();
    let times: number[] = [];
    writer.onAck = (ack, sentAt) => times.push(ack.at - sentAt);
    const roomId = await generalOf(drafter);
    let count = 0;
    const load = [
      setInterval(() => writer.send('general', `message ${(count += 1)}`), MESSAGE_MS),
      setInterval(() => {
        const content = `${performance.now()} `.padEnd(DRAFT_BYTES, 'draft ');
        drafter.request('draft.save', { roomId, content }).catch(() => undefined);
      }, DRAFT_MS[form]),
    ];
    let grown = 0;
    let quiet: number[] = [];
    let quietMb = 0;
    try {
      await delay(STOP_MS[form] / 6);
      times = [];
      await delay(STOP_MS[form] / 3);
      quiet = times;
      times = [];
      const memory = new MemoryWatch(hub.pid);
      quietMb = memory.quiet;
      await stopped.stopFor(() => delay(STOP_MS[form]));
      grown = memory.stop();
    } finally {
      for (const timer of load) clearInterval(timer);
    }
    const stopTimes = times;
    await within('all answers', writer.settled(), PATIENCE_MS);
    const last = Math.max(...writer.acked.map(({ seq }) => seq));
    const started = performance.now();
    for (const reader of [stopped, other, hub])
      await within(`all of it with ${reader.name}`, reader.reached(last), PATIENCE_MS);
    const caughtUp = performance.now() - started;
    await chat.close();
    const { json } = await chat.ok(['read', 'general', '--limit', '999999', '--json'], {
      timeout: PATIENCE_MS,
    });
    const wrong = violations({
      sent: writer.sent,
      acked: writer.acked,
      followed: [stopped, other, hub].map(({ name, since, messages }) => ({ name, since, messages })),
      history: json as unknown as Stored[],
    });
    const [before, during] = [quiet, stopTimes].map((values) => percentile(values, 0.95));
    if (grown > RSS_MB) wrong.push(`the hub grew by ${grown.toFixed(0)} MB for a reader that stood still`);
    if (!((during ?? Infinity) <= Math.max(50, 3 * (before ?? 0))))
      wrong.push(`others were slowed: ${during?.toFixed(0)} ms in place of ${before?.toFixed(0)}`);
    return {
      figures: [
        `a reader stopped for ${STOP_MS[form] / 1_000} s: the hub grew by ${grown.toFixed(0)} MB from ${quietMb.toFixed(0)}; ${stopped.messages.length} messages, caught up ${caughtUp.toFixed(0)} ms after the load; others p95 ${before?.toFixed(1)} ms before, ${during?.toFixed(1)} ms meanwhile`,
      ],
      violations: wrong,
    };
  } finally {
    drafter.dispose();
    await chat.close();
  }
}

/** Many clients on a hub of its own, and something that happens to it. How long each is without it. */
async function reconnecting(
  { form, progress }: Course,
  { what, takeovers, act }: { what: string; takeovers: number; act: (hub: Follower) => Promise<unknown> },
): Promise<Outcome> {
  const chat = new Chat();
  const hub = new Follower(chat, 'hub', 0);
  hub.start();
  await until('a hub', () => chat.hub()?.pid === hub.pid);
  const crowd = new Crowd(chat.dir, PROCESSES, CLIENTS_EACH[form]);
  try {
    await crowd.allReady(PATIENCE_MS);
    const epoch = chat.newestClaim()?.epoch ?? 0;
    const times = await crowd.comesBackAfter(() => act(hub), takeovers > 0, PATIENCE_MS);
    const seen = (chat.newestClaim()?.epoch ?? 0) - epoch;
    const line = `${times.length} clients back after ${what}: p50 ${percentile(times, 0.5).toFixed(0)}, p95 ${percentile(times, 0.95).toFixed(0)}, last ${Math.max(...times).toFixed(0)} ms; ${seen} takeovers`;
    progress(line);
    const wrong: string[] = [];
    if (Math.max(...times) > BACK_MS[form]) wrong.push(`too late: ${line}`);
    if (seen > takeovers) wrong.push(`too many takeovers: ${line}`);
    return { figures: [line], violations: wrong };
  } finally {
    await crowd.stop();
    await chat.close();
  }
}

export const part: Part = {
  name: 'slow-readers',
  title:
    'A reader that stands still under load; a hundred clients that lose their hub, or their connections, at once.',
  demand:
    'the hub grows by 64 MB at most, the reader misses nothing, others are not slowed; all are back in 3 s with at most one takeover',
  minutes: 3,
  run: async (course) => {
    const outcomes = [
      await stoppedReader(course),
      await reconnecting(course, {
        what: 'a kill of the hub',
        takeovers: 1,
        act: (hub) => hub.interrupt('SIGKILL'),
      }),
      await reconnecting(course, {
        what: `a freeze of ${FREEZE_MS / 1_000} s`,
        takeovers: 0,
        act: (hub) => hub.stopFor(() => delay(FREEZE_MS)),
      }),
    ];
    return {
      figures: outcomes.flatMap(({ figures }) => figures),
      violations: outcomes.flatMap(({ violations: found }) => found),
    };
  },
};
