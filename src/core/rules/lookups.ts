import { ChatError } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';
import type { NameCheck } from '../../model/names.ts';
import { utf8Length, wellFormed } from '../../model/text.ts';
import { isVisibleTo } from '../audience.ts';
import type { RuleContext } from '../decision.ts';
import type { RoomRecord } from '../ports.ts';

/**
 * The profile that asks.
 *
 * @throws ChatError BAD_REQUEST without one, NO_SUCH_PROFILE when it is not in this store.
 */
export function askingProfile({ ledger, actor }: RuleContext): string {
  if (actor.profileId === null) throw new ChatError('BAD_REQUEST', { detail: 'no profile chosen' });
  if (ledger.profile(actor.profileId) === null) {
    throw new ChatError('NO_SUCH_PROFILE', { profile: actor.profileId });
  }
  return actor.profileId;
}

/**
 * The room, if it is shown to this profile. A direct room of others is answered like one that does not exist.
 *
 * @throws ChatError NO_SUCH_ROOM
 */
export function visibleRoom({ ledger }: RuleContext, roomId: string, profileId: string): RoomRecord {
  const room = ledger.room(roomId);
  if (room === null || !isVisibleTo(room, profileId)) {
    throw new ChatError('NO_SUCH_ROOM', { room: roomId });
  }
  return room;
}

export const archivedError = (room: RoomRecord): ChatError =>
  new ChatError('ROOM_ARCHIVED', { room: room.name ?? room.id });

/**
 * The name as it will be kept.
 *
 * @throws ChatError INVALID_NAME with a suggestion where there is one.
 */
export function validName(name: string, check: NameCheck): string {
  if (check.ok) return check.name;
  const { suggestion } = check;
  throw new ChatError('INVALID_NAME', {
    name: shortened(name),
    ...(suggestion === null ? {} : { suggestion }),
  });
}

/** A refused name can be of any length; the error that carries it must not be. */
function shortened(name: string): string {
  const most = 2 * limits.roomNameLength;
  // Twice, since a character may be of two units.
  const characters = [...wellFormed(name.slice(0, 2 * most + 2))];
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : characters.join('');
}

/**
 * The text of a message or a draft as it will be kept.
 *
 * @throws ChatError MESSAGE_TOO_LONG
 */
export function validContent(raw: string): string {
  const content = wellFormed(raw);
  const actual = utf8Length(content);
  if (actual > limits.contentBytes) {
    throw new ChatError('MESSAGE_TOO_LONG', { limit: limits.contentBytes, actual });
  }
  return content;
}
