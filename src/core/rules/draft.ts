import type { CommandParams } from '../../model/commands.ts';
import { type Decision, event, type RuleContext, unchanged } from '../decision.ts';
import { askingProfile, validContent, visibleRoom } from './lookups.ts';

/** Allowed in an archived room as well: what was typed is not lost because the room was closed meanwhile. */
export function saveDraft(context: RuleContext, params: CommandParams<'draft.save'>): Decision {
  const { ledger, tools } = context;
  const profileId = askingProfile(context);
  const { id: roomId } = visibleRoom(context, params.roomId, profileId);
  const content = validContent(params.content);
  if (content === ledger.draft(profileId, roomId)) return unchanged(roomId);
  return event({
    id: tools.newId(),
    type: 'draft.saved',
    audience: { to: 'profiles', profileIds: [profileId] },
    body: { profileId, roomId, content },
    subject: roomId,
    intent: null,
  });
}
