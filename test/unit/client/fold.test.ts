import assert from 'node:assert/strict';
import { FoldedState } from '../../../src/client/fold.ts';
import type { Profile, Room } from '../../../src/model/entities.ts';
import type { EventBody, EventEnvelope, EventType } from '../../../src/model/events.ts';
import { newId } from '../../../src/model/ids.ts';

const timestamp = '2026-11-23T09:30:00.000Z';
const ada: Profile = { id: newId(), name: 'Ada', colour: 'violet', created: timestamp, rev: 1 };
const grace: Profile = { id: newId(), name: 'Grace', colour: 'green', created: timestamp, rev: 2 };
const general: Room = {
  id: newId(),
  kind: 'room',
  name: 'general',
  topic: '',
  archived: false,
  members: [],
  created: timestamp,
  lastSeq: 0,
  readSeq: 0,
  unread: 0,
  rev: 3,
};

const event = <T extends EventType>(
  seq: number,
  type: T,
  body: EventBody<T>,
  senderId: string = grace.id,
): EventEnvelope => ({
  seq,
  id: newId(),
  type,
  v: 1,
  timestamp,
  session: null,
  senderId,
  audience: { to: 'all' },
  body,
});

const opened = (): FoldedState => {
  const state = new FoldedState();
  state.open([{ profiles: [ada, grace], rooms: [general], drafts: [] }], {
    profileId: ada.id,
    seq: 3,
    chain: 'c3',
    full: true,
  });
  return state;
};

describe('FoldedState', () => {
  it('knows who it is and where it stands after the first state', () => {
    const state = opened();
    assert.equal(state.me?.name, 'Ada');
    assert.deepEqual([state.seq, state.chain], [3, 'c3']);
  });

  it('counts what others wrote and what the own scripts wrote as unread, not what the person typed', () => {
    const state = opened();
    const body = { roomId: general.id, content: 'hi' };
    state.apply({
      events: [
        event(4, 'message.posted', { ...body, kind: 'person' }),
        event(5, 'message.posted', { ...body, kind: 'person' }, ada.id),
        event(6, 'message.posted', { ...body, kind: 'script' }, ada.id),
      ],
      seq: 6,
      chain: 'c6',
    });
    const room = state.rooms.get(general.id);
    assert.deepEqual([room?.unread, room?.lastSeq], [2, 6]);
  });

  it('takes read marks of its own profile only', () => {
    const state = opened();
    state.apply({
      events: [
        event(4, 'message.posted', { roomId: general.id, kind: 'person', content: 'hi' }),
        event(5, 'read.marked', { profileId: grace.id, roomId: general.id, upTo: 4, unread: 0 }),
      ],
      seq: 5,
      chain: 'c5',
    });
    assert.equal(state.rooms.get(general.id)?.unread, 1);
    state.apply({
      events: [event(6, 'read.marked', { profileId: ada.id, roomId: general.id, upTo: 4, unread: 0 })],
      seq: 6,
      chain: 'c6',
    });
    assert.deepEqual([state.rooms.get(general.id)?.unread, state.rooms.get(general.id)?.readSeq], [0, 4]);
  });

  it('moves on over events it does not know and over numbers that are for others', () => {
    const state = opened();
    const change = state.apply({
      events: [{ ...event(7, 'profile.used', { profileId: ada.id }), type: 'poll.opened', v: 3 }],
      seq: 9,
      chain: 'c9',
    });
    assert.equal(state.seq, 9);
    assert.equal(change.rooms.size + change.messages.length, 0);
  });

  it('does not count an event twice', () => {
    const state = opened();
    const posted = event(4, 'message.posted', { roomId: general.id, kind: 'person', content: 'hi' });
    state.apply({ events: [posted], seq: 4, chain: 'c4' });
    const again = state.apply({ events: [posted], seq: 4, chain: 'c4' });
    assert.equal(again.messages.length, 0);
    assert.equal(state.rooms.get(general.id)?.unread, 1);
  });

  it('changes only what an event names', () => {
    const state = opened();
    state.apply({
      events: [
        event(4, 'room.changed', { roomId: general.id, topic: 'parser' }),
        event(5, 'profile.changed', { profileId: grace.id, colour: 'teal' }),
      ],
      seq: 5,
      chain: 'c5',
    });
    const room = state.rooms.get(general.id);
    assert.deepEqual([room?.name, room?.topic, room?.archived], ['general', 'parser', false]);
    assert.deepEqual(
      [state.profiles.get(grace.id)?.name, state.profiles.get(grace.id)?.colour],
      ['Grace', 'teal'],
    );
  });

  it('drops what a full state does not hold, and keeps what a partial one leaves out', () => {
    const state = opened();
    const answer = { profileId: ada.id, seq: 8, chain: 'c8' };
    const partial = state.open([{ profiles: [], rooms: [{ ...general, unread: 4 }], drafts: [] }], {
      ...answer,
      full: false,
    });
    assert.equal(partial.resumed, 'continued');
    assert.equal(state.profiles.size, 2);
    assert.equal(state.rooms.get(general.id)?.unread, 4);
    const full = state.open([{ profiles: [ada], rooms: [], drafts: [] }], { ...answer, full: true });
    assert.equal(full.resumed, 'fresh');
    assert.deepEqual([state.profiles.size, state.rooms.size], [1, 0]);
    assert.ok(full.rooms.has(general.id), 'the room that is gone is named as changed');
  });

  it('keeps a draft until it is emptied', () => {
    const state = opened();
    const body = { profileId: ada.id, roomId: general.id };
    state.apply({
      events: [event(4, 'draft.saved', { ...body, content: 'half a th' })],
      seq: 4,
      chain: 'c4',
    });
    assert.equal(state.drafts.get(general.id)?.content, 'half a th');
    state.apply({ events: [event(5, 'draft.saved', { ...body, content: '' })], seq: 5, chain: 'c5' });
    assert.equal(state.drafts.has(general.id), false);
  });
});
