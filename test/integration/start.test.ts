import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Chat } from './support/chat.ts';
import { until, within } from './support/until.ts';
import { Follower } from './support/follower.ts';
import { Writer } from './support/writer.ts';

describe('the hub', function () {
  this.timeout(90_000);
  let chat: Chat;
  beforeEach(() => {
    chat = new Chat();
  });
  afterEach(() => chat.close());

  it('starts by itself in the first command, with a room and the profile of the user', async () => {
    await chat.ok(['send', 'general', 'first']);
    const { json } = await chat.ok(['read', 'general', '--json']);
    assert.deepEqual(
      json.map(({ content }) => content),
      ['first'],
    );
    const profiles = (await chat.ok(['profile', 'list', '--json'])).json;
    assert.equal(profiles.length, 1);
    assert.equal(String(profiles[0]?.['name']).toLowerCase(), userInfo().username.toLowerCase());
  });

  it('is used by the next command while it lives, and made anew once it is gone', async () => {
    const holder = new Follower(chat, 'holder', 0);
    holder.start();
    const first = await until('a hub', () => chat.hub());
    const { json } = await chat.ok(['status', '--json']);
    assert.deepEqual([json[0]?.['pid'], json[0]?.['epoch']], [holder.pid, first.epoch]);
    await holder.interrupt('SIGKILL');
    const next = (await chat.ok(['status', '--json'])).json[0];
    assert.notEqual(next?.['pid'], holder.pid);
    assert.ok(Number(next?.['epoch']) > first.epoch);
  });

  it('is one, however many commands start on an empty directory at once', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `message ${index}`);
    const sent = await Promise.all(names.map((name) => chat.ok(['send', 'general', name, '--json'])));
    const seqs = sent.map(({ json }) => Number(json[0]?.['seq']));
    assert.equal(new Set(seqs).size, names.length);
    const { json } = await chat.ok(['read', 'general', '--json']);
    assert.deepEqual(json.map(({ content }) => String(content)).sort(), [...names].sort());
    const status = (await chat.ok(['status', '--json'])).json[0];
    assert.deepEqual([status?.['rooms'], status?.['profiles'], status?.['messages']], [1, 1, names.length]);
  });

  it('moves to one of those who are left, without a command to be typed', async () => {
    const followers = Array.from({ length: 4 }, (_, index) => new Follower(chat, `follower ${index}`, 0));
    for (const follower of followers) follower.start();
    const writer = new Writer(chat, 'writer');
    writer.start();
    writer.send('general', 'one');
    await within('an answer', writer.settled());
    for (let round = 0; round < 3; round += 1) {
      const hub = await until('a hub', () => chat.hub());
      const holder = [...followers, writer].find(({ pid }) => pid === hub.pid);
      assert.ok(holder, 'the hub is held by none of ours');
      await holder.killAndRestart();
      writer.send('general', `round ${round}`);
      await within('an answer', writer.settled());
    }
    const last = Math.max(...writer.acked.map(({ seq }) => seq));
    for (const follower of followers) {
      await within('the last message', follower.reached(last));
      assert.deepEqual(
        follower.messages.map(({ content }) => content),
        ['one', 'round 0', 'round 1', 'round 2'],
      );
    }
  });

  it('may die while commands are being typed: each of them still does its work, once', async () => {
    const holders = Array.from({ length: 3 }, (_, index) => new Follower(chat, `holder ${index}`, 0));
    for (const holder of holders) holder.start();
    await until('a hub', () => chat.hub());
    const sends = Array.from({ length: 15 }, (_, index) => `message ${index}`);
    const working = new AbortController();
    const work = Promise.all(sends.map((text) => chat.ok(['send', 'general', text]))).finally(() =>
      working.abort(),
    );
    const killing = (async () => {
      while (!working.signal.aborted) {
        // Else one of the commands itself holds the hub, and takes it along when it ends.
        const holder = holders.find(({ pid }) => pid === chat.hub()?.pid);
        if (holder !== undefined) await holder.killAndRestart();
        await delay(100);
      }
    })();
    await Promise.all([work, killing]);
    const { json } = await chat.ok(['read', 'general', '--json']);
    assert.deepEqual(json.map(({ content }) => String(content)).sort(), [...sends].sort());
  });

  it('does not keep a command from ending: the process that holds it ends at once', async () => {
    const started = performance.now();
    await chat.ok(['send', 'general', 'x']);
    const alone = performance.now() - started;
    assert.ok(alone < 10_000, `a lone command took ${alone.toFixed(0)} ms`);
    assert.equal(chat.hub(), null);
  });
});
