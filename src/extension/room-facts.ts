import type { ChatState } from '../client/api.ts';
import type { Room, Session } from '../model/entities.ts';
import { roomLabel } from '../model/output.ts';

/** The room that is there from the start. Any room may be renamed, this one too. */
const FIRST_ROOM = 'general';

/** What `room` is called for the one at this window: `general`, or `@Grace`. */
export function labelOf(state: ChatState, room: Room): string {
  return roomLabel(room, state.me?.id ?? '', (id) => state.profiles.get(id)?.name ?? '…');
}

/** As people write it: `#general`, `@Grace`. */
export function titleOf(state: ChatState, room: Room): string {
  return room.kind === 'room' ? `#${labelOf(state, room)}` : labelOf(state, room);
}

/** The room with this title; the default one when there is none, or not any more. */
export function roomTitled(state: ChatState, title: string): Room | undefined {
  return [...state.rooms.values()].find((room) => titleOf(state, room) === title) ?? defaultRoom(state);
}

/** Sessions that are in the room now: everybody's in an open room, those of its members in a direct one. */
export function sessionsIn(state: ChatState, room: Room): readonly Session[] {
  if (room.kind === 'room') return state.sessions;
  return state.sessions.filter((session) => room.members.includes(session.profileId));
}

/** Those that can be talked in, those with unread messages first, then rooms before direct messages, by name. */
export function activeRooms(state: ChatState): readonly Room[] {
  return [...state.rooms.values()]
    .filter((room) => !room.archived)
    .map((room) => ({ room, label: labelOf(state, room) }))
    .sort(
      (a, b) =>
        Number(b.room.unread > 0) - Number(a.room.unread > 0) ||
        Number(a.room.kind === 'direct') - Number(b.room.kind === 'direct') ||
        compareNames(a.label, b.label),
    )
    .map(({ room }) => room);
}

/** The room a place without a choice of its own shows; undefined while nothing is known. */
export function defaultRoom(state: ChatState): Room | undefined {
  const rooms = activeRooms(state);
  return rooms.find((room) => room.kind === 'room' && room.name === FIRST_ROOM) ?? rooms[0];
}

/** Unread messages in all rooms that are not archived. */
export function totalUnread(state: ChatState): number {
  let total = 0;
  for (const room of state.rooms.values()) if (!room.archived) total += room.unread;
  return total;
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

export function compareNames(a: string, b: string): number {
  return collator.compare(a, b);
}
