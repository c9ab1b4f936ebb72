import assert from 'node:assert/strict';
import type { ChatState } from '../../../src/client/api.ts';
import { buildTree, compareTrees, type RoomsTree } from '../../../src/extension/rooms/tree-nodes.ts';
import {
  activeRooms,
  defaultRoom,
  roomTitled,
  titleOf,
  totalUnread,
} from '../../../src/extension/room-facts.ts';
import type { Profile, Room, Session } from '../../../src/model/entities.ts';

const CREATED = '2026-11-23T09:30:00.000Z';

const profile = (id: string): Profile => ({ id, name: id, colour: 'violet', created: CREATED, rev: 1 });

const room = (name: string, fields: Partial<Room> = {}): Room => ({
  id: name,
  kind: 'room',
  name,
  topic: '',
  archived: false,
  members: [],
  created: CREATED,
  lastSeq: 0,
  readSeq: 0,
  unread: 0,
  rev: 1,
  ...fields,
});

const direct = (id: string, members: string[], fields: Partial<Room> = {}): Room =>
  room(id, { kind: 'direct', name: null, members, ...fields });

const session = (id: string, profileId: string, fields: Partial<Session> = {}): Session => ({
  id,
  profileId,
  kind: 'person',
  surface: 'window',
  folder: id,
  product: 'Code',
  pid: 1,
  since: CREATED,
  ...fields,
});

function chat(rooms: readonly Room[], sessions: readonly Session[] = []): ChatState {
  const profiles = ['Ada', 'Grace', 'Linus'].map(profile);
  return {
    me: profiles[0] ?? null,
    profiles: new Map(profiles.map((entry) => [entry.id, entry])),
    rooms: new Map(rooms.map((entry) => [entry.id, entry])),
    drafts: new Map(),
    sessions,
    seq: 1,
  };
}

const outline = (tree: RoomsTree): string[] =>
  tree.top.flatMap((node) =>
    node.type === 'section'
      ? [node.section, ...(tree.children.get(node.section) ?? []).map(({ id }) => `  ${id}`)]
      : [node.id],
  );

describe('the Rooms tree', () => {
  it('has rooms by name, then direct messages, who is here with this window first, and the archive', () => {
    const state = chat(
      [
        room('web'),
        room('api 10'),
        room('api 9'),
        direct('d1', ['Ada', 'Grace']),
        room('old', { archived: true }),
      ],
      [
        session('s1', 'Grace'),
        session('s2', 'Ada', { pid: 7 }),
        session('s3', 'Ada', { surface: 'terminal', pid: 8 }),
      ],
    );
    assert.deepEqual(outline(buildTree(state, 7)), [
      'room:api 9',
      'room:api 10',
      'room:web',
      'direct',
      '  room:d1',
      'here',
      '  session:s2',
      '  session:s1',
      '  session:s3',
      'archived',
      '  room:old',
    ]);
  });

  it('leaves out sections with nothing in them, and everything before the first session', () => {
    assert.deepEqual(outline(buildTree(chat([room('general')]), 7)), ['room:general']);
    assert.deepEqual(outline(buildTree({ ...chat([room('general')]), me: null }, 7)), []);
  });

  it('knows whether the other side of a direct message is here', () => {
    const rooms = [direct('d1', ['Ada', 'Grace']), direct('d2', ['Ada', 'Linus'])];
    const tree = buildTree(chat(rooms, [session('s1', 'Grace'), session('s2', 'Ada')]), 7);
    const here = (tree.children.get('direct') ?? []).map((node) => node.type === 'room' && node.isHere);
    assert.deepEqual(here, [true, false]);
  });

  it('refreshes a single room when only its count changed, and a section when it has other members', () => {
    const before = buildTree(chat([room('api'), room('web')], [session('s1', 'Ada')]), 7);
    const counted = buildTree(chat([room('api', { unread: 2 }), room('web')], [session('s1', 'Ada')]), 7);
    const changes = compareTrees(before, counted);
    assert.deepEqual([changes.all, changes.nodes.map(({ id }) => id)], [false, ['room:api']]);
    const joined = buildTree(
      chat([room('api'), room('web')], [session('s1', 'Ada'), session('s2', 'Grace')]),
      7,
    );
    assert.deepEqual(
      compareTrees(before, joined).nodes.map(({ id }) => id),
      ['section:here'],
    );
    assert.equal(compareTrees(before, buildTree(chat([room('api')]), 7)).all, true);
    assert.deepEqual(compareTrees(before, before), { all: false, nodes: [] });
  });
});

describe('facts about rooms', () => {
  const state = chat([
    room('web'),
    room('api', { unread: 2 }),
    room('general'),
    direct('d1', ['Ada', 'Grace'], { unread: 1 }),
    room('old', { archived: true, unread: 5 }),
  ]);

  it('put rooms with news first and leave out the archive', () => {
    assert.deepEqual(
      activeRooms(state).map(({ id }) => id),
      ['api', 'd1', 'general', 'web'],
    );
    assert.equal(totalUnread(state), 3);
  });

  it('name rooms as people write them and find them by that name', () => {
    const talk = state.rooms.get('d1');
    assert.ok(talk);
    assert.equal(titleOf(state, talk), '@Grace');
    assert.equal(roomTitled(state, '@Grace')?.id, 'd1');
    assert.equal(roomTitled(state, '#web')?.id, 'web');
    assert.equal(roomTitled(state, '#renamed')?.id, 'general');
  });

  it('fall back to any room when the first one has another name', () => {
    assert.equal(defaultRoom(chat([room('web'), room('api')]))?.id, 'api');
    assert.equal(defaultRoom(chat([])), undefined);
  });
});
