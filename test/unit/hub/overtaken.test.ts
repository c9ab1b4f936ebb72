import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import type { HubCheckpoint } from '../../../src/hub/leadership.ts';
import { highestEpoch, makeClaim, newClaim } from '../../../src/rendezvous/claim.ts';
import { within } from '../../integration/support/until.ts';
import { hasCode, hubsOfEachTest, quick } from './support.ts';

describe('a hub that is overtaken', () => {
  const hubs = hubsOfEachTest();

  it('steps down when a higher number appears while it claims', async () => {
    const { end } = await hubs.start({
      checkpoint: (name: HubCheckpoint) => {
        if (name === 'claimed') makeClaim(hubs.directory, 5, newClaim('/elsewhere', 1));
      },
    });
    assert.deepEqual(await end, { reason: 'lost' });
    assert.equal(existsSync(hubs.pathOf(1, 'log')), false);
    assert.deepEqual(hubs.sockets, []);
  });

  it('steps down when it is overtaken while it reads the store', async () => {
    for (const step of ['previous loaded', 'base published', 'log written', 'log published'] as const) {
      const after = highestEpoch(hubs.directory);
      const { end } = await hubs.start({
        checkpoint: (name: HubCheckpoint) => {
          if (name === step) makeClaim(hubs.directory, after + 2, newClaim('/elsewhere', 1));
        },
      });
      assert.deepEqual(await end, { reason: 'lost' }, step);
      assert.deepEqual(hubs.sockets, []);
    }
  });

  it('never acknowledges once another hub leads, though it may have written', async () => {
    const first = await hubs.start();
    const ada = await hubs.join('Ada');
    const general = ada.room('general');
    await ada.send(general, 'stored by the first');

    const second = await hubs.start();
    assert.equal(second.hub.state, 'ready');
    const late = ada.send(general, 'too late');
    await assert.rejects(within('the answer', late), hasCode('CONNECTION_CLOSED'));
    assert.deepEqual(await first.end, { reason: 'fenced' });
    assert.deepEqual(ada.messages, ['stored by the first'], 'nothing was sent out either');

    const grace = await hubs.join('Ada');
    const page = await grace.request('history.page', { roomId: general, limit: 10 });
    assert.deepEqual(
      page.messages.map(({ content }) => content),
      ['stored by the first'],
    );
    assert.equal(hubs.sockets.length, 1);
  });

  it('never acknowledges a group that was synced while another claimed', async () => {
    let claim = false;
    const { end } = await hubs.start({
      checkpoint: (name: HubCheckpoint) => {
        if (claim && name === 'commit synced') makeClaim(hubs.directory, 2, newClaim('/elsewhere', 1));
      },
    });
    const ada = await hubs.join('Ada');
    claim = true;
    await assert.rejects(ada.send(ada.room('general'), 'synced'), hasCode('CONNECTION_CLOSED'));
    assert.deepEqual(await end, { reason: 'fenced' });
    assert.deepEqual(ada.messages, []);
  });

  it('answers no question from a state that is over', async () => {
    const first = await hubs.start();
    const ada = await hubs.join('Ada');
    await hubs.start();
    await assert.rejects(
      ada.request('history.page', { roomId: null, limit: 10 }),
      hasCode('CONNECTION_CLOSED'),
    );
    assert.deepEqual(await first.end, { reason: 'fenced' });
  });

  it('ends by itself when it is idle and overtaken, or its claim is gone', async () => {
    const first = await hubs.start({ times: quick });
    const second = await hubs.start({ times: quick });
    assert.deepEqual(await within('the first', first.end), { reason: 'fenced' });
    rmSync(hubs.pathOf(2, 'claim'));
    assert.deepEqual(await within('the second', second.end), { reason: 'fenced' });
  });
});
