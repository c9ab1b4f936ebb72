import assert from 'node:assert/strict';
import type { Client } from '../../../src/client/api.ts';
import { Emitter } from '../../../src/common/emitter.ts';
import { silentLogger } from '../../../src/common/logger.ts';
import { ReadMarker } from '../../../src/extension/pages/looked-at.ts';
import { newId } from '../../../src/model/ids.ts';

const room = newId();
const me = newId();

/** Attention that a test turns to and away. */
class AttentionFake {
  readonly changes = new Emitter<void>();
  readonly onDidChange = this.changes.event;
  isLookedAt = false;

  turn(isLookedAt: boolean): void {
    this.isLookedAt = isLookedAt;
    this.changes.fire();
  }
}

/** A client reduced to one room and the marks it is asked to move. */
class MarksFake {
  readonly marked = new Emitter<number>();
  readonly client = {
    state: { rooms: new Map([[room, { readSeq: 0, lastSeq: 9 }]]) },
    request: (_name: string, { upTo }: { upTo: number }) => {
      this.marked.fire(upTo);
      return Promise.resolve({});
    },
    // The marker uses two members of a client; the whole of it is tried in real windows.
  } as unknown as Client;
}

describe('ReadMarker', () => {
  let marks: MarksFake;
  let attention: AttentionFake;
  let marker: ReadMarker;
  let asked: number[];

  /** Marks are moved after a pause; this outlasts several of them. */
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 500));
  const nextMark = (): Promise<number> =>
    new Promise((resolve) => {
      const subscription = marks.marked.event((upTo) => {
        subscription.dispose();
        resolve(upTo);
      });
    });

  beforeEach(() => {
    marks = new MarksFake();
    attention = new AttentionFake();
    asked = [];
    marks.marked.event((upTo) => asked.push(upTo));
    marker = new ReadMarker(marks.client, room, attention, silentLogger);
  });
  afterEach(() => marker.dispose());

  it('marks nothing while nobody looks', async () => {
    marker.saw(5, false, me);
    await settle();
    assert.deepEqual(asked, []);
  });

  it('marks what is on screen once somebody looks', async () => {
    marker.saw(5, false, me);
    attention.turn(true);
    assert.equal(await nextMark(), 5);
  });

  it('believes a page that has the focus, also when the editor was not told', async () => {
    marker.saw(5, false, me);
    marker.saw(5, true, me);
    assert.equal(await nextMark(), 5);
  });

  it('counts only what was on screen while the page had the focus', async () => {
    marker.saw(5, true, me);
    assert.equal(await nextMark(), 5);
    marker.saw(7, false, me);
    await settle();
    assert.deepEqual(asked, [5]);
  });

  it('forgets a page that went', async () => {
    marker.saw(5, false, me);
    marker.reset();
    attention.turn(true);
    await settle();
    assert.deepEqual(asked, []);
  });

  it('moves a mark once, and never beyond the last message of the room', async () => {
    attention.turn(true);
    marker.saw(12, true, me);
    assert.equal(await nextMark(), 9);
    marker.saw(9, true, me);
    await settle();
    assert.deepEqual(asked, [9]);
  });
});
