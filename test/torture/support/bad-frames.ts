import { encodeFrame } from '../../../src/ipc/frames.ts';
import { newNonce } from '../../../src/ipc/proof.ts';
import { newId } from '../../../src/model/ids.ts';
import { PROTOCOL } from '../../../src/protocol/handshake.ts';
import { hubRequests } from '../../../src/protocol/hub.ts';
import type { Random } from '../../integration/support/random.ts';

/** Frames that are wrong, by what is wrong with them. */
export type BadFrames = Readonly<Record<string, (random: Random) => readonly Buffer[]>>;

const whole = (random: Random, low: number, high: number): number => Math.floor(random.between(low, high));

function bytes(random: Random, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; at += 1) buffer[at] = whole(random, 0, 256);
  return buffer;
}

/** Content of any kind behind a length of any value. */
function framed(content: Buffer | string, length = Buffer.byteLength(content)): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(length);
  return Buffer.concat([header, Buffer.from(content)]);
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const hello = (changes: object = {}): object => ({ t: 'hello', ...PROTOCOL, nonce: newNonce(), ...changes });
const request = (name: unknown, params: unknown, n: unknown = 1): object => ({
  k: 'request',
  n,
  name,
  params,
});

/** No value a frame could carry has these in it. */
const NOT_UTF8 = [0x80, 0xc0, 0xe2, 0xed, 0xf8, 0xff];
const ODD_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  '\0',
  'session.close',
  '../secret',
];
const HUGE = ['1e999', '-1e999', '9007199254740993', '1e308', '-1', '0', '1.5', '0.1e-400'];

/** Wrong as the very first of a connection. */
export const badBeginnings: BadFrames = {
  'random bytes': (random) => [Buffer.from([0xff]), bytes(random, whole(random, 3, 4_096))],
  'a length over the limit': (random) => [framed('{}', random.pick([1_025, 262_145, 2 ** 31, 2 ** 32 - 1]))],
  'a length of zero': () => [framed('')],
  'no UTF-8': (random) => [framed(Buffer.from([0x22, random.pick(NOT_UTF8), 0x22]))],
  'no JSON': (random) => [
    framed(random.pick(['{', 'undefined', "{'t':'hello'}", '\u{feff}{}', '{"t":"hello",}'])),
  ],
  'the wrong shape': (random) => [
    encodeFrame(
      random.pick<unknown>([
        null,
        0,
        '',
        [],
        {},
        'hello',
        { t: 'hello' },
        hello({ nonce: 1 }),
        hello({ min: '1' }),
      ]),
    ),
  ],
  'the wrong order': (random) => [
    encodeFrame(
      random.pick([
        { t: 'proof', proof: newNonce() },
        { t: 'welcome', state: 'ready' },
        { t: 'challenge', version: 1, nonce: newNonce(), proof: newNonce() },
        { t: 'refused', code: 'AUTH_FAILED', params: {} },
      ]),
    ),
  ],
  'two greetings': () => [encodeFrame(hello()), encodeFrame(hello())],
  'another protocol': () => [encodeFrame(hello({ min: PROTOCOL.max + 1, max: PROTOCOL.max + 9 }))],
  'keys of the prototype': () => [
    framed(`{"__proto__":${JSON.stringify(hello())},"constructor":{"prototype":{"t":"hello"}}}`),
  ],
  'deep nesting': (random) => [framed(nested(whole(random, 100, 512)))],
  'huge numbers': (random) => [
    framed(`{"t":"hello","min":${random.pick(HUGE)},"max":1e999,"nonce":"${newNonce()}"}`),
  ],
  'a request before the proof': () => [encodeFrame(request('status', {}))],
  'thousands of tiny frames': (random) => Array<Buffer>(whole(random, 500, 2_000)).fill(framed('1')),
};

/** Wrong after the proof, so that it closes the connection. */
export const badPackets: BadFrames = {
  'a length over the limit': (random) => [framed('{}', random.pick([262_145, 2 ** 31, 2 ** 32 - 1]))],
  'a length of zero': () => [framed('')],
  'random bytes': (random) => [Buffer.from([0xff]), bytes(random, whole(random, 3, 4_096))],
  'no UTF-8': (random) => [framed(Buffer.from([0x22, random.pick(NOT_UTF8), 0x22]))],
  'no JSON': () => [framed('{"k":"request","n":1,')],
  'the wrong shape': (random) => [
    encodeFrame(random.pick<unknown>([null, [], {}, { k: 'shout' }, request(1, {}), { k: 'note' }, hello()])),
  ],
  'a huge number': (random) => [framed(`{"k":"request","n":${random.pick(HUGE)},"name":"ping","params":{}}`)],
  'an answer to nothing': (random) => [
    encodeFrame(
      random.pick([
        { k: 'reply', n: 7, result: {} },
        { k: 'error', n: 7, code: 'X', params: {} },
      ]),
    ),
  ],
  'keys of the prototype': () => [framed('{"__proto__":{"k":"request","n":1,"name":"ping","params":{}}}')],
  'a frame full of faults': () => [framed(`{"k":"error","n":1,"code":"X","params":{${faults(20_000)}}}`)],
};

function faults(count: number): string {
  return Array.from({ length: count }, (_, n) => `"${n.toString(36)}":[]`).join();
}

const requestNames = Object.keys(hubRequests).filter((name) => name !== 'ping' && name !== 'status');

/** Marks in the wrong order: normalising them takes time by the square of their number. */
const marks = 'a' + '\u0315\u0316'.repeat(60_000);

/** Bad requests: each is answered, and the connection stays open. By the number they carry. */
export const badRequests: Readonly<Record<string, (random: Random, n: number) => object | string>> = {
  'an unknown name': (random, n) => request(random.pick(ODD_NAMES), {}, n),
  'no parameters': (random, n) => request(random.pick(requestNames), null, n),
  'odd parameters': (random, n) =>
    request(random.pick(requestNames), { id: {}, roomId: [], content: 1, limit: 1e9, since: '' }, n),
  'an over-long id': (random, n) =>
    request('message.send', { id: 'a'.repeat(whole(random, 40, 50_000)), roomId: newId(), content: 'x' }, n),
  'an over-long text': (random, n) =>
    request(
      'message.send',
      { id: newId(), roomId: newId(), content: 'x'.repeat(whole(random, 16_385, 200_000)) },
      n,
    ),
  'too many members': (_random, n) =>
    request('direct.open', { id: newId(), profileIds: Array<string>(20_000).fill('nobody') }, n),
  'a name without end': (_random, n) => request('room.create', { id: newId(), name: marks }, n),
  'a key of the prototype': (_random, n) =>
    `{"k":"request","n":${n},"name":"room.change","params":{"__proto__":{"id":"${newId()}"},"constructor":1}}`,
  'deep parameters': (_random, n) => `{"k":"request","n":${n},"name":"status","params":${nested(50_000)}}`,
  'a huge number': (random, n) =>
    `{"k":"request","n":${n},"name":"history.page","params":{"roomId":null,"limit":${random.pick(HUGE)}}}`,
};

export const encodeBadRequest = (value: object | string): Buffer =>
  typeof value === 'string' ? framed(value) : encodeFrame(value);
