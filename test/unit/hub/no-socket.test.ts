import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { Server } from 'node:net';
import path from 'node:path';
import { readClaim } from '../../../src/rendezvous/claim.ts';
import { systemError } from '../store/faulty-files.ts';
import { hubsOfEachTest } from './support.ts';

describe('a data directory without room for a socket', () => {
  const hubs = hubsOfEachTest();
  const listen = Server.prototype.listen;
  afterEach(() => {
    Server.prototype.listen = listen;
  });

  /** From now on nobody can listen at such a path. */
  const failListening = (refused: (socket: string) => boolean, code: string): void => {
    Server.prototype.listen = function (this: Server, ...args: unknown[]): Server {
      if (!refused(String(args[0]))) return Reflect.apply(listen, this, args) as Server;
      process.nextTick(() => this.emit('error', systemError(code)));
      return this;
    } as typeof listen;
  };

  it('gets one elsewhere', async () => {
    failListening((socket) => path.dirname(socket) === hubs.directory, 'EROFS');
    const { hub } = await hubs.start();
    const ada = await hubs.join('Ada');
    await ada.send(ada.room('general'), 'all is well');
    const reading = readClaim(hubs.directory, 1);
    assert.ok(reading.kind === 'claim');
    const folder = path.dirname(reading.claim.socket);
    assert.notEqual(folder, hubs.directory);
    hub.stop();
    assert.equal(existsSync(folder), false);
  });

  it('is a typed fault where there is no place at all', async () => {
    for (const [code, expected] of [
      ['EROFS', 'STORAGE_READONLY'],
      ['ENOSPC', 'STORAGE_FULL'],
    ] as const) {
      failListening(() => true, code);
      const { end } = await hubs.start();
      const result = await end;
      assert.ok(result.reason === 'failed' && result.error.code === expected, code);
    }
    assert.deepEqual(hubs.files, ['secret']);
  });
});
