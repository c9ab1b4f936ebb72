import assert from 'node:assert/strict';
import { Chat } from './support/chat.ts';
import { Follower } from './support/follower.ts';
import { until, within } from './support/until.ts';
import { Writer } from './support/writer.ts';

describe('a hub that ends', function () {
  this.timeout(90_000);
  let chat: Chat;
  beforeEach(() => {
    chat = new Chat();
  });
  afterEach(() => chat.close());

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`is handed to who is here longest, on ${signal}, while messages flow`, async () => {
      const holder = new Follower(chat, 'holder', 0);
      holder.start();
      await until('a hub', () => chat.hub());
      const heir = new Follower(chat, 'heir', 0);
      heir.start();
      await chat.ok(['send', 'general', 'one']);
      await within('the heir', heir.reached(1));
      const writer = new Writer(chat, 'writer');
      writer.start();
      const writing = setInterval(() => writer.send('general', 'on and on'), 5);
      await until('messages', () => writer.acked.length > 20);

      assert.equal(await within('the end', holder.interrupt(signal), 5_000), 0);
      // It had claimed before the other ended.
      const claim = chat.newestClaim();
      const before = writer.acked.length;
      await until('more messages', () => writer.acked.length > before + 20);
      clearInterval(writing);
      assert.deepEqual([claim?.epoch, claim?.pid], [2, heir.pid]);
      await within('all answers', writer.settled());
      const last = Math.max(...writer.acked.map(({ seq }) => seq));
      await within('the heir', heir.reached(last));
      assert.equal(writer.acked.length, writer.sent.length);
      assert.equal(heir.messages.length, writer.sent.length + 1);
      assert.deepEqual([writer.errors, writer.stderr, heir.stderr], [[], '', '']);
    });
  }

  it('leaves the chat to others also when it and its successor are killed', async () => {
    const holder = new Follower(chat, 'holder', 0);
    holder.start();
    await until('a hub', () => chat.hub());
    const heir = new Follower(chat, 'heir', 0);
    heir.start();
    await chat.ok(['send', 'general', 'one']);
    await within('the heir', heir.reached(1));
    const writer = new Writer(chat, 'writer');
    writer.start();
    writer.send('general', 'two');
    await within('an answer', writer.settled());
    heir.signal('SIGSTOP');
    const ended = holder.interrupt('SIGTERM');
    // Meanwhile it serves.
    writer.send('general', 'three');
    await within('an answer', writer.settled());
    holder.signal('SIGKILL');
    await ended;
    heir.signal('SIGKILL');
    writer.send('general', 'four');
    await within('an answer', writer.settled());
    const { json } = await chat.ok(['read', 'general', '--json']);
    assert.deepEqual(
      json.map(({ content }) => content),
      ['one', 'two', 'three', 'four'],
    );
  });
});
