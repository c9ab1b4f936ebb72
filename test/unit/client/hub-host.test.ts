import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HubHost } from '../../../src/client/hub-host.ts';
import { silentLogger } from '../../../src/common/logger.ts';
import { until, within } from '../../integration/support/until.ts';
import { makeTempDir, removeTempDir } from '../../harness/paths.ts';

/** Notes that it was started, says that it is the hub, and stays until it is told to stop. */
const HUB = `
const { appendFileSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
appendFileSync(workerData.directory + '/started', '.');
parentPort.on('message', () => process.exit());
parentPort.postMessage({ type: 'ready', epoch: 7, socket: '/here' });
`;

describe('the thread of the hub', () => {
  let directory: string;
  beforeEach(() => {
    directory = makeTempDir();
    writeFileSync(path.join(directory, 'hub.cjs'), HUB);
  });
  afterEach(() => removeTempDir(directory));

  const newHost = (): HubHost =>
    new HubHost({
      directory,
      bundleFolder: directory,
      version: '0.0.0-test',
      log: silentLogger,
      onDidEnd: () => undefined,
    });

  it('is found by its own process when it could write no claim, as long as it runs', async () => {
    const host = newHost();
    await within('the thread', host.start(7));
    assert.deepEqual([host.unclaimedSocket(7), host.unclaimedSocket(8)], ['/here', null]);
    await within('the end', host.stop());
    assert.equal(host.unclaimedSocket(7), null);
  });

  it('is one, also when the same epoch has to be followed for a second reason', async () => {
    const host = newHost();
    const starts = [host.start(6, true), host.start(6)];
    assert.deepEqual(await within('both', Promise.all(starts)), [{ kind: 'ready' }, { kind: 'ready' }]);
    assert.equal(readFileSync(path.join(directory, 'started'), 'utf8'), '.');
    await within('the end', host.stop());
  });

  it('has two seconds to hand the hub over', async () => {
    writeFileSync(path.join(directory, 'hub.cjs'), HUB.replace('process.exit()', 'undefined'));
    const host = newHost();
    await within('the thread', host.start(6));
    const started = performance.now();
    await Promise.all([host.stop(), host.stop()]);
    const took = performance.now() - started;
    assert.ok(took > 1_900 && took < 4_000, `${took} ms`);
    assert.equal(host.running, false);
  });

  it('is not started for a client that went while the one before was ended', async () => {
    const host = newHost();
    assert.deepEqual(await within('the first', host.start(0)), { kind: 'ready' });
    const second = host.start(1);
    host.dispose();
    assert.deepEqual(await within('the second', second), { kind: 'lost' });
    await until('no thread', () => !host.running);
    assert.equal(readFileSync(path.join(directory, 'started'), 'utf8'), '.');
  });
});
