import { cpSync } from 'node:fs';
import type { Message } from '../../../src/model/entities.ts';
import { newId } from '../../../src/model/ids.ts';
import { type Acked, type Sent, type Stored, violations } from '../../integration/support/history.ts';
import { within } from '../../integration/support/until.ts';
import { type TestClient, TestHubs } from '../../unit/hub/support.ts';
import type { FailingFiles } from './failing-files.ts';

const quick = { watchMs: 20, retryMs: 30, longestRetryMs: 60, compactionPauseMs: 30 };
const ROOM = 'general';
/** A fault that is not met in so many lives of a hub is not met at all. */
const LIVES = 14;
const MESSAGES = 4;

export interface ErrorsResult {
  readonly violations: readonly string[];
  readonly acked: number;
  readonly refused: number;
}

/** A store with a few messages, to begin each run from. Whoever made it disposes of it. */
export async function template(): Promise<{ hubs: TestHubs; sent: Sent[]; acked: Acked[] }> {
  const hubs = new TestHubs();
  const run = new Run(hubs);
  await run.life({});
  return { hubs, sent: run.sent, acked: run.acked };
}

/** Hubs over a copy of `from`, one after the other, on a disk that fails; then one on a disk that does not. */
export async function runOn(
  files: FailingFiles,
  from: Awaited<ReturnType<typeof template>>,
): Promise<ErrorsResult> {
  const hubs = new TestHubs();
  const run = new Run(hubs, from.sent, from.acked);
  try {
    cpSync(from.hubs.directory, hubs.directory, {
      recursive: true,
      filter: (file) => !file.endsWith('.sock'),
    });
    for (let life = 1; life <= LIVES; life += 1) {
      const wasHit = files.hit;
      await run.life({ files });
      if (wasHit) break;
    }
    files.heal();
    const history = await run.history();
    const { sent, acked, refused } = run;
    const found = violations({ sent, acked, followed: [], history });
    const again = files.touchedAgain.map((call) => `${call} on a file that had failed`);
    return { violations: [...found, ...again], acked: acked.length, refused };
  } finally {
    await hubs.dispose();
  }
}

class Run {
  readonly sent: Sent[];
  readonly acked: Acked[];
  refused = 0;
  readonly #hubs: TestHubs;

  constructor(hubs: TestHubs, sent: readonly Sent[] = [], acked: readonly Acked[] = []) {
    this.#hubs = hubs;
    this.sent = [...sent];
    this.acked = [...acked];
  }

  /** A hub begins, takes some messages and ends. It may also fail, at any time. */
  async life(options: { files?: FailingFiles }): Promise<void> {
    const { hub, end } = await this.#hubs.start({ ...options, times: quick });
    if (hub.state === 'ready' || hub.state === 'readonly') await this.#talk();
    hub.stop();
    await within('the end of a hub', end);
  }

  async #talk(): Promise<void> {
    let client: TestClient | null = null;
    for (let number = 1; number <= MESSAGES; number += 1) {
      try {
        if (client?.isClosed !== false) client = await this.#hubs.join('Ada');
        const general = client.room(ROOM);
        await Promise.all([this.#send(client, general), this.#send(client, general)]);
      } catch {
        // Without a hub that answers there is nothing to ask; what was acknowledged counts.
        this.refused += 1;
        client = null;
      }
    }
    client?.close();
  }

  async #send(client: TestClient, room: string): Promise<void> {
    const id = newId();
    const content = `message ${this.sent.length}`;
    this.sent.push({ id, room: ROOM, content, at: performance.now() });
    const { seq } = await client.send(room, content, id);
    this.acked.push({ id, seq, at: performance.now() });
  }

  async history(): Promise<Stored[]> {
    const { hub, end } = await this.#hubs.start({ times: quick });
    const client = await this.#hubs.join('Ada');
    const roomId = client.room(ROOM);
    const all: Message[] = [];
    for (let after = 0; ;) {
      const page = await client.request('history.page', { roomId, after, limit: 200 });
      all.push(...page.messages);
      if (page.reachedEnd) break;
      after = page.messages.at(-1)?.seq ?? after;
    }
    hub.stop();
    await end;
    return all.map(({ id, seq, content }) => ({ id, seq, room: ROOM, content }));
  }
}
