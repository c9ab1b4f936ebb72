import type { CommandParams } from '../../model/commands.ts';
import { ChatError } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';
import { type Decision, event, type RuleContext, unchanged } from '../decision.ts';
import { decidedBefore, intentOf } from '../idempotency.ts';
import { askingProfile } from './lookups.ts';

/** There is one direct room for a set of members. With oneself alone it is a place for notes. */
export function openDirect(context: RuleContext, params: CommandParams<'direct.open'>): Decision {
  const { id } = params;
  const opener = askingProfile(context);
  const intent = intentOf(context, 'direct.open', params);
  const before = decidedBefore(context, id, intent);
  if (before !== null) return before;
  for (const profileId of params.profileIds) {
    if (context.ledger.profile(profileId) === null)
      throw new ChatError('NO_SUCH_PROFILE', { profile: profileId });
  }
  const members = [...new Set([opener, ...params.profileIds])];
  if (members.length > limits.directMembers) {
    throw new ChatError('BAD_REQUEST', {
      detail: `a direct room has at most ${limits.directMembers} members`,
    });
  }
  const existing = context.ledger.directRoom(members);
  if (existing !== null) return unchanged(existing.id);
  const body = { roomId: id, kind: 'direct' as const, name: null, topic: '', members };
  return event({ id, type: 'room.created', audience: { to: 'room', roomId: id }, body, subject: id, intent });
}
