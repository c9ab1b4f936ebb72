import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { addLive, addNewer, addOlder, type HistoryWindow } from '../../../webview/state/history.ts';
import { message } from '../../page/builders.ts';

const run = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index, `m${from + index}`));

function window(from: number, to: number, ends: Partial<HistoryWindow> = {}): HistoryWindow {
  return { messages: run(from, to), reachedStart: false, reachedEnd: false, ...ends };
}

const seqs = ({ messages }: HistoryWindow): number[] => messages.map(({ seq }) => seq);
const span = (of: HistoryWindow): [number | undefined, number | undefined, number] => [
  of.messages[0]?.seq,
  of.messages.at(-1)?.seq,
  of.messages.length,
];

describe('history window', () => {
  it('puts older pages in front, once, and learns where the room starts', () => {
    const joined = addOlder(window(10, 20, { reachedEnd: true }), window(5, 12, { reachedStart: true }));
    assert.deepEqual(
      seqs(joined),
      Array.from({ length: 16 }, (_, index) => index + 5),
    );
    assert.equal(joined.reachedStart, true);
    assert.equal(joined.reachedEnd, true);
  });

  it('drops the newest beyond the limit when older ones come, and then does not reach the end', () => {
    const joined = addOlder(window(11, 20, { reachedEnd: true }), window(1, 10), 15);
    assert.deepEqual(span(joined), [1, 15, 15]);
    assert.equal(joined.reachedEnd, false);
  });

  it('drops the oldest beyond the limit when newer ones come, and then does not reach the start', () => {
    const joined = addNewer(
      window(1, 10, { reachedStart: true }),
      window(11, 20, { reachedEnd: true }),
      20,
      15,
    );
    assert.deepEqual(span(joined), [6, 20, 15]);
    assert.equal(joined.reachedStart, false);
    assert.equal(joined.reachedEnd, true);
  });

  it('does not believe to have reached the end when a newer message is known', () => {
    const joined = addNewer(window(1, 10), window(11, 20, { reachedEnd: true }), 21);
    assert.equal(joined.reachedEnd, false);
  });

  it('takes live messages at the end, once', () => {
    const before = window(1, 10, { reachedEnd: true });
    const once = addLive(before, run(10, 12), true);
    assert.deepEqual(span(once), [1, 12, 12]);
    assert.deepEqual(span(addLive(once, run(11, 12), true)), [1, 12, 12]);
  });

  it('takes no live message when there would be a gap, but a change of one it has', () => {
    const before = window(1, 10);
    assert.equal(addLive(before, run(20, 21), true), before);
    const changed = { ...message(3, 'edited'), rev: 50 };
    assert.equal(addLive(before, [changed], false).messages[2]?.content, 'edited');
    const stale = { ...message(3, 'stale'), rev: 1 };
    assert.equal(addLive(before, [stale], false).messages[2]?.content, 'm3');
  });

  it('drops the oldest while the end is followed, and gives up the end while older ones are read', () => {
    const before = window(1, 10, { reachedEnd: true, reachedStart: true });
    const followed = addLive(before, run(11, 12), true, 10);
    assert.deepEqual(span(followed), [3, 12, 10]);
    assert.equal(followed.reachedStart, false);
    const read = addLive(before, run(11, 12), false, 10);
    assert.deepEqual(span(read), [1, 10, 10]);
    assert.equal(read.reachedEnd, false);
  });
});
