import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { deferred } from '../../../src/common/deferred.ts';
import { limits } from '../../../src/model/limits.ts';
import { byteLength, Draft } from '../../../webview/state/draft.ts';
import { KeptDraft } from '../../../webview/state/kept-draft.ts';
import { id, people, roomId } from '../../page/builders.ts';
import { memory } from './memory.ts';

const seat = { roomId, profileId: people.ada.id };
const otherRoom = { ...seat, roomId: id(2) };
const otherProfile = { ...seat, profileId: people.grace.id };

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('draft', () => {
  let saved: string[];
  let draft: Draft;
  let storage: Storage;
  /** A page on the storage that all pages share. */
  const open = (): Draft =>
    new Draft((_, content) => {
      saved.push(content);
      return Promise.resolve();
    }, new KeptDraft(storage));
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    saved = [];
    storage = memory();
    draft = open();
    draft.open(seat, '');
  });
  afterEach(() => mock.timers.reset());

  /** A draft whose saves wait until the test lets them go. */
  function held(): { readonly ask: (() => void)[]; readonly failing: (() => void)[] } {
    const ask: (() => void)[] = [];
    const failing: (() => void)[] = [];
    draft = new Draft((_, content) => {
      saved.push(content);
      const answer = deferred<void>();
      ask.push(answer.resolve);
      failing.push(() => answer.reject(new Error('no')));
      return answer.promise;
    }, new KeptDraft(storage));
    draft.open(seat, '');
    return { ask, failing };
  }

  it('is handed over 50 ms after a key, with the keys that came meanwhile', async () => {
    draft.typed('a');
    mock.timers.tick(49);
    assert.deepEqual(saved, []);
    draft.typed('ab');
    mock.timers.tick(1);
    assert.deepEqual(saved, ['ab']);
    await settled();
    mock.timers.tick(60_000);
    assert.deepEqual(saved, ['ab']);
  });

  it('is handed over once at a time while keys go on, and the last text follows the answer', async () => {
    const { ask } = held();
    draft.typed('a');
    mock.timers.tick(50);
    draft.typed('ab');
    mock.timers.tick(50);
    draft.typed('abc');
    mock.timers.tick(500);
    assert.deepEqual(saved, ['a']);
    ask[0]?.();
    await settled();
    mock.timers.tick(50);
    assert.deepEqual(saved, ['a', 'abc']);
  });

  it('is handed over at once when the page goes, and only what waits', async () => {
    draft.flush();
    draft.typed('a');
    draft.flush();
    draft.flush();
    await settled();
    mock.timers.tick(5_000);
    assert.deepEqual(saved, ['a']);
  });

  it('is handed over whatever its length, up to a million characters', () => {
    draft.typed('ü'.repeat(limits.contentBytes));
    mock.timers.tick(50);
    assert.equal(saved[0]?.length, limits.contentBytes);
    draft.open(otherRoom, '');
    draft.typed('x'.repeat(1_000_001));
    mock.timers.tick(50);
    assert.equal(saved[1]?.length, 1_000_000);
  });

  it('takes text from outside only when nothing of its own waits or is under way', async () => {
    const { ask } = held();
    assert.equal(draft.offer('theirs'), true);
    draft.typed('mine');
    assert.equal(draft.offer('other'), false);
    draft.flush();
    assert.equal(draft.offer('other'), false);
    ask[0]?.();
    await settled();
    assert.equal(draft.offer('mine'), false);
    assert.equal(draft.offer('other'), true);
    assert.equal(draft.text, 'other');
  });

  it('does not take a text for saved that was typed while another was being saved', async () => {
    const { ask } = held();
    draft.typed('a');
    mock.timers.tick(50);
    draft.typed('ab');
    ask[0]?.();
    await settled();
    assert.equal(draft.offer('theirs'), false);
    assert.equal(draft.text, 'ab');
  });

  it('takes text from outside after a message was sent in the middle of a save', async () => {
    const { ask } = held();
    draft.typed('sent');
    mock.timers.tick(50);
    draft.sent();
    ask[0]?.();
    await settled();
    assert.equal(draft.offer('theirs'), true);
    assert.equal(draft.text, 'theirs');
  });

  it('does not save after sending', () => {
    draft.typed('gone');
    draft.sent();
    mock.timers.tick(5_000);
    assert.deepEqual(saved, []);
  });

  it('tries again after a save that failed, and lets nothing from outside in until it is saved', async () => {
    const { ask, failing } = held();
    draft.typed('a');
    draft.flush();
    failing[0]?.();
    await settled();
    assert.equal(draft.offer('theirs'), false);
    mock.timers.tick(5_000);
    assert.deepEqual(saved, ['a', 'a']);
    ask[1]?.();
    await settled();
    assert.equal(draft.offer('theirs'), true);
  });

  it('goes to the room and the profile it was typed for when another is opened', () => {
    const asked: [string, string, string][] = [];
    draft = new Draft(({ roomId: room, profileId }, content) => {
      asked.push([room, profileId, content]);
      return Promise.resolve();
    }, new KeptDraft(storage));
    draft.open(seat, '');
    draft.typed('here');
    draft.open(otherRoom, 'there');
    assert.equal(draft.text, 'there');
    draft.typed('there too');
    draft.open(otherProfile, '');
    mock.timers.tick(5_000);
    assert.deepEqual(asked, [
      [seat.roomId, seat.profileId, 'here'],
      [otherRoom.roomId, otherRoom.profileId, 'there too'],
    ]);
  });

  it('is found by the next page when no host has taken it', () => {
    held();
    draft.typed('typed while');
    mock.timers.tick(50);
    draft.typed('typed while nobody answers');
    const next = open();
    next.open(seat, 'typed');
    assert.equal(next.text, 'typed while nobody answers');
    saved = [];
    mock.timers.tick(50);
    assert.deepEqual(saved, ['typed while nobody answers']);
  });

  it('is not found when a host took it, when it was sent, in another seat, or where another text stands by now', async () => {
    draft.typed('taken');
    mock.timers.tick(50);
    await settled();
    assert.equal(storage.length, 0);
    draft.typed('sent');
    draft.sent();
    assert.equal(storage.length, 0);
    held();
    draft.typed('mine');
    for (const [elsewhere, text] of [
      [otherRoom, ''],
      [otherProfile, ''],
      [seat, 'of another window'],
    ] as const) {
      const next = open();
      next.open(elsewhere, text);
      assert.equal(next.text, text);
    }
  });

  it('is not held up by what is still being saved of another room', () => {
    held();
    draft.typed('here');
    draft.open(otherRoom, '');
    assert.equal(draft.offer('theirs'), true);
  });

  it('is handed over again with each snapshot of its room until a host has taken it', async () => {
    const { ask } = held();
    draft.typed('mine');
    mock.timers.tick(50);
    draft.open(seat, 'stale');
    assert.equal(draft.text, 'mine');
    assert.deepEqual(saved, ['mine', 'mine']);
    ask[1]?.();
    ask[0]?.();
    await settled();
    draft.open(seat, 'newer');
    assert.equal(draft.text, 'newer');
  });

  it('counts bytes, not characters', () => {
    assert.equal(byteLength('aü日🧭'), 1 + 2 + 3 + 4);
  });
});
