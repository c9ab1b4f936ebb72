import assert from 'node:assert/strict';
import { type Observation, type Stored, violations } from './support/history.ts';

const stored = (seq: number, over: Partial<Stored> = {}): Stored => ({
  id: `id-${seq}`,
  seq,
  room: 'general',
  content: `text ${seq}`,
  ...over,
});

/** Four messages, each acknowledged before the next was sent, and one follower who saw them all. */
function sound(): { -readonly [K in keyof Observation]: Observation[K] } {
  const history = [3, 4, 6, 7].map((seq) => stored(seq));
  return {
    history,
    sent: history.map(({ id, room, content, seq }) => ({ id, room, content, at: seq * 10 })),
    acked: history.map(({ id, seq }) => ({ id, seq, at: seq * 10 + 5 })),
    followed: [{ name: 'f', since: 0, messages: history }],
  };
}

describe('the checker of histories', () => {
  it('is content with a sound one, also with a follower that started late or is behind', () => {
    const observation = sound();
    observation.followed = [
      { name: 'late', since: 4, messages: [stored(6), stored(7)] },
      { name: 'behind', since: 0, messages: [stored(3), stored(4)] },
      { name: 'new', since: 7, messages: [] },
    ];
    assert.deepEqual(violations(observation), []);
  });

  it('takes an unacknowledged message both ways', () => {
    const observation = sound();
    observation.sent = [...observation.sent, { id: 'x', room: 'general', content: 'x', at: 1 }];
    assert.deepEqual(violations(observation), []);
    observation.acked = observation.acked.slice(1);
    assert.deepEqual(violations(observation), []);
  });

  const planted: [string, RegExp, (observation: ReturnType<typeof sound>) => void][] = [
    [
      'a lost message',
      /acknowledged message lost: id-4/,
      (o) => (o.history = o.history.filter(({ seq }) => seq !== 4)),
    ],
    [
      'another seq',
      /acknowledged at another place/,
      (o) => (o.acked = [...o.acked.slice(1), { id: 'id-3', seq: 5, at: 99 }]),
    ],
    [
      'one seq for two',
      /one seq acknowledged for two/,
      (o) => (o.acked = [...o.acked, { id: 'id-4', seq: 3, at: 99 }]),
    ],
    ['an id twice', /id twice/, (o) => (o.history = [...o.history, stored(8, { id: 'id-3' })])],
    ['a seq twice', /seq twice/, (o) => (o.history = [...o.history, stored(7, { id: 'id-6' })])],
    ['a stranger', /nobody sent/, (o) => (o.history = [...o.history, stored(9)])],
    [
      'another text',
      /message changed/,
      (o) => (o.history = o.history.map((m) => (m.seq === 4 ? stored(4, { content: 'x' }) : m))),
    ],
    ['wrong order', /out of order/, (o) => (o.history = [...o.history].reverse())],
    [
      'an order against time',
      /later message stored earlier: id-3/,
      (o) => (o.sent = o.sent.map((m) => (m.id === 'id-3' ? { ...m, at: 70 } : m))),
    ],
    [
      'a gap in a follower',
      /follower f.*line 2/,
      (o) => (o.followed = [{ name: 'f', since: 0, messages: [stored(3), stored(6)] }]),
    ],
    [
      'a repetition in a follower',
      /follower f.*line 2/,
      (o) => (o.followed = [{ name: 'f', since: 0, messages: [stored(3), stored(3), stored(4)] }]),
    ],
    [
      'a swap in a follower',
      /follower f.*line 1/,
      (o) => (o.followed = [{ name: 'f', since: 0, messages: [stored(4), stored(3)] }]),
    ],
    [
      'a ghost in a follower',
      /follower f.*line 5/,
      (o) => (o.followed = [{ name: 'f', since: 0, messages: [...o.history, stored(8)] }]),
    ],
  ];
  for (const [what, expected, plant] of planted) {
    it(`finds ${what}`, () => {
      const observation = sound();
      plant(observation);
      assert.match(violations(observation).join('\n'), expected);
    });
  }
});
