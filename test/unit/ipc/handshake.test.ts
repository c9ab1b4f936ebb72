import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { FrameChannel } from '../../../src/ipc/channel.ts';
import { connectFailure, openConnection } from '../../../src/ipc/connect.ts';
import { encodeFrame } from '../../../src/ipc/frames.ts';
import { answerHandshake, askHandshake } from '../../../src/ipc/handshake.ts';
import { MAX_UNPROVEN } from '../../../src/ipc/listen.ts';
import { newNonce, prove } from '../../../src/ipc/proof.ts';
import { ChatError } from '../../../src/model/errors.ts';
import { PROTOCOL } from '../../../src/protocol/handshake.ts';
import { until, within } from '../../integration/support/until.ts';
import { endOf, socketPair, TestListener } from './support.ts';

const soon = { silenceMs: 300, partialMs: 100 };

async function rawClient(socketPath: string): Promise<Socket> {
  const socket = connect(socketPath);
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  return socket;
}

/** Milliseconds until the other side closed, and all it said. */
async function closing(socket: Socket): Promise<{ ms: number; said: string }> {
  const started = performance.now();
  const said: Buffer[] = [];
  socket.on('data', (piece: Buffer) => said.push(piece));
  await within('the close', once(socket, 'close'));
  return { ms: performance.now() - started, said: Buffer.concat(said).toString('latin1') };
}

const hello = (): object => ({ t: 'hello', ...PROTOCOL, nonce: newNonce() });

describe('the handshake', () => {
  let listener: TestListener;
  beforeEach(() => {
    listener = new TestListener();
  });
  afterEach(() => listener.dispose());

  it('connects two that hold the same secret, and tells the state', async () => {
    await listener.open({ state: () => 'recovering' });
    const { path: socketPath, secret } = listener;
    const result = await openConnection({ path: socketPath, secret, helloTimeoutMs: 5_000 });
    assert.equal(result.kind, 'connected');
    assert.ok(result.kind === 'connected');
    assert.equal(result.state, 'recovering');
    await until('the hub has it too', () => listener.connections.length === 1);
    result.connection.dispose();
  });

  it('makes the socket file one for its owner only', async () => {
    await listener.open();
    assert.equal(statSync(listener.path).mode & 0o777, 0o600);
  });

  it('refuses a client with another secret, and tells it nothing but that', async () => {
    await listener.open();
    const { path: socketPath, secret } = listener;
    const channel = new FrameChannel(await rawClient(socketPath));
    let proof = '';
    const answer = new Promise<unknown>((resolve) => {
      channel.receive((value) => {
        const frame = value as { t: string; nonce: string; proof: string };
        if (frame.t !== 'challenge') {
          resolve(value);
          return;
        }
        // Not the right secret, and not the hub's own proof sent back either.
        proof = frame.proof;
        channel.send({ t: 'proof', proof });
      });
    });
    channel.send(hello());
    assert.deepEqual(await within('the answer', answer), { t: 'refused', code: 'AUTH_FAILED', params: {} });
    assert.notEqual(proof, '');
    assert.equal(listener.connections.length, 0);
    assert.equal(secret.length, 32);
  });

  it('does not show its proof to a hub with another secret', async () => {
    const pair = await socketPair();
    const channel = new FrameChannel(pair.here);
    const stranger = new FrameChannel(pair.there);
    const heard: string[] = [];
    stranger.receive((value) => {
      const frame = value as { t: string; min: number; max: number; nonce: string };
      heard.push(frame.t);
      if (frame.t !== 'hello') return;
      const hubNonce = newNonce();
      const transcript = { min: frame.min, max: frame.max, version: 1, clientNonce: frame.nonce, hubNonce };
      const proof = prove(randomBytes(32), 'hub', transcript);
      stranger.send({ t: 'challenge', version: 1, nonce: hubNonce, proof });
    });
    await assert.rejects(
      askHandshake(channel, listener.secret, 5_000),
      (error) => error instanceof ChatError && error.code === 'AUTH_FAILED',
    );
    await within('the stranger hears of the end', endOf(stranger));
    assert.deepEqual(heard, ['hello']);
    pair.dispose();
  });

  it('tells apart a wrong secret and a silent hub over a whole connection', async () => {
    await listener.open();
    const wrong = await openConnection({
      path: listener.path,
      secret: randomBytes(32),
      helloTimeoutMs: 5_000,
    });
    assert.ok(wrong.kind === 'fault');
    assert.equal(wrong.error.code, 'AUTH_FAILED');
    assert.equal(listener.connections.length, 0);
  });

  it('refuses a client that speaks only newer versions, and both sides know which', async () => {
    const pair = await socketPair();
    const hub = answerHandshake(new FrameChannel(pair.there), listener.secret, () => 'ready');
    const channel = new FrameChannel(pair.here);
    const answer = new Promise((resolve) => channel.receive(resolve));
    channel.send({ t: 'hello', min: PROTOCOL.max + 1, max: PROTOCOL.max + 3, nonce: newNonce() });
    const params = { ours: PROTOCOL.max, theirs: PROTOCOL.max + 3 };
    assert.deepEqual(await within('the answer', answer), { t: 'refused', code: 'PROTOCOL_MISMATCH', params });
    assert.equal(await within('the hub', hub), false);
    pair.dispose();
  });

  it('tells a refused client which versions both speak, from where it stands', async () => {
    const pair = await socketPair();
    const hub = new FrameChannel(pair.there);
    hub.receive(() => {
      hub.send({ t: 'refused', code: 'PROTOCOL_MISMATCH', params: { ours: 9, theirs: PROTOCOL.max } });
    });
    await assert.rejects(
      askHandshake(new FrameChannel(pair.here), listener.secret, 5_000),
      (error) =>
        error instanceof ChatError &&
        error.code === 'PROTOCOL_MISMATCH' &&
        error.params['ours'] === PROTOCOL.max &&
        error.params['theirs'] === 9,
    );
    pair.dispose();
  });

  it('closes at once on what is malformed, over-long or out of order', async () => {
    await listener.open({ times: { silenceMs: 60_000, partialMs: 60_000 } });
    const wrong = [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      encodeFrame('hello'),
      encodeFrame({ t: 'hello' }),
      encodeFrame({ t: 'proof', proof: newNonce() }),
      encodeFrame({ t: 'welcome', state: 'ready' }),
      encodeFrame({ k: 'request', n: 1, name: 'ping', params: {} }),
      encodeFrame({ ...hello(), more: 'x'.repeat(1024) }),
      Buffer.concat([hello(), hello()].map(encodeFrame)),
    ];
    for (const bytes of wrong) {
      const socket = await rawClient(listener.path);
      socket.write(bytes);
      const { ms } = await closing(socket);
      assert.ok(ms < 1_000, `${bytes.toString('latin1', 4, 40)} took ${Math.round(ms)} ms`);
    }
    assert.equal(listener.connections.length, 0);
  });

  it('closes on half a frame sooner than on silence', async () => {
    await listener.open({ times: soon });
    const [silent, half] = [await rawClient(listener.path), await rawClient(listener.path)];
    half.write(encodeFrame(hello()).subarray(0, 20));
    const [silence, partial] = await Promise.all([closing(silent), closing(half)]);
    assert.ok(partial.ms < silence.ms, `${partial.ms} and ${silence.ms}`);
    assert.equal(silence.said, '');
  });

  it('does not let one who says hello and nothing more stay', async () => {
    await listener.open({ times: soon });
    const socket = await rawClient(listener.path);
    socket.write(encodeFrame(hello()));
    const { ms } = await closing(socket);
    assert.ok(ms >= soon.silenceMs - 50, `${ms}`);
  });

  it('keeps the 64 youngest unproven ones, so that nobody is locked out, and leaves proven ones alone', async () => {
    await listener.open({ times: { silenceMs: 60_000, partialMs: 60_000 } });
    const { path: socketPath, secret } = listener;
    const proven = await openConnection({ path: socketPath, secret, helloTimeoutMs: 5_000 });
    assert.ok(proven.kind === 'connected');
    const waiting: Socket[] = [];
    for (let n = 0; n < MAX_UNPROVEN; n += 1) {
      const socket = await rawClient(socketPath);
      socket.resume();
      waiting.push(socket);
    }
    const late = await openConnection({ path: socketPath, secret, helloTimeoutMs: 5_000 });
    assert.ok(late.kind === 'connected');
    await until('the oldest is closed', () => waiting[0]?.closed);
    assert.equal(waiting.filter((socket) => socket.closed).length, 1);
    assert.equal(proven.connection.end, null);
    for (const socket of waiting) socket.destroy();
    for (const { connection } of [proven, late]) connection.dispose();
  });

  describe('seen from a client that looks for a hub', () => {
    const dial = (socketPath: string) =>
      openConnection({ path: socketPath, secret: listener.secret, helloTimeoutMs: 100 });

    it('is missing when there is no socket', async () => {
      assert.deepEqual(await dial(listener.path), { kind: 'missing' });
    });

    it('is refused when nobody listens any more', async () => {
      writeFileSync(listener.path, '');
      assert.deepEqual(await dial(listener.path), { kind: 'refused' });
    });

    it('is silent when somebody accepts and says nothing', async () => {
      const server = createServer({ pauseOnConnect: true });
      server.listen(listener.path);
      await once(server, 'listening');
      assert.deepEqual(await dial(listener.path), { kind: 'silent' });
      server.close();
    });

    it('is a passing fault when it goes away in the middle', async () => {
      const server = createServer((socket) => socket.destroy());
      server.listen(listener.path);
      await once(server, 'listening');
      const result = await dial(listener.path);
      assert.ok(result.kind === 'fault' && result.error.code === 'CONNECTION_CLOSED');
      server.close();
    });

    it('is a fault when the path leads through a file', async () => {
      writeFileSync(listener.path, '');
      chmodSync(listener.path, 0o600);
      const result = await dial(path.join(listener.path, 'below'));
      assert.ok(result.kind === 'fault');
    });
  });
});

describe('a connection that could not be made', () => {
  const reading = (code: string) => connectFailure(Object.assign(new Error(code), { code }), '/run/hub.sock');

  it('says whether somebody is there', () => {
    assert.deepEqual(reading('ECONNREFUSED'), { kind: 'refused' });
    assert.deepEqual(reading('ENOTSOCK'), { kind: 'refused' });
    assert.deepEqual(reading('EROFS'), { kind: 'refused' });
    assert.deepEqual(reading('ENOENT'), { kind: 'missing' });
    assert.deepEqual(reading('EAGAIN'), { kind: 'silent' });
    for (const [code, expected] of [
      ['EACCES', 'DIRECTORY_UNUSABLE'],
      ['ECONNRESET', 'CONNECTION_CLOSED'],
    ] as const) {
      const result = reading(code);
      assert.ok(result.kind === 'fault' && result.error.code === expected, code);
    }
  });
});
