import type { CommandParams } from '../../model/commands.ts';
import { type Decision, event, type RuleContext, unchanged } from '../decision.ts';
import { askingProfile, visibleRoom } from './lookups.ts';

/** A mark moves forward only, and never beyond the room's last message. */
export function markRead(context: RuleContext, params: CommandParams<'read.mark'>): Decision {
  const { ledger, tools } = context;
  const { roomId } = params;
  const profileId = askingProfile(context);
  const room = visibleRoom(context, roomId, profileId);
  const upTo = Math.min(params.upTo, room.lastSeq);
  if (upTo <= ledger.readMark(profileId, roomId)) return unchanged(roomId);
  const unread = ledger.unreadAfter(profileId, roomId, upTo);
  return event({
    id: tools.newId(),
    type: 'read.marked',
    audience: { to: 'profiles', profileIds: [profileId] },
    body: { profileId, roomId, upTo, unread },
    subject: roomId,
    intent: null,
  });
}
