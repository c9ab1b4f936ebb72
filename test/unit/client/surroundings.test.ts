import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { markSocketDead } from '../../../src/client/surroundings.ts';
import { silentLogger } from '../../../src/common/logger.ts';
import { openConnection } from '../../../src/ipc/connect.ts';
import { makeClaim, newClaim } from '../../../src/rendezvous/claim.ts';
import { loadSecret } from '../../../src/rendezvous/secret.ts';
import { newSocketPath, removeSocket } from '../../../src/rendezvous/socket-path.ts';
import { makeTempDir, removeTempDir } from '../../harness/paths.ts';

describe('the socket of a hub that is over in a process that goes on', () => {
  let parent: string;
  beforeEach(() => {
    parent = makeTempDir();
  });
  afterEach(() => removeTempDir(parent));

  for (const [place, name] of [
    ['in the data directory', 'data'],
    ['in a folder of its own', 'd'.repeat(90)],
  ] as const) {
    it(`refuses connections: ${place}`, async () => {
      const directory = path.join(parent, name);
      mkdirSync(directory, { mode: 0o700 });
      const socket = newSocketPath(directory, { platform: process.platform, folders: [parent] });
      assert.equal(path.dirname(socket) === directory, name === 'data');
      const server = createServer();
      server.listen(socket);
      await once(server, 'listening');
      makeClaim(directory, 1, newClaim(socket, 1));

      // While it listens nothing is changed.
      markSocketDead(directory, silentLogger);
      server.close();
      removeSocket(socket);
      const secret = loadSecret(directory);
      const ask = () => openConnection({ path: socket, secret, helloTimeoutMs: 1_000 });
      assert.deepEqual(await ask(), { kind: 'missing' });
      markSocketDead(directory, silentLogger);
      assert.deepEqual(await ask(), { kind: 'refused' });
      // Whoever leads next tidies up after it.
      removeSocket(socket);
      assert.equal(existsSync(socket), false);
      assert.equal(existsSync(path.dirname(socket)), name === 'data');
    });
  }

  it('is left alone when another process leads by now', () => {
    const socket = newSocketPath(parent, { platform: process.platform, folders: [parent] });
    makeClaim(parent, 1, { ...newClaim(socket, 1), startTime: 'another' });
    markSocketDead(parent, silentLogger);
    assert.equal(existsSync(socket), false);
  });
});
