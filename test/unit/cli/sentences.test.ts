import assert from 'node:assert/strict';
import { sentence } from '../../../src/cli/sentences.ts';
import { ChatError, ERROR_CODES } from '../../../src/model/errors.ts';

describe('sentences for errors', () => {
  for (const code of ERROR_CODES) {
    it(`says ${code} in one sentence, with and without parameters`, () => {
      const params = {
        room: 'x',
        profile: 'Ada',
        id: 'i',
        name: 'n',
        suggestion: 's',
        limit: 5,
        actual: 6,
        detail: 'd',
        seconds: 3,
        pid: 4,
        directory: '/d',
        owner: 1,
        mode: '755',
        found: 2,
        known: 1,
        file: 'f',
        ours: 1,
        theirs: 2,
      };
      for (const error of [new ChatError(code, params), new ChatError(code)]) {
        const text = sentence(error);
        assert.ok(text.length > 0);
        assert.doesNotMatch(text, /undefined|NaN|null|\n/);
      }
    });
  }

  it('says what to do about a room that is not there, if its name is possible', () => {
    assert.equal(
      sentence(new ChatError('NO_SUCH_ROOM', { room: 'x' })),
      'There is no room named "x". Make it with "local-chat room create x".',
    );
    assert.equal(sentence(new ChatError('NO_SUCH_ROOM', { room: 'a b' })), 'There is no room named "a b".');
  });

  it('shows an empty name as empty', () => {
    assert.match(sentence(new ChatError('NO_SUCH_PROFILE', { profile: '' })), /named ""/);
    assert.match(sentence(new ChatError('NO_SUCH_ROOM', { room: '' })), /named ""/);
  });

  it('says what is wrong with a directory in words', () => {
    const unusable = (detail: string): string =>
      sentence(new ChatError('DIRECTORY_UNUSABLE', { directory: '/d', detail }));
    assert.match(unusable('ENOTDIR'), /is a file\.$/);
    assert.match(unusable('EACCES'), /no permission\.$/);
    assert.match(unusable('EIO'), /: EIO\.$/);
    // It may be one that must stay open, as the folder of all temporary files.
    assert.match(sentence(new ChatError('DIRECTORY_OPEN', { directory: '/tmp' })), /name another one/);
  });

  it('offers the name that would be possible', () => {
    const error = new ChatError('INVALID_NAME', { name: 'my room', suggestion: 'my-room' });
    assert.match(sentence(error), /"my-room" would be/);
  });
});
