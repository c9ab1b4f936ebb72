import assert from 'node:assert/strict';
import type { Client, StateChange } from '../../../src/client/api.ts';
import { ChangeSet } from '../../../src/client/fold.ts';
import { follow } from '../../../src/client/follow.ts';
import { Emitter } from '../../../src/common/emitter.ts';
import type { Message } from '../../../src/model/entities.ts';
import { newId } from '../../../src/model/ids.ts';

const room = newId();
const message = (seq: number, roomId: string = room): Message => ({
  id: newId(),
  seq,
  roomId,
  senderId: newId(),
  kind: 'person',
  content: `m${seq}`,
  timestamp: '2026-11-23T09:30:00.000Z',
  rev: seq,
});

/** A hub reduced to its history: pages of three, and live messages told while `connected`. */
class HistoryFake {
  readonly history: Message[] = [];
  readonly changes = new Emitter<StateChange>();
  connected = true;
  pagesServed = 0;
  /** Runs between the reading of a page and its arrival. */
  beforeReply: () => void = () => undefined;

  readonly client = {
    onDidChangeState: this.changes.event,
    state: { seq: Number.MAX_SAFE_INTEGER },
    request: async (_name: string, params: { roomId: string | null; after: number }) => {
      const newer = this.history.filter(
        (entry) => entry.seq > params.after && (params.roomId === null || entry.roomId === params.roomId),
      );
      this.pagesServed += 1;
      await Promise.resolve();
      this.beforeReply();
      return { messages: newer.slice(0, 3), reachedStart: false, reachedEnd: newer.length <= 3 };
    },
    // The reader uses three members of a client; the whole of it is tried against a real hub elsewhere.
  } as unknown as Client;

  post(...messages: Message[]): void {
    this.history.push(...messages);
    if (!this.connected) return;
    const change = new ChangeSet();
    change.messages.push(...messages);
    this.changes.fire(change);
  }

  reconnect(): void {
    this.connected = true;
    const change = new ChangeSet();
    change.resumed = 'continued';
    this.changes.fire(change);
  }
}

/** Reads until `count` messages have come, then stops following. */
async function take(
  hub: HistoryFake,
  count: number,
  after = 0,
  roomId: string | null = null,
): Promise<number[]> {
  const stop = new AbortController();
  const seqs: number[] = [];
  for await (const entry of follow(hub.client, roomId, after, stop.signal)) {
    seqs.push(entry.seq);
    if (seqs.length === count) stop.abort();
  }
  return seqs;
}

describe('follow', () => {
  let hub: HistoryFake;
  beforeEach(() => {
    hub = new HistoryFake();
  });

  it('reads history in pages and goes on with live messages', async () => {
    for (let seq = 1; seq <= 7; seq += 1) hub.history.push(message(seq));
    const reading = take(hub, 9);
    await new Promise((resolve) => setImmediate(resolve));
    hub.post(message(8));
    hub.post(message(9));
    assert.deepEqual(await reading, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('gives a message once that came live while its page was on the way', async () => {
    hub.history.push(message(1));
    hub.beforeReply = () => {
      hub.beforeReply = () => undefined;
      hub.post(message(2));
    };
    assert.deepEqual(await take(hub, 2), [1, 2]);
  });

  it('fetches what went by while the connection was lost', async () => {
    const reading = take(hub, 5);
    await new Promise((resolve) => setImmediate(resolve));
    hub.post(message(1));
    hub.connected = false;
    for (let seq = 2; seq <= 4; seq += 1) hub.post(message(seq));
    hub.reconnect();
    hub.post(message(5));
    assert.deepEqual(await reading, [1, 2, 3, 4, 5]);
  });

  it('reads from history again in place of piling up for a slow reader', async () => {
    const stop = new AbortController();
    const reader = follow(hub.client, null, 0, stop.signal)[Symbol.asyncIterator]();
    hub.history.push(message(1));
    assert.equal((await reader.next()).value?.seq, 1);
    for (let seq = 2; seq <= 3_000; seq += 1) hub.post(message(seq));
    for (let seq = 2; seq <= 3_000; seq += 1) assert.equal((await reader.next()).value?.seq, seq);
    assert.ok(hub.pagesServed > 600, 'most of it came in pages');
    stop.abort();
    assert.equal((await reader.next()).done, true);
  });

  it('follows one room', async () => {
    const other = newId();
    hub.history.push(message(1), message(2, other), message(3));
    const reading = take(hub, 3, 0, room);
    await new Promise((resolve) => setImmediate(resolve));
    hub.post(message(4, other), message(5));
    assert.deepEqual(await reading, [1, 3, 5]);
  });

  it('ends when it is told to, also while it waits', async () => {
    const stop = new AbortController();
    const reading = follow(hub.client, null, 0, stop.signal)[Symbol.asyncIterator]().next();
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    assert.equal((await reading).done, true);
  });
});
