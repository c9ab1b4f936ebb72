import assert from 'node:assert/strict';
import { once } from 'node:events';
import { FrameChannel } from '../../../src/ipc/channel.ts';
import { encodeFrame } from '../../../src/ipc/frames.ts';
import { within } from '../../integration/support/until.ts';
import { endOf, socketPair, type SocketPair } from './support.ts';

describe('a channel', () => {
  let pair: SocketPair;
  beforeEach(async () => {
    pair = await socketPair();
  });
  afterEach(() => pair.dispose());

  it('hands out frames in order, and none before somebody receives', async () => {
    const channel = new FrameChannel(pair.here);
    for (let n = 0; n < 100; n += 1) pair.there.write(encodeFrame(n));
    const received: unknown[] = [];
    await within(
      'all frames',
      new Promise<void>((resolve) => {
        channel.receive((value) => {
          received.push(value);
          if (received.length === 100) resolve();
        });
      }),
    );
    assert.deepEqual(received, [...Array(100).keys()]);
  });

  it('gives the next frame to the receiver that was set by the one before', async () => {
    const channel = new FrameChannel(pair.here);
    pair.there.write(Buffer.concat([1, 2, 3].map(encodeFrame)));
    const received: string[] = [];
    await within(
      'three frames',
      new Promise<void>((resolve) => {
        channel.receive((value) => {
          received.push(`first ${String(value)}`);
          channel.receive((next) => {
            received.push(`second ${String(next)}`);
            if (received.length === 3) resolve();
          });
        });
      }),
    );
    assert.deepEqual(received, ['first 1', 'second 2', 'second 3']);
  });

  it('hands out what the other side said before it ended, however many turns that takes', async () => {
    const channel = new FrameChannel(pair.here);
    const received: unknown[] = [];
    channel.receive((value) => {
      received.push(value);
      // More than a turn is for.
      const began = performance.now();
      while (performance.now() - began < 2);
    });
    pair.there.end(Buffer.concat([...Array(20).keys()].map(encodeFrame)));
    const end = await within('the end', endOf(channel));
    assert.equal(end.reason, 'ended');
    assert.deepEqual(received, [...Array(20).keys()]);
  });

  it('waits while it is held', async () => {
    const channel = new FrameChannel(pair.here);
    const received: unknown[] = [];
    const first = new Promise<void>((resolve) => {
      channel.receive((value) => {
        received.push(value);
        channel.hold();
        resolve();
      });
    });
    pair.there.write(Buffer.concat([1, 2].map(encodeFrame)));
    await within('the first frame', first);
    assert.deepEqual(received, [1]);
    channel.release();
    assert.deepEqual(received, [1, 2]);
  });

  it('closes on anything that is no frame', async () => {
    const channel = new FrameChannel(pair.here);
    channel.receive(() => assert.fail('nothing was sent'));
    pair.there.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    assert.equal((await within('the end', endOf(channel))).reason, 'malformed');
  });

  it('says once that it ended, and why', async () => {
    const channel = new FrameChannel(pair.here);
    channel.receive(() => undefined);
    const ends: string[] = [];
    channel.onDidClose(({ reason }) => ends.push(reason));
    pair.there.end();
    await within('the close', once(pair.here, 'close'));
    channel.close('too late');
    assert.deepEqual(ends, ['ended']);
  });

  it('closes a reader for whom too much waits', () => {
    const channel = new FrameChannel(pair.here, { queueBytes: 1024 * 1024, drainMs: 60_000 });
    const frame = encodeFrame('x'.repeat(64 * 1024));
    let sent = 0;
    while (channel.end === null && sent < 1_000) {
      channel.sendRaw(frame);
      sent += 1;
    }
    assert.equal(channel.end?.reason, 'slow');
    assert.ok(sent * frame.length < 3 * 1024 * 1024, `${sent} frames went into the queue`);
  });

  it('closes a reader that does not read in time', async () => {
    const channel = new FrameChannel(pair.here, { queueBytes: 64 * 1024 * 1024, drainMs: 50 });
    const frame = encodeFrame('x'.repeat(64 * 1024));
    for (let n = 0; n < 64; n += 1) channel.sendRaw(frame);
    assert.equal((await within('the end', endOf(channel))).reason, 'slow');
  });

  it('keeps a reader that was slow and caught up', async () => {
    const channel = new FrameChannel(pair.here, { queueBytes: 64 * 1024 * 1024, drainMs: 150 });
    const frame = encodeFrame('x'.repeat(64 * 1024));
    for (let n = 0; n < 64; n += 1) channel.sendRaw(frame);
    pair.there.resume();
    await within('the queue', channel.drained());
    // Longer than the reader would have had: the clock has to have been stopped.
    const late = new Promise((resolve) => setTimeout(resolve, 300));
    await Promise.race([late, endOf(channel)]);
    assert.equal(channel.end, null);
  });

  it('lets others have their turn when one has much to say', async () => {
    const other = await socketPair();
    const [busy, quiet] = [new FrameChannel(pair.here), new FrameChannel(other.here)];
    pair.there.write(Buffer.concat(Array.from({ length: 50 }, (_, n) => encodeFrame(n))));
    other.there.write(encodeFrame('a word'));
    let before = 0;
    const said = new Promise<number>((resolve) => quiet.receive(() => resolve(before)));
    const all = new Promise<void>((resolve) => {
      busy.receive(() => {
        const end = performance.now() + 2;
        while (performance.now() < end);
        before += 1;
        if (before === 50) resolve();
      });
    });
    assert.ok((await within('a word', said)) < 25);
    await within('all the others', all);
    other.dispose();
  });

  it('keeps nothing of what comes after it has finished', async () => {
    const channel = new FrameChannel(pair.here);
    channel.receive(() => assert.fail('it has finished'));
    channel.finish('refused');
    pair.there.on('error', () => undefined);
    // One buffer many times: on this side it takes the room of one.
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    for (let n = 0; n < 256; n += 1) pair.there.write(chunk);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const look = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers - before)), 5);
    await within('the close', once(pair.here, 'close'));
    clearInterval(look);
    assert.ok(most < 128 * 1024 * 1024, `${most} bytes were kept`);
  });

  it('sends what waits before it finishes', async () => {
    const channel = new FrameChannel(pair.here);
    channel.send('the last word');
    channel.finish('done');
    const other = new FrameChannel(pair.there);
    const received: unknown[] = [];
    other.receive((value) => received.push(value));
    assert.equal((await within('the end', endOf(other))).reason, 'ended');
    assert.deepEqual(received, ['the last word']);
  });
});
