import assert from 'node:assert/strict';
import { limits } from '../../src/model/limits.ts';
import { Chat } from './support/chat.ts';
import { populate } from './support/populated.ts';

/** Nothing here changes anything, so all tests share one store: the number of its last event has to stay what it was. */
describe('a refusal', function () {
  this.timeout(60_000);
  let chat: Chat;
  let stored: unknown;

  const seq = async (): Promise<unknown> => (await chat.ok(['status', '--json'])).json[0]?.['seq'];

  before(async () => {
    chat = new Chat();
    await populate(chat);
    stored = await seq();
  });
  after(() => chat.close());

  const refused: [string, string[], string, string?][] = [
    ['an unknown room', ['send', 'nowhere', 'x'], 'NO_SUCH_ROOM'],
    ['a room that no room can be', ['send', '../etc', 'x'], 'NO_SUCH_ROOM'],
    ['reading an unknown room', ['read', 'nowhere'], 'NO_SUCH_ROOM'],
    ['following an unknown room', ['tail', 'nowhere'], 'NO_SUCH_ROOM'],
    ['an unknown profile to write to', ['dm', 'Nobody', 'x'], 'NO_SUCH_PROFILE'],
    ['an unknown profile to read from', ['read', '@Nobody'], 'NO_SUCH_PROFILE'],
    ['an unknown profile to speak as', ['rooms', '--as', 'Nobody'], 'NO_SUCH_PROFILE'],
    ['an unknown profile to use', ['profile', 'use', 'Nobody'], 'NO_SUCH_PROFILE'],
    ['an empty message', ['send', 'general', ''], 'EMPTY_MESSAGE'],
    ['a blank message', ['send', 'general', ' \n\t '], 'EMPTY_MESSAGE'],
    ['an empty input', ['send', 'general'], 'EMPTY_MESSAGE', ''],
    [
      'an over-long message',
      ['send', 'general', 'é'.repeat(limits.contentBytes / 2 + 1)],
      'MESSAGE_TOO_LONG',
    ],
    ['an over-long input', ['send', 'general'], 'MESSAGE_TOO_LONG', 'x'.repeat(5_000_000)],
    ['a bad id', ['send', 'general', 'x', '--id', 'not-an-id'], 'BAD_ID'],
    ['a room with a space', ['room', 'create', 'my room'], 'INVALID_NAME'],
    ['a room with an emoji', ['room', 'create', '🎉'], 'INVALID_NAME'],
    ['a room named as a path', ['room', 'create', '../../etc/passwd'], 'INVALID_NAME'],
    ['a room without a name', ['room', 'create', ''], 'INVALID_NAME'],
    ['a room with a control character', ['room', 'create', 'a\u001b[31m'], 'INVALID_NAME'],
    ['an over-long room name', ['room', 'create', 'x'.repeat(limits.roomNameLength + 1)], 'INVALID_NAME'],
    ['a room that is there', ['room', 'create', 'GENERAL'], 'NAME_TAKEN'],
    [
      'an over-long topic',
      ['room', 'topic', 'general', 'x'.repeat(limits.topicLength + 1)],
      'TOPIC_TOO_LONG',
    ],
    ['renaming a direct room', ['room', 'rename', '@Grace', 'x'], 'NOT_A_DIRECT_ROOM'],
    ['a profile that is there', ['profile', 'create', 'ada'], 'NAME_TAKEN'],
    ['a profile with a line feed', ['profile', 'create', 'a\nb'], 'INVALID_NAME'],
  ];
  for (const [what, words, code, stdin] of refused) {
    it(`${what}: ${code}, one sentence, nothing half-done`, async () => {
      const result = await chat.run(words, stdin === undefined ? {} : { stdin });
      assert.deepEqual([result.code, result.errorCode, result.stdout], [1, code, '']);
      assert.equal(result.stderr.split('\n').length, 2, result.stderr);
      assert.doesNotMatch(result.stderr, /(?!\n)\p{Cc}|undefined|NaN/u);
      assert.equal(await seq(), stored, 'something was stored');
    });
  }

  it('is an object on standard error, too, with --json', async () => {
    const { stdout, stderr } = await chat.run(['room', 'create', 'my room', '--json']);
    assert.equal(stdout, '');
    const object = JSON.parse(stderr.split('\n')[1] ?? '') as Record<string, unknown>;
    assert.equal(object['type'], 'error');
    assert.equal(object['code'], 'INVALID_NAME');
    assert.match(String(object['message']), /"my-room" would be/);
  });

  it('of wrong words is exit code 2 and touches nothing', async () => {
    for (const words of [
      [],
      ['nothing'],
      ['send'],
      ['read', 'general', '--limit', '0'],
      ['send', 'general', 'a', 'b'],
      ['room', 'create', '\u0001'.repeat(100_000)],
      ['rooms', '--as', 'x'.repeat(100_000)],
      ['rooms', '--as', ''],
      ['rooms', '--data-dir', ''],
      ['dm', '@', 'x'],
      ['tail', ''],
    ]) {
      const result = await chat.run(words);
      assert.deepEqual([result.code, result.errorCode, result.stdout], [2, 'USAGE', '']);
    }
  });

  it('of a text that is not UTF-8', async () => {
    const { code, errorCode } = await chat.run(['send', 'general'], {
      stdin: Uint8Array.of(0xff, 0xfe, 0x41),
    });
    assert.deepEqual([code, errorCode], [1, 'BAD_REQUEST']);
  });
});
