import assert from 'node:assert/strict';
import type { Client } from '../../../src/client/api.ts';
import { createClient } from '../../../src/client/client.ts';
import { silentLogger } from '../../../src/common/logger.ts';
import { ChatError } from '../../../src/model/errors.ts';
import { newId } from '../../../src/model/ids.ts';
import { until } from '../../integration/support/until.ts';
import { type TestClient, TestHubs } from '../hub/support.ts';

const isClosed = (error: unknown): boolean =>
  error instanceof ChatError && error.code === 'CONNECTION_CLOSED';

describe('a request that names who asks', () => {
  let hubs: TestHubs;
  let witness: TestClient;
  let grace: string;
  let client: Client;

  beforeEach(async () => {
    hubs = new TestHubs();
    await hubs.start();
    witness = await hubs.join('Ada');
    grace = (await hubs.join('Grace')).profileId;
    client = createClient({
      directory: hubs.directory,
      bundleFolder: '/nowhere',
      version: '0.0.0-test',
      identity: { kind: 'person', surface: 'window', folder: '', product: 'test' },
      profile: { by: 'id', id: witness.profileId },
      log: silentLogger,
    });
    await client.whenReady();
  });
  afterEach(async () => {
    client.dispose();
    await hubs.dispose();
  });

  const send = (content: string): Promise<unknown> =>
    client.request(
      'message.send',
      { id: newId(), roomId: witness.room('general'), content },
      { as: witness.profileId },
    );

  it('is made as that profile, also when another one is being chosen', async () => {
    const before = send('before');
    const switched = client.switchProfile({ by: 'id', id: grace });
    await Promise.all([before, switched]);
    await until('the message', () => witness.messages.includes('before'), 5_000);
    assert.equal(witness.events.at(-1)?.senderId, witness.profileId);
  });

  it('is not made any more once another one was chosen, and not while that is on its way', async () => {
    const switched = client.switchProfile({ by: 'id', id: grace });
    // The session of before still answers: the choice is a message on the same connection.
    const meanwhile = Promise.resolve().then(() => send('meanwhile'));
    await assert.rejects(meanwhile, isClosed);
    await switched;
    await assert.rejects(send('after'), isClosed);
    assert.deepEqual(witness.messages, []);
    await client.switchProfile({ by: 'id', id: witness.profileId });
    await send('back');
    await until('the message', () => witness.messages.includes('back'), 5_000);
  });

  it('waits for a choice that comes to nothing', async () => {
    const switched = client.switchProfile({ by: 'id', id: newId() });
    const meanwhile = Promise.resolve().then(() => send('meanwhile'));
    await assert.rejects(switched);
    await meanwhile;
    await until('the message', () => witness.messages.includes('meanwhile'), 5_000);
  });
});
