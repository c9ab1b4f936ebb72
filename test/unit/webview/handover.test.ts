import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { type HandedMessage, Handover } from '../../../webview/state/handover.ts';
import { memory } from './memory.ts';
import { id, people, roomId } from '../../page/builders.ts';

const seat = { roomId, profileId: people.ada.id };
const NOW = Date.UTC(2026, 10, 23, 9, 0);
const HOUR = 60 * 60 * 1000;

function sent(number: number, changes: Partial<HandedMessage> = {}): HandedMessage {
  const timestamp = new Date(NOW).toISOString();
  return { id: id(number), ...seat, content: `m${number}`, timestamp, ...changes };
}

const contents = (messages: readonly HandedMessage[]): string[] => messages.map(({ content }) => content);

describe('handover of sent messages', () => {
  beforeEach(() => mock.timers.enable({ apis: ['Date'], now: NOW }));
  afterEach(() => mock.timers.reset());

  it('shows another page of the same seat what no host has answered for, in the order of sending', () => {
    const storage = memory();
    const page = new Handover(storage);
    page.keep(sent(2));
    page.keep(sent(1));
    page.keep(sent(3, { roomId: id(2) }));
    page.keep(sent(4, { profileId: people.grace.id }));
    page.keep(sent(5));
    page.release(id(5));
    assert.deepEqual(contents(new Handover(storage).waiting(seat)), ['m1', 'm2']);
    assert.deepEqual(new Handover(storage).waiting(seat)[0], sent(1));
  });

  it('keeps the latest hundred, for a day', () => {
    const storage = memory();
    const page = new Handover(storage);
    for (let number = 1; number <= 103; number++) page.keep(sent(number));
    assert.equal(storage.length, 100);
    assert.equal(page.waiting(seat)[0]?.content, 'm4');
    mock.timers.tick(23 * HOUR);
    assert.equal(page.waiting(seat).length, 100);
    mock.timers.tick(HOUR);
    assert.deepEqual(page.waiting(seat), []);
    assert.equal(storage.length, 0);
  });

  it('touches nothing else that is stored there, and reads nothing that it did not write', () => {
    const storage = memory();
    storage.setItem('other', 'theirs');
    storage.setItem(`local-chat.sent.${id(1)}`, '{"id":"x"}');
    storage.setItem(`local-chat.sent.${id(2)}`, 'no JSON');
    assert.deepEqual(new Handover(storage).waiting(seat), []);
    assert.equal(storage.getItem('other'), 'theirs');
    assert.equal(storage.length, 1);
  });

  it('does without a storage, and with one that is full or forbidden', () => {
    const refuse = (): never => {
      throw new Error('QuotaExceededError');
    };
    const forbidden: Storage = {
      get length(): number {
        return refuse();
      },
      key: refuse,
      getItem: refuse,
      setItem: refuse,
      removeItem: refuse,
      clear: refuse,
    };
    for (const storage of [null, forbidden]) {
      const page = new Handover(storage);
      page.keep(sent(1));
      page.release(id(1));
      assert.deepEqual(page.waiting(seat), []);
    }
  });
});
