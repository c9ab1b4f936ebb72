import assert from 'node:assert/strict';
import { FoldedState } from '../../../src/client/fold.ts';
import {
  HubSession,
  type OpenParams,
  type OpenResult,
  type StatePart,
} from '../../../src/client/hub-session.ts';
import { deferred } from '../../../src/common/deferred.ts';
import type { Disposable } from '../../../src/common/disposable.ts';
import { openConnection } from '../../../src/ipc/connect.ts';
import type { ClientConnection } from '../../../src/ipc/wire.ts';
import { ChatError } from '../../../src/model/errors.ts';
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
      onHandOver: () => undefined,
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

describe('a session that is opened again before the first answer', () => {
  /** A connection of which the test says what comes, and when. */
  class Played {
    readonly asked: { params: OpenParams; reply: (result: OpenResult) => void; fail: () => void }[] = [];
    readonly end = null;
    tell: (part: StatePart) => void = () => undefined;
    readonly onDidClose = (): Disposable => ({ dispose: () => undefined });

    start(handlers: { onNotification: (note: { name: 'state'; params: StatePart }) => void }): void {
      this.tell = (params) => handlers.onNotification({ name: 'state', params });
    }

    request(_: string, params: OpenParams, { onReply }: { onReply: (result: OpenResult) => void }) {
      const answer = deferred<OpenResult>();
      const reply = (result: OpenResult): void => {
        onReply(result);
        answer.resolve(result);
      };
      const fail = (): void => answer.reject(new ChatError('NO_SUCH_PROFILE', { profile: 'x' }));
      this.asked.push({ params, reply, fail });
      return answer.promise;
    }
  }

  const as = (profile: string): OpenParams => ({
    sessionId: newId(),
    kind: 'person',
    surface: 'window',
    folder: '',
    product: 'test',
    pid: 1,
    since: '2026-11-23T09:30:00.000Z',
    profile: { by: 'name', name: profile },
  });
  const part = (): StatePart => ({ profiles: [], rooms: [], drafts: [] });
  const result: OpenResult = { profileId: newId(), seq: 1, chain: 'c', full: true };

  let played: Played;
  let session: HubSession;
  let opened: (readonly StatePart[])[];
  beforeEach(() => {
    played = new Played();
    opened = [];
    session = new HubSession(played as unknown as ClientConnection, 'ready', {
      onOpen: (parts) => opened.push(parts),
      onEvents: () => undefined,
      onSessions: () => undefined,
      onHubState: () => undefined,
      onHandOver: () => undefined,
    });
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('has all parts of the first, and asks for the second after it', async () => {
    const [one, two, three] = [part(), part(), part()];
    const first = session.open(as('Ada'));
    await turn();
    played.tell(one);
    const second = session.open(as('Grace'));
    await turn();
    assert.equal(played.asked.length, 1);
    played.tell(two);
    played.asked[0]?.reply(result);
    await first;
    await turn();
    assert.equal(played.asked.length, 2);
    played.tell(three);
    played.asked[1]?.reply(result);
    await second;
    assert.deepEqual(
      opened.map((parts) => parts.length),
      [2, 1],
    );
    assert.ok(opened[0]?.[0] === one && opened[0][1] === two && opened[1]?.[0] === three);
  });

  it('asks for the second also when the first was refused, with nothing left of it', async () => {
    const first = session.open(as('Nobody'));
    const second = session.open(as('Grace'));
    await turn();
    played.tell(part());
    played.asked[0]?.fail();
    await assert.rejects(first);
    await turn();
    played.asked[1]?.reply(result);
    await second;
    assert.deepEqual(opened, [[]]);
  });
});
