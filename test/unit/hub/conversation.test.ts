import assert from 'node:assert/strict';
import { type ErrorCode, ChatError } from '../../../src/model/errors.ts';
import { newId } from '../../../src/model/ids.ts';
import { limits } from '../../../src/model/limits.ts';
import { until } from '../../integration/support/until.ts';
import { type TestClient, TestHubs } from './support.ts';

const hasCode = (code: ErrorCode) => (error: unknown) => error instanceof ChatError && error.code === code;

describe('a hub and its clients', () => {
  let hubs: TestHubs;
  let ada: TestClient;
  let grace: TestClient;
  let general: string;

  beforeEach(async () => {
    hubs = new TestHubs();
    await hubs.start();
    ada = await hubs.join('Ada');
    grace = await hubs.join('Grace');
    general = ada.room('general');
  });
  afterEach(() => hubs.dispose());

  it('acknowledges a message and tells it to everybody, the sender after the acknowledgement', async () => {
    const acknowledged = ada.request(
      'message.send',
      { id: newId(), roomId: general, content: 'hello' },
      {
        onReply: () => ada.order.push('acknowledged'),
      },
    );
    const { seq, subject } = await acknowledged;
    await Promise.all([ada.upTo(seq), grace.upTo(seq)]);
    const order = ada.order.filter((name) => name === 'acknowledged' || name === 'events');
    assert.deepEqual(order.slice(-2), ['acknowledged', 'events']);
    const [event] = grace.events.slice(-1);
    assert.equal(event?.id, subject);
    assert.equal(event?.senderId, ada.profileId);
    assert.equal(event?.session, ada.sessionId);
    assert.deepEqual(ada.events.at(-1), event);
    const { message } = await grace.request('message.get', { id: subject });
    assert.equal(message?.content, 'hello');
  });

  it('gives all clients one order, whoever sends how much at once', async () => {
    const sends = [ada, grace].flatMap((client, who) =>
      [...Array(200).keys()].map((n) => client.send(general, `${who}:${n}`)),
    );
    const acks = await Promise.all(sends);
    const last = Math.max(...acks.map(({ seq }) => seq));
    await Promise.all([ada.upTo(last), grace.upTo(last)]);
    assert.equal(ada.messages.length, 400);
    assert.deepEqual(ada.messages, grace.messages);
    assert.equal(new Set(acks.map(({ seq }) => seq)).size, 400);
    // Many commands share one sync, and one frame.
    assert.ok(grace.all('events').length < 200, `${grace.all('events').length} frames`);
  });

  it('takes a repeated id for the same message, and for a conflict when it says something else', async () => {
    const id = newId();
    const first = await ada.send(general, 'once', id);
    const [again, other] = await Promise.allSettled([
      ada.send(general, 'once', id.toUpperCase()),
      ada.send(general, 'twice', id),
    ]);
    assert.deepEqual(again, { status: 'fulfilled', value: first });
    assert.ok(other.status === 'rejected' && hasCode('CONFLICT')(other.reason));
    await assert.rejects(grace.send(general, 'once', id), hasCode('CONFLICT'));
    const { seq } = await ada.send(general, 'the end');
    await grace.upTo(seq);
    assert.deepEqual(grace.messages, ['once', 'the end']);
  });

  it('refuses one command of a group and stores the others', async () => {
    const [a, b, c, d] = await Promise.allSettled([
      ada.send(general, 'a'),
      ada.send(newId(), 'b'),
      ada.send(general, ''),
      ada.send(general, 'd'),
    ]);
    assert.equal(a.status, 'fulfilled');
    assert.ok(b.status === 'rejected' && hasCode('NO_SUCH_ROOM')(b.reason));
    assert.ok(c.status === 'rejected' && hasCode('EMPTY_MESSAGE')(c.reason));
    assert.ok(d.status === 'fulfilled' && a.status === 'fulfilled');
    assert.equal(d.value.seq, a.value.seq + 1);
  });

  it('shows a direct room to its members only: live, in history, by id and after a resume', async () => {
    const kurt = await hubs.join('Kurt');
    const { subject: direct } = await ada.request('direct.open', {
      id: newId(),
      profileIds: [grace.profileId],
    });
    const secret = await ada.send(direct, 'between us');
    const open = await ada.send(general, 'for all');
    await Promise.all([grace.upTo(open.seq), kurt.upTo(open.seq)]);
    assert.deepEqual(grace.messages, ['between us', 'for all']);
    assert.deepEqual(kurt.messages, ['for all']);
    assert.ok(!kurt.events.some(({ body }) => body['roomId'] === direct));
    // It knows where the store stands all the same.
    assert.deepEqual(kurt.all('events').at(-1)?.chain, grace.all('events').at(-1)?.chain);
    assert.deepEqual(await kurt.request('message.get', { id: secret.subject }), { message: null });
    const all = await kurt.request('history.page', { roomId: null, limit: 100 });
    assert.deepEqual(
      all.messages.map(({ content }) => content),
      ['for all'],
    );
    await assert.rejects(
      kurt.request('history.page', { roomId: direct, limit: 100 }),
      hasCode('NO_SUCH_ROOM'),
    );
    const back = await hubs.connect();
    await back.open({ by: 'id', id: kurt.profileId });
    assert.deepEqual(
      back.rooms.map(({ id }) => id),
      [general],
    );
  });

  it('answers a page of history whose messages are long within one frame', async () => {
    const content = '\u0001'.repeat(1_000) + 'x'.repeat(limits.contentBytes - 1_000);
    for (let n = 0; n < 20; n += 1) await ada.send(general, content);
    const page = await grace.request('history.page', { roomId: general, limit: 200 });
    assert.ok(page.messages.length > 1 && page.messages.length < 20, `${page.messages.length}`);
    assert.equal(page.reachedStart, false);
    // Live ones arrive all the same, in as many frames as they need.
    await until('all messages', () => grace.messages.length === 20);
    assert.ok(grace.messages.every((message) => message === content));
  });

  it('refuses everything but a session and a sign of life before a session is open', async () => {
    const stranger = await hubs.connect();
    assert.deepEqual(await stranger.request('ping', {}), {});
    await assert.rejects(stranger.request('status', {}), hasCode('BAD_REQUEST'));
    await assert.rejects(
      stranger.request('history.page', { roomId: null, limit: 1 }),
      hasCode('BAD_REQUEST'),
    );
    await assert.rejects(stranger.send(general, 'x'), hasCode('BAD_REQUEST'));
    await assert.rejects(stranger.request('read.mark', { roomId: general, upTo: 1 }), hasCode('BAD_REQUEST'));
    await assert.rejects(stranger.open({ by: 'name', name: 'Nobody' }), hasCode('NO_SUCH_PROFILE'));
    assert.equal(stranger.isClosed, false);
    await stranger.open({ by: 'name', name: 'grace' });
    assert.equal(stranger.profileId, grace.profileId);
  });

  it('says who is here, and soon says that one has gone', async () => {
    const here = (): unknown =>
      ada
        .all('sessions')
        .at(-1)
        ?.sessions.map(({ profileId }) => profileId)
        .join();
    await until('both', () => here() === [ada.profileId, grace.profileId].join());
    grace.close();
    await until('one', () => here() === ada.profileId);
  });

  it('lets a session that comes back take the place of its old connection', async () => {
    const back = await hubs.connect(grace.sessionId);
    await back.open({ by: 'id', id: grace.profileId });
    await until('the old one is closed', () => grace.isClosed);
    await until('presence', () => back.all('sessions').at(-1)?.sessions.length === 2);
    assert.equal((await back.request('status', {})).sessions, 2);
  });

  it('opens a session anew as another profile on the same connection', async () => {
    const { subject: direct } = await ada.request('direct.open', {
      id: newId(),
      profileIds: [ada.profileId],
    });
    await ada.send(direct, 'a note to myself');
    const result = await ada.open({ by: 'id', id: grace.profileId });
    assert.deepEqual([result.profileId, result.full], [grace.profileId, true]);
    await grace.send(general, 'as Grace');
    await until('the event', () => ada.messages.includes('as Grace'));
    await assert.rejects(ada.send(direct, 'not mine any more'), hasCode('NO_SUCH_ROOM'));
    const status = await ada.request('status', {});
    assert.equal(status.sessions, 2);
  });

  it('tells about itself, and not what is said', async () => {
    await ada.send(general, 'xyzzy is our word');
    const status = await ada.request('status', {});
    assert.deepEqual(
      { ...status, since: '', files: status.files.map(({ name }) => name), seq: 0 },
      {
        version: '0.0.0-test',
        protocol: 1,
        format: 1,
        epoch: 1,
        pid: process.pid,
        since: '',
        state: 'ready',
        directory: hubs.directory,
        seq: 0,
        messages: 1,
        rooms: 1,
        profiles: 2,
        sessions: 2,
        faults: [],
        salvages: [],
        skipped: 0,
        files: ['000000000001.claim', '000000000001.base', '000000000001.log'],
      },
    );
    assert.doesNotMatch(JSON.stringify(hubs.logged), /xyzzy/);
  });

  describe('and their read marks', () => {
    it('become one event a second, and every one of them is answered once it is stored', async () => {
      const { seq } = await ada.send(general, 'one');
      const last = (await ada.send(general, 'two')).seq;
      await ada.send(general, 'three');
      await grace.upTo(last);
      const marks = [seq - 1, seq, last, seq].map((upTo) =>
        grace.request('read.mark', { roomId: general, upTo }),
      );
      await Promise.all(marks);
      await until('the marks', () => grace.events.filter(({ type }) => type === 'read.marked').length > 0);
      const marked = grace.events
        .filter(({ type }) => type === 'read.marked')
        .map(({ body }) => body['upTo']);
      // The first asks for less than there is to read; the other three are one.
      assert.deepEqual(marked.slice(-1), [last]);
      assert.ok(marked.length <= 2, JSON.stringify(marked));
      assert.ok(!ada.events.some(({ type }) => type === 'read.marked'), 'a mark is private');
    });

    it('belong to who asked, also when the session speaks as somebody else before they are stored', async () => {
      const readSeq = async (id: string): Promise<number | undefined> => {
        const client = await hubs.connect();
        await client.open({ by: 'id', id });
        return client.rooms.find((room) => room.id === general)?.readSeq;
      };
      const kurt = await hubs.join('Kurt');
      const before = await readSeq(kurt.profileId);
      const first = await ada.send(general, 'one');
      const second = await ada.send(general, 'two');
      const window = await hubs.connect();
      await window.open({ by: 'id', id: grace.profileId });
      await window.request('read.mark', { roomId: general, upTo: first.seq });
      const late = window.request('read.mark', { roomId: general, upTo: second.seq });
      await window.open({ by: 'id', id: kurt.profileId });
      await late;
      assert.equal(await readSeq(grace.profileId), second.seq);
      assert.equal(await readSeq(kurt.profileId), before);
    });
  });

  describe('that come back', () => {
    it('are sent what changed since, and everything when that can not be told', async () => {
      const { subject: harbour } = await ada.request('room.create', { id: newId(), name: 'harbour' });
      const before = await ada.send(general, 'before');
      await grace.upTo(before.seq);
      const { seq, chain } = grace.all('events').at(-1) ?? assert.fail('no events');
      const point = { seq, chain, profileId: grace.profileId };
      const choice = { by: 'id', id: grace.profileId } as const;
      grace.close();
      const missed = await ada.send(general, 'missed');

      const back = await hubs.connect(grace.sessionId);
      const delta = await back.open(choice, point);
      assert.deepEqual([delta.full, delta.seq], [false, missed.seq]);
      assert.deepEqual(
        back.rooms.map(({ id, lastSeq }) => [id, lastSeq]),
        [[general, missed.seq]],
      );
      assert.ok(back.order.indexOf('state') < back.order.indexOf('opened'));

      for (const wrong of [
        { ...point, chain: `${chain}0` },
        { ...point, seq: seq + 1_000 },
        { ...point, profileId: ada.profileId },
      ]) {
        const other = await hubs.connect();
        const opened = await other.open(choice, wrong);
        assert.equal(opened.full, true, JSON.stringify(wrong));
        assert.deepEqual(other.rooms.map(({ id }) => id).sort(), [general, harbour].sort());
      }

      const nothing = await hubs.connect();
      const { full } = await nothing.open(choice, { ...point, seq: delta.seq, chain: delta.chain });
      assert.deepEqual([full, nothing.all('state')], [false, []]);
    });

    it('miss nothing and get nothing twice while others go on talking', async function () {
      this.timeout(30_000);
      // A state of several frames, so that there is time to talk while it is on its way.
      const topic = '日'.repeat(limits.topicLength);
      const rooms = [...Array(600).keys()].map((n) =>
        ada.request('room.create', { id: newId(), name: `room-${n}`, topic }),
      );
      await Promise.all(rooms);
      let rest = 5_000;
      const talk = (async () => {
        for (; rest > 0; rest -= 1) await ada.send(general, `m${rest}`);
      })();
      for (let round = 0; round < 10; round += 1) {
        const client = await hubs.connect();
        const { seq } = await client.open({ by: 'id', id: grace.profileId });
        const parts = client.all('state').length;
        assert.ok(parts > 2, `${parts} parts`);
        await client.upTo(seq + 5);
        assert.deepEqual(client.order.slice(0, client.order.indexOf('opened') + 1), [
          'hubState',
          ...Array<string>(parts).fill('state'),
          'opened',
        ]);
        const seqs = client.events.map((event) => event.seq);
        assert.deepEqual(
          seqs,
          seqs.map((_, index) => seq + 1 + index),
        );
        client.close();
      }
      assert.ok(rest > 0, 'she stopped too early');
      rest = 0;
      await talk;
    });
  });
});
