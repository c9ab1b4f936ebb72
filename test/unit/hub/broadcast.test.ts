import assert from 'node:assert/strict';
import type { Audience } from '../../../src/model/events.ts';
import { newId } from '../../../src/model/ids.ts';
import { limits } from '../../../src/model/limits.ts';
import { cut, GroupFrames } from '../../../src/hub/broadcast.ts';
import { FrameReader } from '../../../src/ipc/frames.ts';
import type { HubNotifications } from '../../../src/protocol/hub.ts';
import type { NotificationOf } from '../../../src/protocol/rpc.ts';
import type { Committed } from '../../../src/store/store.ts';

type Events = NotificationOf<HubNotifications, 'events'>;

const [ada, grace, kurt] = [newId(), newId(), newId()];
const direct = { id: newId(), kind: 'direct', members: [ada, grace] } as const;
const room = (id: string) =>
  id === direct.id ? { ...direct, name: null, topic: '', archived: false, lastSeq: 0 } : null;

function committed(events: readonly { audience: Audience; content?: string }[]): Committed {
  return {
    events: events.map(({ audience, content = '' }, index) => {
      const envelope = {
        seq: 11 + index,
        id: newId(),
        type: 'message.posted',
        v: 1,
        session: null,
        senderId: ada,
        timestamp: '2026-11-23T09:30:00.000Z',
        audience,
        body: { roomId: direct.id, content },
      };
      return { envelope, json: JSON.stringify(envelope) };
    }),
    seq: 10 + events.length,
    chain: 'the chain',
  };
}

function decode(frames: readonly Buffer[]): Events[] {
  const reader = new FrameReader();
  return frames.map((frame) => {
    reader.push(frame);
    const packet = reader.next() as { k: string; name: string; params: Events };
    assert.deepEqual([packet.k, packet.name], ['note', 'events']);
    return packet.params;
  });
}

describe('a commit group on its way out', () => {
  const toAll: Audience = { to: 'all' };
  const toRoom: Audience = { to: 'room', roomId: direct.id };
  const toAda: Audience = { to: 'profiles', profileIds: [ada] };
  const seqs = (frames: readonly Buffer[]): number[] =>
    decode(frames).flatMap(({ events }) => events.map(({ seq }) => seq));

  it('holds for each profile what it may see, and where the store stands', () => {
    const frames = new GroupFrames(committed([toAll, toRoom, toAda].map((audience) => ({ audience }))), room);
    assert.deepEqual(seqs(frames.for(ada)), [11, 12, 13]);
    assert.deepEqual(seqs(frames.for(grace)), [11, 12]);
    assert.deepEqual(seqs(frames.for(kurt)), [11]);
    for (const profileId of [ada, grace, kurt]) {
      const [part] = decode(frames.for(profileId));
      assert.deepEqual([part?.seq, part?.chain], [13, 'the chain']);
    }
  });

  it('is empty, but not missing, for who may see nothing of it', () => {
    const frames = new GroupFrames(committed([{ audience: toAda }]), room);
    assert.deepEqual(decode(frames.for(kurt)), [{ events: [], seq: 11, chain: 'the chain' }]);
  });

  it('is encoded once for all who see the same', () => {
    const frames = new GroupFrames(committed([{ audience: toAll }, { audience: toRoom }]), room);
    assert.equal(frames.for(ada)[0], frames.for(grace)[0]);
    assert.notEqual(frames.for(ada)[0], frames.for(kurt)[0]);
  });

  it('is shown to nobody when its room is not there', () => {
    const lost: Audience = { to: 'room', roomId: newId() };
    assert.deepEqual(seqs(new GroupFrames(committed([{ audience: lost }]), room).for(ada)), []);
  });

  it('is cut into frames, and only the last one is a place to resume from', () => {
    const content = '\u0001'.repeat(limits.contentBytes);
    const group = committed([...Array(6).keys()].map(() => ({ audience: toAll, content })));
    const parts = decode(new GroupFrames(group, room).for(ada));
    assert.ok(parts.length > 1);
    assert.deepEqual(
      parts.flatMap(({ events }) => events.map(({ seq }) => seq)),
      [11, 12, 13, 14, 15, 16],
    );
    for (const { events, seq, chain } of parts.slice(0, -1)) {
      assert.deepEqual([seq, chain], [events.at(-1)?.seq, '']);
    }
    assert.deepEqual([parts.at(-1)?.seq, parts.at(-1)?.chain], [16, 'the chain']);
  });
});

describe('rows that are cut', () => {
  it('stay in order and within a page, but for one that is longer by itself', () => {
    const sizes = [100, limits.pageBytes, 1, 2, limits.pageBytes * 2, 3, 4];
    const parts = cut(sizes, (size) => size);
    assert.deepEqual(parts.flat(), sizes);
    for (const part of parts) {
      const total = part.reduce((sum, size) => sum + size + 1, 0);
      assert.ok(part.length === 1 || total <= limits.pageBytes, JSON.stringify(part));
    }
    assert.deepEqual(
      cut([], () => 1),
      [[]],
    );
  });
});
