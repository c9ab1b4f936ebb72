import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { type InputLine, readLines, readText } from '../../../src/cli/input.ts';
import { ChatError } from '../../../src/model/errors.ts';

async function linesOf(chunks: readonly (string | Uint8Array)[], limit = 100): Promise<InputLine[]> {
  const lines: InputLine[] = [];
  const input = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  for await (const line of readLines(input, limit)) lines.push(line);
  return lines;
}

const text = (line: string): InputLine => ({ kind: 'line', text: line });

describe('standard input', () => {
  it('cuts lines wherever the chunks fall', async () => {
    const bytes = Buffer.from('{"a":"日本"}\n\n{"b":2}\r\n{"c":3}');
    for (let at = 0; at <= bytes.length; at += 1) {
      const lines = await linesOf([bytes.subarray(0, at), bytes.subarray(at)]);
      assert.deepEqual(lines, [text('{"a":"日本"}'), text('{"b":2}\r'), text('{"c":3}')]);
    }
  });

  it('leaves a byte order mark at its start aside, and only there', async () => {
    assert.deepEqual(await linesOf(['\ufeff{"a":1}\n\ufeff{"b":2}\n']), [
      text('{"a":1}'),
      text('\ufeff{"b":2}'),
    ]);
    assert.deepEqual(await linesOf([Buffer.from([0xef, 0xbb]), Buffer.from([0xbf, 0x31])]), [text('1')]);
    assert.equal(await readText(Readable.from([Buffer.from('\ufeffwords\n')])), 'words');
  });

  it('refuses a line over the limit, keeps none of it, and goes on after it', async () => {
    assert.deepEqual(await linesOf(['x'.repeat(50), 'x'.repeat(51), '\nok\n']), [
      { kind: 'tooLong' },
      text('ok'),
    ]);
    assert.deepEqual(await linesOf(['x'.repeat(100), '\n']), [text('x'.repeat(100))]);
    assert.deepEqual(await linesOf(['x'.repeat(101)]), [{ kind: 'tooLong' }]);
  });

  it('does not buffer an endless line', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 0x78);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const endless = Readable.from(
      (function* () {
        for (let count = 0; count < 300; count += 1) {
          most = Math.max(most, process.memoryUsage().arrayBuffers - before);
          yield chunk;
        }
      })(),
    );
    const lines: InputLine[] = [];
    for await (const line of readLines(endless, 1000)) lines.push(line);
    assert.deepEqual(lines, [{ kind: 'tooLong' }]);
    assert.ok(most < 50 * 1024 * 1024, `${most} bytes were held`);
  });

  it('tells bytes that are no UTF-8 from lines', async () => {
    assert.deepEqual(await linesOf([Uint8Array.of(0x7b, 0xff, 0x0a), 'ok\n']), [
      { kind: 'notText' },
      text('ok'),
    ]);
  });

  it('reads a text without the line end of echo, and with every other', async () => {
    const read = (value: string): Promise<string> => readText(Readable.from([Buffer.from(value)]));
    assert.equal(await read('a\nb\n'), 'a\nb');
    assert.equal(await read('a\r\n'), 'a');
    assert.equal(await read('a\n\n'), 'a\n');
    assert.equal(await read('x'.repeat(16 * 1024) + '\n'), 'x'.repeat(16 * 1024));
  });

  it('refuses an endless text after a little more than fits', async () => {
    let read = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          read += 1024;
          yield Buffer.alloc(1024, 0x78);
        }
      })(),
    );
    await assert.rejects(
      readText(endless),
      (error) => error instanceof ChatError && error.code === 'MESSAGE_TOO_LONG',
    );
    assert.ok(read < 64 * 1024, `read ${read} bytes`);
  });

  it('refuses a text that is no UTF-8', async () => {
    await assert.rejects(
      readText(Readable.from([Uint8Array.of(0xc3, 0x28)])),
      (error) => error instanceof ChatError && error.code === 'BAD_REQUEST',
    );
  });
});
