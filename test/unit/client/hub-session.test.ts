import assert from 'node:assert/strict';
import { FoldedState } from '../../../src/client/fold.ts';
import { HubSession, type OpenParams } from '../../../src/client/hub-session.ts';
import { openConnection } from '../../../src/ipc/connect.ts';
import { newId } from '../../../src/model/ids.ts';
import { highestEpoch, readClaim } from '../../../src/rendezvous/claim.ts';
import { loadSecret } from '../../../src/rendezvous/secret.ts';
import { until } from '../../integration/support/until.ts';
import { TestHubs } from '../hub/support.ts';

describe('a session that is opened twice at once', () => {
  let hubs: TestHubs;
  beforeEach(() => {
    hubs = new TestHubs();
  });
  afterEach(() => hubs.dispose());

  it('has the whole state of each profile, and goes on as the last', async function () {
    this.timeout(20_000);
    await hubs.start();
    const ada = await hubs.join('Ada');
    const grace = await hubs.join('Grace');
    // More than fits into one part.
    const rooms = [...Array(700).keys()].map((n) =>
      ada.request('room.create', { id: newId(), name: `room-${n}`, topic: 'x'.repeat(250) }),
    );
    await Promise.all(rooms);

    const reading = readClaim(hubs.directory, highestEpoch(hubs.directory));
    assert.ok(reading.kind === 'claim');
    const secret = loadSecret(hubs.directory);
    const dialed = await openConnection({ path: reading.claim.socket, secret, helloTimeoutMs: 2_000 });
    assert.ok(dialed.kind === 'connected');
    const folded = new FoldedState();
    const opened: object[] = [];
    const session = new HubSession(dialed.connection, dialed.state, {
      onOpen: (parts, result) => {
        folded.open(parts, result);
        opened.push({ me: folded.me?.name, rooms: folded.rooms.size });
      },
      onEvents: (group) => folded.apply(group),
      onSessions: () => undefined,
      onHubState: () => undefined,
    });
    const sessionId = newId();
    const as = (id: string): OpenParams => ({
      sessionId,
      kind: 'person',
      surface: 'window',
      folder: '',
      product: 'test',
      pid: process.pid,
      since: '2026-11-23T09:30:00.000Z',
      profile: { by: 'id', id },
    });
    await Promise.all([ada, grace, ada, grace].map(({ profileId }) => session.open(as(profileId))));
    const all = ['Ada', 'Grace', 'Ada', 'Grace'].map((me) => ({ me, rooms: 701 }));
    assert.deepEqual(opened, all);
    const { seq } = await ada.send(ada.room('general'), 'to all');
    await until('the event', () => folded.seq === seq);
    dialed.connection.dispose();

    // The hub keeps them apart for any client.
    const raw = await hubs.connect();
    await Promise.all([ada, grace].map(({ profileId }) => raw.open({ by: 'id', id: profileId })));
    const order = raw.order.filter((name) => name === 'state' || name === 'opened');
    assert.deepEqual(order, ['state', 'state', 'opened', 'state', 'state', 'opened']);
  });
});
