import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { ChatError } from '../../../src/model/errors.ts';
import { Output, OutputClosed, type OutputStream } from '../../../src/cli/output.ts';

/** A stream whose reader takes nothing until it is told to. */
class SlowStream extends Writable {
  #waiting: ((error?: Error) => void)[] = [];
  #open = false;

  override _write(_chunk: unknown, _encoding: unknown, done: (error?: Error) => void): void {
    if (this.#open) done();
    else this.#waiting.push(done);
  }

  read(): void {
    this.#open = true;
    for (const done of this.#waiting.splice(0)) done();
  }

  hangUp(code = 'EPIPE'): void {
    for (const done of this.#waiting.splice(0)) done(Object.assign(new Error('write'), { code }));
  }
}

describe('output', () => {
  it('waits for a slow reader, with any number of writers and no listener for each', async () => {
    const stream = new SlowStream({ highWaterMark: 1 });
    const out = new Output(stream as OutputStream, {});
    const listeners = (): number[] => ['drain', 'error', 'close'].map((event) => stream.listenerCount(event));
    const before = listeners();
    let written = 0;
    const writes = Array.from({ length: 300 }, async (_, number) => {
      await out.json({ number });
      written += 1;
    });
    assert.deepEqual(listeners(), before);
    await new Promise(setImmediate);
    assert.equal(written, 0);
    stream.read();
    await Promise.all(writes);
    assert.equal(written, 300);
  });

  it('tells every writer when the reader is gone', async () => {
    const stream = new SlowStream({ highWaterMark: 1_000_000 });
    const out = new Output(stream as OutputStream, {});
    const writes = [out.line('taken by the stream'), out.line('waiting behind it')];
    stream.hangUp();
    const results = await Promise.allSettled(writes);
    for (const result of results) {
      assert.ok(result.status === 'rejected' && result.reason instanceof OutputClosed);
    }
    await assert.rejects(out.line('afterwards'), OutputClosed);
  });

  it('says what stands against it when the system does not take it', async () => {
    const isFull = (error: unknown): boolean =>
      error instanceof ChatError && error.code === 'OUTPUT_FAILED' && error.params['detail'] === 'ENOSPC';
    const stream = new SlowStream();
    const out = new Output(stream as OutputStream, {});
    const write = out.line('no room for it');
    stream.hangUp('ENOSPC');
    await assert.rejects(write, isFull);
    await assert.rejects(out.line('nor for this'), isFull);
  });

  it('says the same of a stream that throws', async () => {
    const stream = new Writable({
      write() {
        throw Object.assign(new Error('write'), { code: 'ENOSPC' });
      },
    });
    await assert.rejects(new Output(stream as OutputStream, {}).line('x'), /OUTPUT_FAILED/);
  });
});
