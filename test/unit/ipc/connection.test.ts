import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as v from 'valibot';
import { FrameChannel } from '../../../src/ipc/channel.ts';
import {
  Connection,
  type ConnectionHandlers,
  encodeNotification,
  encodeNotificationJson,
} from '../../../src/ipc/connection.ts';
import { encodeFrame } from '../../../src/ipc/frames.ts';
import { ChatError, type ErrorCode } from '../../../src/model/errors.ts';
import { limits } from '../../../src/model/limits.ts';
import { until, within } from '../../integration/support/until.ts';
import { socketPair, type SocketPair } from './support.ts';

const asking = {
  requests: {
    double: { params: v.object({ n: v.number() }), result: v.object({ n: v.number() }) },
    never: { params: v.object({}), result: v.object({}) },
  },
  notifications: {},
} as const;
const answering = { requests: {}, notifications: { tick: v.object({ n: v.number() }) } } as const;

type Asker = Connection<typeof answering, typeof asking>;
type Answerer = Connection<typeof asking, typeof answering>;

const hasCode = (code: ErrorCode) => (error: unknown) => error instanceof ChatError && error.code === code;

describe('a connection', () => {
  let pair: SocketPair;
  let asker: Asker;
  let answerer: Answerer;

  beforeEach(async () => {
    pair = await socketPair();
    asker = new Connection(new FrameChannel(pair.here), answering, asking);
    answerer = new Connection(new FrameChannel(pair.there), asking, answering);
  });
  afterEach(() => pair.dispose());

  const startAsker = (
    onNotification: ConnectionHandlers<typeof answering>['onNotification'] = () => undefined,
  ) => asker.start({ onRequest: () => undefined, onNotification });
  const startAnswerer = (onRequest: ConnectionHandlers<typeof asking>['onRequest']) =>
    answerer.start({ onRequest, onNotification: () => undefined });

  const answerAll = (): void =>
    startAnswerer((request) => {
      if (request.name === 'never') return new Promise(() => undefined);
      if (request.params.n < 0) throw new ChatError('NO_SUCH_ROOM', { room: 'general' });
      if (request.params.n === 0) throw new TypeError('a secret of the other side');
      return { n: request.params.n * 2 };
    });

  it('settles every request with its own answer', async () => {
    startAsker();
    answerAll();
    const numbers = [...Array(500).keys()].map((n) => n + 1);
    const answers = await Promise.all(numbers.map((n) => asker.request('double', { n })));
    assert.deepEqual(
      answers.map(({ n }) => n),
      numbers.map((n) => n * 2),
    );
  });

  it('brings over the code and the parameters of an error', async () => {
    startAsker();
    answerAll();
    await assert.rejects(asker.request('double', { n: -1 }), (error) => {
      assert.ok(error instanceof ChatError);
      assert.deepEqual([error.code, error.params], ['NO_SUCH_ROOM', { room: 'general' }]);
      return true;
    });
    await assert.rejects(asker.request('double', { n: 0 }), hasCode('INTERNAL'));
  });

  it('settles a request whose answer could not be taken in, and those after it', async () => {
    startAsker();
    answerAll();
    const onReply = (): void => {
      throw new TypeError('a fault of this side');
    };
    const [failed, next] = await within(
      'both answers',
      Promise.allSettled([asker.request('double', { n: 1 }, { onReply }), asker.request('double', { n: 2 })]),
    );
    assert.ok(failed.status === 'rejected' && hasCode('INTERNAL')(failed.reason));
    assert.deepEqual(next, { status: 'fulfilled', value: { n: 4 } });
  });

  it('refuses a request that is too long for a frame, and stays open', async () => {
    startAsker();
    answerAll();
    const long = { n: 1, text: 'x'.repeat(limits.frameBytes) };
    await assert.rejects(asker.request('double', long), hasCode('BAD_REQUEST'));
    assert.deepEqual(await asker.request('double', { n: 1 }), { n: 2 });
  });

  it('settles a request with TIMEOUT, and drops an answer that comes later', async () => {
    startAsker();
    let answer: (value: object) => void = () => undefined;
    startAnswerer((request) =>
      request.name === 'never'
        ? new Promise((resolve) => {
            answer = resolve;
          })
        : { n: 1 },
    );
    await assert.rejects(asker.request('never', {}, { timeoutMs: 20 }), hasCode('TIMEOUT'));
    answer({});
    assert.deepEqual(await asker.request('double', { n: 1 }), { n: 1 });
    assert.equal(asker.end, null);
  });

  it('settles what is open with CONNECTION_CLOSED, and everything after it', async () => {
    startAsker();
    answerAll();
    const open = [asker.request('never', {}), asker.request('never', {}, { timeoutMs: 60_000 })];
    await asker.request('double', { n: 1 });
    answerer.close('gone');
    for (const request of open) await assert.rejects(request, hasCode('CONNECTION_CLOSED'));
    await assert.rejects(asker.request('double', { n: 1 }), hasCode('CONNECTION_CLOSED'));
  });

  it('answers BAD_REQUEST to unknown names and bad parameters, says where, and never quotes them', async () => {
    startAsker();
    answerAll();
    const untyped = asker as unknown as { request(name: string, params: unknown): Promise<unknown> };
    for (const [name, params] of [
      ['toString', {}],
      ['__proto__', {}],
      ['double', { n: 'my words' }],
      ['double', null],
    ] as const) {
      await assert.rejects(untyped.request(name, params), (error) => {
        assert.ok(error instanceof ChatError);
        assert.equal(error.code, 'BAD_REQUEST');
        assert.doesNotMatch(error.message, /my words/);
        return true;
      });
    }
    await assert.rejects(untyped.request('double', { n: 'x' }), /n: expected number/);
    assert.equal(answerer.end, null);
  });

  it('settles a request also when the error quotes more than a frame holds', async () => {
    startAsker();
    startAnswerer(() => {
      throw new ChatError('NO_SUCH_ROOM', { room: 'x'.repeat(limits.frameBytes) });
    });
    await assert.rejects(asker.request('double', { n: 1 }), hasCode('NO_SUCH_ROOM'));
  });

  it('is done with a frame full of faults after the first of them', async () => {
    startAnswerer(() => ({}));
    const channel = new FrameChannel(pair.here);
    const params = Object.fromEntries(Array.from({ length: 25_000 }, (_, n) => [n.toString(36), []]));
    const started = performance.now();
    channel.send({ k: 'error', n: 1, code: 'X', params });
    channel.receive(() => undefined);
    await within('the end', new Promise((resolve) => channel.onDidClose(resolve)));
    assert.ok(performance.now() - started < 150);
  });

  it('refuses a reply of the wrong shape', async () => {
    startAsker();
    startAnswerer(() => ({ n: 'two' }));
    await assert.rejects(asker.request('double', { n: 1 }), hasCode('INTERNAL'));
  });

  it('hands out notifications in order, none before it is started, and none it does not know', async () => {
    answerer.notify('tick', { n: 1 });
    answerer.sendRaw(encodeNotification(answering.notifications, 'tick', { n: 2 }));
    answerer.sendRaw(encodeNotificationJson('news of a later version', '{}'));
    answerer.sendRaw(encodeNotificationJson('tick', '{"n":3}'));
    const ticks: number[] = [];
    await within(
      'three notifications',
      new Promise<void>((resolve) => {
        startAsker(({ params }) => {
          ticks.push(params.n);
          if (ticks.length === 3) resolve();
        });
      }),
    );
    assert.deepEqual(ticks, [1, 2, 3]);
  });

  it('calls onReply before it hands out what was sent after the reply', async () => {
    const order: string[] = [];
    startAsker(({ params }) => order.push(`tick ${params.n}`));
    pair.there.once('data', () => {
      const reply = encodeFrame({ k: 'reply', n: 1, result: { n: 2 } });
      pair.there.write(
        Buffer.concat([
          encodeNotificationJson('tick', '{"n":1}'),
          reply,
          encodeNotificationJson('tick', '{"n":2}'),
        ]),
      );
    });
    pair.there.resume();
    await asker.request('double', { n: 1 }, { onReply: () => order.push('reply') });
    assert.deepEqual(order, ['tick 1', 'reply', 'tick 2']);
  });

  it('closes on what is no packet, on a malformed notification and on an answer to nothing', async () => {
    const wrong = [
      { k: 'else' },
      { k: 'request', n: 0, name: 'double', params: {} },
      { k: 'note', name: 'tick', params: { n: 'one' } },
      { k: 'reply', n: 99, result: {} },
      { k: 'error', n: 1, code: 'X', params: { nested: {} } },
      'text',
    ];
    for (const packet of wrong) {
      const other = await socketPair();
      const connection: Asker = new Connection(new FrameChannel(other.here), answering, asking);
      connection.start({ onRequest: () => undefined, onNotification: () => assert.fail('it was malformed') });
      other.there.resume();
      other.there.write(encodeFrame(packet));
      await within('the close', once(other.there, 'close'));
      assert.equal(connection.end?.reason, 'malformed', JSON.stringify(packet));
      other.dispose();
    }
  });

  it('reads no further while 1,024 requests wait for their answers', async () => {
    startAsker();
    let running = 0;
    let most = 0;
    const waiting: (() => void)[] = [];
    startAnswerer(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => waiting.push(resolve));
      running -= 1;
      return { n: 0 };
    });
    const requests = [...Array(3_000).keys()].map((n) => asker.request('double', { n }));
    const all = Promise.all(requests);
    await until('the limit', () => running === 1_024);
    const feed = setInterval(() => {
      for (const answer of waiting.splice(0)) answer();
    }, 5);
    await within('all answers', all);
    clearInterval(feed);
    assert.equal(most, 1_024);
  });
});
