import assert from 'node:assert/strict';
import { isFor, type RoomVisibility } from '../../../src/core/audience.ts';

describe('core: audience', () => {
  const rooms = new Map<string, RoomVisibility>([
    ['open', { kind: 'room', members: [] }],
    ['direct', { kind: 'direct', members: ['ada', 'grace'] }],
  ]);
  const shownTo = (audience: Parameters<typeof isFor>[0]): string[] =>
    ['ada', 'grace', 'linus'].filter((profile) => isFor(audience, profile, (id) => rooms.get(id) ?? null));

  it('of all is everybody', () => assert.deepEqual(shownTo({ to: 'all' }), ['ada', 'grace', 'linus']));

  it('of an open room is everybody', () =>
    assert.deepEqual(shownTo({ to: 'room', roomId: 'open' }), ['ada', 'grace', 'linus']));

  it('of a direct room are its members', () =>
    assert.deepEqual(shownTo({ to: 'room', roomId: 'direct' }), ['ada', 'grace']));

  it('of a room that is not there is nobody', () =>
    assert.deepEqual(shownTo({ to: 'room', roomId: 'gone' }), []));

  it('of named profiles are those', () =>
    assert.deepEqual(shownTo({ to: 'profiles', profileIds: ['linus', 'other'] }), ['linus']));
});
