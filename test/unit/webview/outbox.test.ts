import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Outbox } from '../../../webview/state/outbox.ts';
import { id } from '../../page/builders.ts';

const pending = (number: number, state: 'sending' | 'failed' = 'sending') => ({
  id: id(number),
  content: `p${number}`,
  timestamp: '2026-11-23T09:00:00.000Z',
  state,
  fault: null,
});
const never = (): boolean => false;
const contents = (outbox: Outbox): string[] => outbox.messages.map(({ content }) => content);

describe('outbox of the page', () => {
  it('shows a message from the moment it is sent, before the host lists it, and once when it does', () => {
    const outbox = new Outbox();
    outbox.add(pending(2));
    outbox.list([pending(1)], never);
    assert.deepEqual(contents(outbox), ['p1', 'p2']);
    outbox.list([pending(1), pending(2)], never);
    assert.deepEqual(contents(outbox), ['p1', 'p2']);
    assert.equal(outbox.isFresh(id(2)), false);
  });

  it('keeps a message that left the list until it is stored, so that it never disappears in between', () => {
    const outbox = new Outbox();
    outbox.list([pending(1)], never);
    assert.deepEqual(outbox.list([], never), [pending(1)]);
    assert.deepEqual(contents(outbox), ['p1']);
    outbox.settle([id(1)]);
    assert.deepEqual(contents(outbox), []);
  });

  it('lets go at once of what is stored already, and of what failed and was taken back', () => {
    const outbox = new Outbox();
    outbox.list([pending(1), pending(2, 'failed')], never);
    assert.deepEqual(
      outbox.list([], (candidate) => candidate === id(1)),
      [],
    );
    assert.deepEqual(contents(outbox), []);
  });

  it('forgets in the end what never turned up', () => {
    const outbox = new Outbox();
    outbox.list([pending(1)], never);
    outbox.forget(outbox.list([], never));
    assert.deepEqual(contents(outbox), []);
  });

  it('does not forget what was listed again in the meantime and has just left once more', () => {
    const outbox = new Outbox();
    outbox.list([pending(1)], never);
    const left = outbox.list([], never);
    outbox.list([pending(1)], never);
    const again = outbox.list([], never);
    outbox.forget(left);
    assert.deepEqual(contents(outbox), ['p1']);
    outbox.forget(again);
    assert.deepEqual(contents(outbox), []);
  });

  it('marks a message that could not be handed over, and knows that it has to be sent anew', () => {
    const outbox = new Outbox();
    outbox.add(pending(1));
    outbox.fail(id(1), { code: 'TIMEOUT', params: {} });
    assert.equal(outbox.find(id(1))?.state, 'failed');
    assert.equal(outbox.isFresh(id(1)), true);
    outbox.list([pending(1)], never);
    assert.equal(outbox.find(id(1))?.state, 'sending');
  });

  it('does not list twice what comes back after it left', () => {
    const outbox = new Outbox();
    outbox.list([pending(1)], never);
    outbox.list([], never);
    outbox.list([pending(1)], never);
    assert.deepEqual(contents(outbox), ['p1']);
  });
});
