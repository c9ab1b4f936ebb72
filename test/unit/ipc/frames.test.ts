import assert from 'node:assert/strict';
import { encodeFrame, encodeJsonFrame, FrameError, FrameReader } from '../../../src/ipc/frames.ts';
import { ChatError } from '../../../src/model/errors.ts';
import { limits } from '../../../src/model/limits.ts';
import { freshSeed, Random } from '../../integration/support/random.ts';

function readAll(reader: FrameReader): unknown[] {
  const values: unknown[] = [];
  for (let value = reader.next(); value !== undefined; value = reader.next()) values.push(value);
  return values;
}

const header = (length: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return bytes;
};

describe('frames', () => {
  const values = [{ text: 'grüße 日本 🙂' }, null, 0, '', [1, [2, [3]]], { deep: { deeper: [true, false] } }];

  it('come out as they went in, cut at every byte', () => {
    const stream = Buffer.concat(values.map(encodeFrame));
    for (let at = 0; at <= stream.length; at += 1) {
      const reader = new FrameReader();
      reader.push(stream.subarray(0, at));
      const first = readAll(reader);
      reader.push(stream.subarray(at));
      assert.deepEqual([...first, ...readAll(reader)], values, `cut at ${at}`);
      assert.equal(reader.isPartial, false);
    }
  });

  it('come out as they went in, one byte at a time', () => {
    const reader = new FrameReader();
    const out: unknown[] = [];
    for (const byte of Buffer.concat(values.map(encodeFrame))) {
      reader.push(Buffer.from([byte]));
      out.push(...readAll(reader));
    }
    assert.deepEqual(out, values);
  });

  it('come out as they went in, in pieces of any size', () => {
    const seed = Number(process.env['LOCAL_CHAT_TEST_SEED'] ?? freshSeed());
    const random = new Random(seed);
    for (let round = 0; round < 200; round += 1) {
      const sent = Array.from({ length: 1 + Math.floor(random.next() * 8) }, (_, n) => ({
        n,
        text: 'ä'.repeat(Math.floor(random.next() ** 4 * 20_000)),
      }));
      const stream = Buffer.concat(sent.map(encodeFrame));
      const reader = new FrameReader();
      const out: unknown[] = [];
      for (let at = 0; at < stream.length;) {
        const next = at + 1 + Math.floor(random.next() ** 3 * stream.length);
        reader.push(stream.subarray(at, next));
        out.push(...readAll(reader));
        at = next;
      }
      assert.deepEqual(out, sent, `seed ${seed}, round ${round}`);
    }
  });

  it('end with an error or in waiting when the bytes are noise, never with a value that was not sent', () => {
    const seed = Number(process.env['LOCAL_CHAT_TEST_SEED'] ?? freshSeed());
    const random = new Random(seed);
    let errors = 0;
    for (let round = 0; round < 2_000; round += 1) {
      const reader = new FrameReader();
      const stream = Buffer.concat([header(Math.floor(random.next() * 40)), Buffer.alloc(60)]);
      for (let at = 4; at < stream.length; at += 1) stream[at] = Math.floor(random.next() * 256);
      reader.push(stream);
      try {
        for (const value of readAll(reader))
          assert.notEqual(typeof value, 'object', `seed ${seed}, round ${round}`);
      } catch (error) {
        assert.ok(error instanceof FrameError, `seed ${seed}, round ${round}: ${String(error)}`);
        errors += 1;
      }
    }
    assert.ok(errors > 1_500, `seed ${seed}: only ${errors} errors`);
  });

  it('take exactly the limit and not one byte more', () => {
    const text = 'x'.repeat(limits.frameBytes - 2);
    const reader = new FrameReader();
    reader.push(encodeFrame(text));
    assert.equal(reader.next(), text);
    assert.throws(
      () => encodeFrame(`${text}x`),
      (error) => error instanceof ChatError && error.code === 'INTERNAL',
    );
  });

  it('refuse a longer one by its header alone', () => {
    for (const length of [limits.frameBytes + 1, 0x7fffffff, 0xffffffff]) {
      const reader = new FrameReader();
      reader.push(header(length));
      assert.throws(() => reader.next(), FrameError, String(length));
    }
  });

  it('refuse an empty one, text that is not UTF-8 and text that is not JSON', () => {
    const contents = [
      Buffer.alloc(0),
      Buffer.from('"\xff"', 'latin1'),
      Buffer.from('{"a":'),
      Buffer.from('\u{feff}1'),
    ];
    // A surrogate on its own, and a form longer than it need be.
    contents.push(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), Buffer.from([0x22, 0xc0, 0x80, 0x22]));
    for (const content of contents) {
      const reader = new FrameReader();
      reader.push(Buffer.concat([header(content.length), content]));
      assert.throws(() => reader.next(), FrameError, content.toString('hex'));
    }
  });

  it('carry JSON that was encoded before as it is', () => {
    const reader = new FrameReader();
    reader.push(encodeJsonFrame('{ "kept" : "word for word" }'));
    assert.deepEqual(reader.next(), { kept: 'word for word' });
  });
});
