import { assertNever } from '../common/assert-never.ts';
import type { Audience } from '../model/events.ts';
import type { RoomRecord } from './ports.ts';

/** What has to be known of a room to say who sees it. */
export type RoomVisibility = Pick<RoomRecord, 'kind' | 'members'>;

/** Whether the room, and all that is said in it, is shown to this profile. */
export function isVisibleTo(room: RoomVisibility, profileId: string): boolean {
  return room.kind === 'room' || room.members.includes(profileId);
}

/**
 * Whether an event is shown to this profile: the one answer for live sending, resume and history. An event of a room that
 * is not there is shown to nobody.
 */
export function isFor(
  audience: Audience,
  profileId: string,
  roomById: (roomId: string) => RoomVisibility | null,
): boolean {
  switch (audience.to) {
    case 'all':
      return true;
    case 'profiles':
      return audience.profileIds.includes(profileId);
    case 'room': {
      const room = roomById(audience.roomId);
      return room !== null && isVisibleTo(room, profileId);
    }
    default:
      return assertNever(audience);
  }
}
