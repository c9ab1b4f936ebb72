import assert from 'node:assert/strict';
import type { Actor, HistoryPage, HistoryQuery } from '../../../src/core/ports.ts';
import { newId } from '../../../src/model/ids.ts';
import { limits } from '../../../src/model/limits.ts';
import { PAGES } from '../../../src/store/history.ts';
import { COUNT_UNREAD } from '../../../src/store/ledger.ts';
import { migrate } from '../../../src/store/schema.ts';
import { asText, Sql } from '../../../src/store/sql.ts';
import { Chat, engine, refusal } from './support.ts';

type Person = Actor & { profileId: string };

describe('store: history', () => {
  let chat: Chat;
  let ada: Person;
  let grace: Person;
  let linus: Person;
  let general: string;

  beforeEach(async () => {
    chat = new Chat();
    await chat.open();
    ada = chat.join('Ada');
    grace = chat.join('Grace');
    linus = chat.join('Linus');
    general = chat.room('general');
  });

  afterEach(() => chat.dispose());

  const page = (who: Person, query: Partial<HistoryQuery> = {}): Promise<HistoryPage> =>
    chat.store.history.page({ profileId: who.profileId, roomId: general, limit: 50, ...query });

  /** `2 3 4 <- more` in one line: seqs, and at which ends there is more. */
  const shape = ({ messages, reachedStart, reachedEnd }: HistoryPage): string =>
    [reachedStart ? '|' : '…', ...messages.map(({ content }) => content), reachedEnd ? '|' : '…'].join(' ');

  describe('pages', () => {
    let seqs: number[];

    beforeEach(() => {
      const other = chat.ask(ada, 'room.create', { name: 'other' }).subject;
      seqs = [];
      for (const content of ['a', 'b', 'c', 'd', 'e']) {
        seqs.push(chat.say(ada, general, content).seq);
        chat.say(ada, other, 'elsewhere');
      }
    });

    const around = async (query: Partial<HistoryQuery>): Promise<string> => shape(await page(grace, query));

    it('are the newest messages at first', async () => {
      assert.equal(await around({}), '| a b c d e |');
      assert.equal(await around({ limit: 5 }), '| a b c d e |');
      assert.equal(await around({ limit: 2 }), '… d e |');
    });

    it('go back', async () => {
      assert.equal(await around({ before: seqs[3]!, limit: 2 }), '… b c …');
      assert.equal(await around({ before: seqs[2]!, limit: 2 }), '| a b …');
      assert.equal(await around({ before: seqs[0]! }), '| …');
      assert.equal(await around({ before: 1_000_000, limit: 1 }), '… e |');
    });

    it('go forward', async () => {
      assert.equal(await around({ after: 0, limit: 2 }), '| a b …');
      assert.equal(await around({ after: seqs[1]!, limit: 2 }), '… c d …');
      assert.equal(await around({ after: seqs[2]!, limit: 2 }), '… d e |');
      assert.equal(await around({ after: seqs[4]! }), '… |');
    });

    it('of all rooms have one order', async () => {
      const all = await page(grace, { roomId: null, before: seqs[2]!, limit: 3 });
      assert.equal(shape(all), '… elsewhere b elsewhere …');
      assert.deepEqual(
        all.messages.map(({ seq }) => seq),
        all.messages.map(({ seq }) => seq).sort((a, b) => a - b),
      );
    });

    it('of a room without messages are empty at both ends', async () => {
      const empty = chat.ask(ada, 'room.create', { name: 'empty' }).subject;
      for (const query of [{}, { before: 5 }, { after: 5 }]) {
        assert.equal(shape(await page(ada, { roomId: empty, ...query })), '| |');
      }
    });

    it('are cut before they would grow too long for a frame', async () => {
      const content = '\u0001'.repeat(limits.contentBytes);
      for (let n = 0; n < 4; n++) chat.say(ada, general, content);
      const newest = await page(grace);
      // Each takes six bytes a character when encoded: 96 KiB, so that only one fits.
      assert.equal(newest.messages.length, 1);
      assert.equal(newest.reachedStart, false);
      assert.equal(newest.reachedEnd, true);
      const older = await page(grace, { before: newest.messages[0]!.seq });
      assert.deepEqual([older.messages.length, older.reachedEnd], [1, false]);
      const forward = await page(grace, { after: seqs[4]! });
      assert.deepEqual(
        [forward.messages.length, forward.reachedStart, forward.reachedEnd],
        [1, false, false],
      );
    });

    it('need a room and a profile that exist', async () => {
      const room = newId();
      await assert.rejects(page(ada, { roomId: room }), refusal('NO_SUCH_ROOM', { room }));
      await assert.rejects(page({ ...ada, profileId: newId() }), refusal('NO_SUCH_PROFILE'));
    });
  });

  describe('shows direct rooms to their members only', () => {
    let direct: string;
    let secret: string;

    beforeEach(() => {
      direct = chat.ask(ada, 'direct.open', { profileIds: [grace.profileId] }).subject;
      secret = newId();
      chat.say(ada, general, 'for all');
      chat.say(ada, direct, 'for grace', secret);
    });

    it('in pages', async () => {
      assert.deepEqual(await chat.contents(grace, direct), ['for grace']);
      assert.deepEqual(await chat.contents(grace, null), ['for all', 'for grace']);
      assert.deepEqual(await chat.contents(linus, null), ['for all']);
      assert.equal((await page(linus, { roomId: null, after: 0 })).reachedEnd, true);
      await assert.rejects(page(linus, { roomId: direct }), refusal('NO_SUCH_ROOM', { room: direct }));
    });

    it('by id', async () => {
      assert.equal((await chat.store.history.message(grace.profileId, secret))?.content, 'for grace');
      assert.equal(await chat.store.history.message(linus.profileId, secret), null);
      assert.equal(await chat.store.history.message(linus.profileId, newId()), null);
    });

    it('in the state', async () => {
      const roomsOf = async (who: Person): Promise<string[]> =>
        (await chat.store.history.changedSince(who.profileId, 0)).rooms.map(({ id }) => id);
      assert.deepEqual(await roomsOf(grace), [general, direct]);
      assert.deepEqual(await roomsOf(linus), [general]);
    });
  });

  describe('rows that changed', () => {
    const changed = async (who: Person, rev: number): Promise<unknown> => {
      const { profiles, rooms, drafts } = await chat.store.history.changedSince(who.profileId, rev);
      return {
        profiles: profiles.map(({ name }) => name),
        rooms: rooms.map(({ name, unread, readSeq }) => ({ name, unread, readSeq })),
        drafts: drafts.map(({ content }) => content),
      };
    };

    it('are none when nothing happened', async () => {
      assert.deepEqual(await changed(ada, chat.store.seq), { profiles: [], rooms: [], drafts: [] });
    });

    it('are those a message, a mark, a draft or a change touched', async () => {
      chat.ask(ada, 'room.create', { name: 'quiet' });
      let { seq } = chat.store;
      const message = chat.say(ada, general, 'hello').seq;
      assert.deepEqual(await changed(grace, seq), {
        profiles: [],
        rooms: [{ name: 'general', unread: 1, readSeq: 0 }],
        drafts: [],
      });
      ({ seq } = chat.store);
      chat.ask(grace, 'read.mark', { roomId: general, upTo: message });
      assert.deepEqual(await changed(grace, seq), {
        profiles: [],
        rooms: [{ name: 'general', unread: 0, readSeq: message }],
        drafts: [],
      });
      assert.deepEqual(await changed(ada, seq), { profiles: [], rooms: [], drafts: [] });
      ({ seq } = chat.store);
      chat.ask(ada, 'draft.save', { roomId: general, content: 'soon' });
      chat.ask(ada, 'profile.change', { profileId: ada.profileId, name: 'Countess' });
      assert.deepEqual(await changed(ada, seq), { profiles: ['Countess'], rooms: [], drafts: ['soon'] });
      assert.deepEqual(await changed(grace, seq), { profiles: ['Countess'], rooms: [], drafts: [] });
    });

    it('tell of an emptied draft to those who were away, not to those who are new', async () => {
      chat.ask(ada, 'draft.save', { roomId: general, content: 'soon' });
      const { seq } = chat.store;
      chat.ask(ada, 'draft.save', { roomId: general, content: '' });
      const { drafts } = await chat.store.history.changedSince(ada.profileId, seq);
      assert.deepEqual(drafts, [{ roomId: general, content: '', rev: seq + 1 }]);
      assert.deepEqual((await chat.store.history.changedSince(ada.profileId, 0)).drafts, []);
    });
  });

  describe('unread counts', () => {
    it('agree with counting by hand, whatever happens in which order', async function () {
      const seed = 20261123;
      this.test!.title += ` (seed ${seed})`;
      const random = mulberry(seed);
      const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
      const people = [ada, grace, linus];
      const said: { seq: number; by: string; typed: boolean }[] = [];
      const marks = new Map<string, number>();
      for (let step = 0; step < 300; step++) {
        const who = pick(people);
        const kind = pick(['person', 'person', 'script'] as const);
        if (random() < 0.7) {
          const { seq } = chat.say({ ...who, kind }, general, `step ${step}`);
          said.push({ seq, by: who.profileId, typed: kind === 'person' });
        } else if (said.length > 0) {
          const { seq } = pick(said);
          chat.ask(who, 'read.mark', { roomId: general, upTo: seq });
          marks.set(who.profileId, Math.max(seq, marks.get(who.profileId) ?? 0));
        }
        const after = pick(said)?.seq ?? 0;
        const unreadAfter = (seq: number): number =>
          said.filter((one) => one.seq > seq && !(one.by === who.profileId && one.typed)).length;
        const mark = marks.get(who.profileId) ?? 0;
        const { rooms } = await chat.store.history.changedSince(who.profileId, 0);
        assert.deepEqual([rooms[0]?.unread, rooms[0]?.readSeq], [unreadAfter(mark), mark]);
        assert.equal(chat.store.ledger.unreadAfter(who.profileId, general, after), unreadAfter(after));
      }
    }).timeout(30_000);
  });

  describe('reads by index', () => {
    let sql: Sql;

    before(async () => {
      sql = new Sql(await engine());
      migrate(sql);
    });

    after(() => sql.close());

    const plan = (query: string): string =>
      sql
        .all(`EXPLAIN QUERY PLAN ${query}`)
        .map((row) => asText(row[3]))
        .join('; ');

    for (const direction of ['up', 'down'] as const) {
      it(`a page of a room, ${direction}`, () => {
        const found = plan(PAGES.room[direction]);
        assert.match(found, /SEARCH m USING INDEX messages_by_room \(room=\? AND seq>\? AND seq<\?\)/);
        assert.doesNotMatch(found, /SCAN|TEMP B-TREE/);
      });

      it(`a page of all rooms, ${direction}`, () => {
        const found = plan(PAGES.all[direction]);
        assert.match(found, /SEARCH m USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/);
        assert.doesNotMatch(found, /SCAN|TEMP B-TREE/);
      });
    }

    it('an unread count, and never looks at the messages', () => {
      assert.match(plan(COUNT_UNREAD), /SEARCH messages USING COVERING INDEX messages_by_room/);
    });

    it('a page of 10,000 messages about as fast as one of 100', async () => {
      // The fastest of many: whatever else the machine does can only make a run slower.
      const fastest = async (): Promise<number> => {
        let least = Infinity;
        for (let n = 0; n < 50; n++) {
          const started = performance.now();
          assert.equal((await page(grace, { limit: 50 })).messages.length, 50);
          least = Math.min(least, performance.now() - started);
        }
        return least;
      };
      const fill = (count: number): void => {
        chat.store.commit(
          (group) => {
            for (let n = 0; n < count; n++) {
              const decision = chat.decide(ada, 'message.send', { roomId: general, content: `line ${n}` });
              if (decision.kind === 'event') group.add(decision.draft, ada);
            }
          },
          () => true,
        );
      };
      fill(100);
      await fastest();
      const few = await fastest();
      for (let n = 0; n < 99; n++) fill(100);
      const many = await fastest();
      assert.ok(many < 5 * few, `${many} ms against ${few} ms`);
    }).timeout(60_000);
  });
});

/** A small seeded generator: the same numbers on every machine. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
