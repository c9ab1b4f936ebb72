import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { deferred, type Deferred } from '../../../src/common/deferred.ts';
import type { Message } from '../../../src/model/entities.ts';
import { WINDOW_LIMIT, type HistoryWindow } from '../../../webview/state/history.ts';
import { type HistoryQuestion, RoomHistory } from '../../../webview/state/room-history.ts';
import { Shown } from '../../../webview/state/shown.ts';
import { message, people, roomId } from '../../page/builders.ts';

const me = people.ada.id;
const run = (from: number, to: number): Message[] =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index, ''));
const window = (from: number, to: number, ends: Partial<HistoryWindow> = {}): HistoryWindow => ({
  messages: run(from, to),
  reachedStart: from === 1,
  reachedEnd: false,
  ...ends,
});
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('history of the page', () => {
  let history: RoomHistory;
  let asked: { question: HistoryQuestion; answer: Deferred<HistoryWindow> }[];

  beforeEach(() => {
    asked = [];
    history = new RoomHistory((question) => {
      const answer = deferred<HistoryWindow>();
      asked.push({ question, answer });
      return answer.promise;
    }, new Shown());
  });

  /** Answers the n-th question from a room of 1000 messages. */
  async function answer(n: number): Promise<void> {
    const { question, answer: waiting } = asked[n] ?? assert.fail(`question ${n} was not asked`);
    const { before = 1001, after = 0, limit } = question;
    if (question.after === undefined) {
      const from = Math.max(1, before - limit);
      waiting.resolve(window(from, before - 1, { reachedEnd: before === 1001 }));
    } else {
      const to = Math.min(1000, after + limit);
      waiting.resolve(window(after + 1, to, { reachedEnd: to === 1000 }));
    }
    await settled();
  }
  async function fail(n: number): Promise<void> {
    asked[n]?.answer.reject(new Error('no'));
    await settled();
  }
  const seqs = (): number[] => history.state.history.messages.map(({ seq }) => seq);
  function assertNoGap(): void {
    const [first = 0] = seqs();
    assert.deepEqual(
      seqs(),
      seqs().map((_, index) => first + index),
    );
  }

  it('names the room it asks for', () => {
    history.open(roomId, window(100, 200), 1000, true);
    history.loadOlder();
    assert.deepEqual(asked[0]?.question, { roomId, before: 100, limit: 60 });
  });

  it('has no gap when a page of the old stretch comes after the jump to the newest', async () => {
    history.open(roomId, window(100, 200), 1000, true);
    history.loadNewer();
    void history.showNewest();
    await answer(1);
    await answer(0);
    assert.equal(seqs().at(-1), 1000);
    assertNoGap();
  });

  it('has no gap when a page that was asked for during the jump comes after it', async () => {
    history.open(roomId, window(100, 200), 1000, true);
    void history.showNewest();
    history.loadOlder();
    await answer(0);
    await answer(1);
    assert.equal(seqs().at(-1), 1000);
    assertNoGap();
  });

  it('has no gap when a page of the old stretch comes after a message was revealed', async () => {
    history.open(roomId, window(941, 1000, { reachedEnd: true }), 1000, true);
    history.loadOlder();
    void history.reveal(300);
    await answer(1);
    await answer(2);
    await answer(0);
    assert.ok(seqs().includes(300));
    assertNoGap();
  });

  it('has no gap when live messages push off what an older page was to be joined to', async () => {
    history.open(roomId, window(1001 - WINDOW_LIMIT, 1000, { reachedEnd: true }), 1000, true);
    history.loadOlder();
    history.add(run(1001, 1070), me);
    await answer(0);
    assertNoGap();
    assert.equal(seqs().at(-1), 1070);
  });

  it('loads on after a replacement, at both ends', async () => {
    history.open(roomId, window(100, 200), 1000, true);
    history.loadNewer();
    void history.reveal(500);
    await answer(1);
    await answer(2);
    assert.deepEqual(history.state.edges, { older: 'quiet', newer: 'quiet' });
    history.loadNewer();
    assert.equal(asked.length, 4);
    await answer(3);
    assertNoGap();
  });

  it('does what was asked last: a later jump wins over an earlier one', async () => {
    history.open(roomId, window(100, 200), 1000, true);
    void history.reveal(500);
    void history.showNewest();
    await answer(2);
    await answer(0);
    await answer(1);
    assert.equal(seqs().at(-1), 1000);
  });

  it('offers to try again at the end that failed, and goes on loading at the other', async () => {
    history.open(roomId, window(100, 200), 1000, true);
    history.loadOlder();
    await fail(0);
    assert.deepEqual(history.state.edges, { older: 'failed', newer: 'quiet' });
    history.loadNewer();
    await answer(1);
    assert.deepEqual(history.state.edges, { older: 'failed', newer: 'quiet' });
    assert.equal(seqs().at(-1), 260);
    void history.showNewest();
    await fail(2);
    assert.deepEqual(history.state.edges, { older: 'failed', newer: 'failed' });
    history.forgetFailures();
    assert.deepEqual(history.state.edges, { older: 'quiet', newer: 'quiet' });
  });

  it('counts as missed what counts as unread: also what an agent wrote under my own profile', () => {
    history.open(roomId, window(900, 1000, { reachedEnd: true }), 1000, true);
    history.follow(false);
    history.add(
      [
        message(1001, 'typed by me', { by: people.ada }),
        message(1002, 'by my agent', { by: people.ada, kind: 'agent' }),
        message(1003, 'by another'),
      ],
      me,
    );
    assert.equal(history.state.missed, 2);
    history.follow(true);
    assert.equal(history.state.missed, 0);
  });
});
