import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { newId } from '../../../src/model/ids.ts';
import { encodeGroup } from '../../../src/store/log.ts';
import { encodeLine } from '../../../src/store/log-line.ts';
import { Sql } from '../../../src/store/sql.ts';
import { Chat, engine, refusal } from './support.ts';

describe('store: events of other versions', () => {
  let chat: Chat;
  let ada: ReturnType<Chat['join']>;
  let general: string;

  beforeEach(async () => {
    chat = new Chat();
    await chat.open();
    ada = chat.join('Ada');
    general = chat.room('general');
    chat.say(ada, general, 'before');
  });

  afterEach(() => chat.dispose());

  /** Appends a group to the log of the open epoch, as a newer version would have written it, and closes. */
  function writeNewer(...events: object[]): string[] {
    const first = chat.store.seq + 1;
    const json = events.map((event, index) =>
      JSON.stringify({
        seq: first + index,
        id: newId(),
        type: 'poll.opened',
        v: 1,
        timestamp: '2027-01-01T00:00:00.000Z',
        session: null,
        senderId: ada.profileId,
        audience: { to: 'room', roomId: general },
        body: {},
        ...event,
      }),
    );
    const intents = events.map((_event, index) => `intent ${index}`);
    appendFileSync(
      chat.file(chat.epoch, 'log'),
      encodeLine(`nonce${chat.epoch}`, encodeGroup(first, json, intents)),
    );
    return json;
  }

  async function keptIn(epoch: number): Promise<unknown[]> {
    const sql = new Sql(await engine(), readFileSync(chat.file(epoch, 'base')));
    try {
      return sql.all('SELECT seq, event, understood FROM unknown_events ORDER BY seq');
    } finally {
      sql.close();
    }
  }

  it('are kept word for word, through takeover and export, and count', async () => {
    const { seq } = chat.store;
    const id = newId();
    const [kind, version, body] = writeNewer(
      { id, body: { question: 'Tea?\u2028', options: ['yes', { no: 1 }] }, somethingElse: true },
      { type: 'message.posted', v: 2, body: { roomId: general, blocks: [] } },
      { type: 'message.posted', body: { roomId: general, kind: 'oracle', content: 'hm' } },
    );
    await chat.open();
    assert.equal(chat.store.seq, seq + 3);
    const { chain } = chat.store;
    assert.ok(readFileSync(chat.file(2, 'log'), 'utf8').includes(`[${kind},${version},${body}]`));
    assert.throws(() => chat.say(ada, general, 'taken', id), refusal('CONFLICT', { id }));
    assert.deepEqual(await chat.contents(ada, general), ['before']);

    await chat.open({ export: true });
    const kept = [
      [seq + 1, kind, 0],
      [seq + 2, version, 0],
      [seq + 3, body, 0],
    ];
    assert.deepEqual(await keptIn(3), kept);
    assert.deepEqual([chat.store.chain, chat.store.chainAt(seq + 3)], [chain, chain]);

    assert.equal(chat.say(ada, general, 'after').seq, seq + 4);
    await chat.open({ export: true });
    assert.deepEqual(await keptIn(4), kept);
    assert.deepEqual(await chat.contents(ada, general), ['before', 'after']);
  });

  it('with more in them than is known here are applied, and kept besides', async () => {
    const [json] = writeNewer({
      type: 'message.posted',
      body: { roomId: general, kind: 'person', content: 'in reply', thread: newId() },
    });
    await chat.open({ export: true });
    assert.deepEqual(await chat.contents(ada, general), ['before', 'in reply']);
    assert.deepEqual(await keptIn(2), [[chat.store.seq, json, 1]]);
  });

  it('that cannot be applied stop a normal start, and are set aside by a safe one', async () => {
    const { seq } = chat.store;
    writeNewer(
      { type: 'message.posted', body: { roomId: newId(), kind: 'person', content: 'to nowhere' } },
      { type: 'message.posted', body: { roomId: general, kind: 'person', content: 'to general' } },
    );
    await assert.rejects(chat.open(), { name: 'UnappliableEventError' });
    await chat.open({ safeMode: true });
    assert.deepEqual(chat.store.facts.skipped, [seq + 1]);
    assert.deepEqual(await chat.contents(ada, general), ['before', 'to general']);
    assert.equal(chat.store.seq, seq + 2);
    // It is in the base now: the next start is a normal one.
    await chat.open();
    assert.deepEqual(chat.store.facts.skipped, [seq + 1]);
    assert.deepEqual(await chat.contents(ada, general), ['before', 'to general']);
  });
});
