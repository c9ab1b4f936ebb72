import assert from 'node:assert/strict';
import { plainText } from '../../../src/extension/plain-text.ts';
import { unreadBadge } from '../../../src/extension/rooms/unread-badge.ts';

describe('text of others in labels', () => {
  it('is one line without controls and without characters that turn its direction round', () => {
    assert.equal(plainText('a\tb\r\nc\u0007d'), 'a b c d');
    assert.equal(plainText('safe\u202Eexe.txt\u2066'), 'safe exe.txt');
  });

  it('makes no icons and no links', () => {
    const text = plainText('$(bug) and [click](command:evil)');
    assert.ok(!text.includes('$('));
    assert.ok(!text.includes(']('));
    assert.equal(text.replaceAll('\u200B', ''), '$(bug) and [click](command:evil)');
  });

  it('is cut to whole characters', () => {
    assert.equal(plainText('🦊🦊🦊🦊', 3), '🦊🦊…');
    assert.equal(plainText('🦊🦊🦊', 3), '🦊🦊🦊');
  });
});

describe('the unread count beside a room', () => {
  it('never has more than the two characters that the editor draws', () => {
    assert.deepEqual([0, 1, 9, 10, 99, 100, 12_345].map(unreadBadge), ['', '1', '9', '10', '99', '9+', '9+']);
  });
});
