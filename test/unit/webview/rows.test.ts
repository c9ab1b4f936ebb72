import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type Row, rowsOf } from '../../../webview/state/rows.ts';
import { id, message, people } from '../../page/builders.ts';

const { ada, grace, make } = people;

function shape(rows: readonly Row[]): string[] {
  return rows.map((row) => {
    switch (row.kind) {
      case 'day':
        return 'day';
      case 'unread':
        return 'new';
      case 'message':
        return `${row.first ? '+' : ' '}${row.message.content}`;
    }
  });
}

function rows(
  messages: ReturnType<typeof message>[],
  more: Partial<Parameters<typeof rowsOf>[0]> = {},
): readonly Row[] {
  return rowsOf({ messages, pending: [], me: ada.id, unreadAfter: null, ...more });
}

describe('rows of the message list', () => {
  it('is empty for an empty room', () => {
    assert.deepEqual(rows([]), []);
  });

  it('groups one author while no more than five minutes lie between two messages', () => {
    const list = rows([
      message(1, 'a', { by: grace, minute: 0 }),
      message(2, 'b', { by: grace, minute: 5 }),
      message(3, 'c', { by: grace, minute: 10.1 }),
      message(4, 'd', { by: ada, minute: 10.2 }),
    ]);
    assert.deepEqual(shape(list), ['day', '+a', ' b', '+c', '+d']);
  });

  it('does not group what a person and a script of one profile wrote', () => {
    const list = rows([
      message(1, 'typed', { by: make, minute: 0 }),
      message(2, 'run', { by: make, kind: 'script', minute: 1 }),
    ]);
    assert.deepEqual(shape(list), ['day', '+typed', '+run']);
  });

  it('begins a group after a day line and after the unread line', () => {
    const night = 24 * 60 - 9 * 60;
    const list = rows(
      [
        message(1, 'late', { minute: night - 1 }),
        message(2, 'early', { minute: night + 1 }),
        message(3, 'new', { minute: night + 2 }),
        message(4, 'newer', { minute: night + 3 }),
      ],
      { unreadAfter: 2 },
    );
    assert.equal(shape(list).filter((entry) => entry === 'new').length, 1);
    const at = shape(list);
    assert.equal(at[at.indexOf('new') + 1], '+new');
    assert.deepEqual(at.slice(-2), ['+new', ' newer']);
  });

  it('draws no unread line when nothing after it is loaded', () => {
    assert.deepEqual(shape(rows([message(1, 'a')], { unreadAfter: 1 })), ['day', '+a']);
  });

  it('draws the unread line before what counts as unread, not before what I typed myself', () => {
    const list = rows(
      [
        message(1, 'read', { by: grace, minute: 0 }),
        message(2, 'mine', { by: ada, minute: 1 }),
        message(3, 'of my agent', { by: ada, kind: 'agent', minute: 2 }),
      ],
      { unreadAfter: 1 },
    );
    assert.deepEqual(shape(list), ['day', '+read', '+mine', 'new', '+of my agent']);
    assert.ok(!shape(rows([message(2, 'mine', { by: ada })], { unreadAfter: 1 })).includes('new'));
  });

  it('puts pending messages last, and leaves out those that are stored', () => {
    const stored = message(1, 'stored', { by: ada, minute: 0 });
    const timestamp = stored.timestamp;
    const list = rows([stored], {
      pending: [
        { id: stored.id, content: 'stored', timestamp, state: 'sending', fault: null },
        { id: id(5001), content: 'waiting', timestamp, state: 'sending', fault: null },
      ],
    });
    assert.deepEqual(shape(list), ['day', '+stored', ' waiting']);
  });

  it('gives the same object for an unchanged message, and the same key to a message before and after storing', () => {
    const stored = message(1, 'text', { by: ada, minute: 0 });
    const pending = [
      { id: stored.id, content: 'text', timestamp: stored.timestamp, state: 'sending' as const, fault: null },
    ];
    const before = rows([], { pending }).at(-1);
    const after = rows([stored]).at(-1);
    const again = rows([stored]).at(-1);
    assert.equal(before?.key, after?.key);
    assert.ok(after?.kind === 'message' && again?.kind === 'message');
    assert.equal(after.message, again.message);
  });

  it('has no key twice', () => {
    const list = rows(
      Array.from({ length: 50 }, (_, index) => message(index + 1, 'x', { minute: index * 600 })),
      { unreadAfter: 20 },
    );
    const keys = list.map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length);
  });
});
