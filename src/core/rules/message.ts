import type { CommandParams } from '../../model/commands.ts';
import { ChatError } from '../../model/errors.ts';
import { type Decision, event, type RuleContext } from '../decision.ts';
import { decidedBefore, intentOf } from '../idempotency.ts';
import { archivedError, askingProfile, validContent, visibleRoom } from './lookups.ts';

/** A message's id is the id of the command. Only white space at both ends would be nothing to read; else it is kept as it is. */
export function sendMessage(context: RuleContext, params: CommandParams<'message.send'>): Decision {
  const { id, roomId } = params;
  const sender = askingProfile(context);
  const intent = intentOf(context, 'message.send', params);
  // Before all other checks: a message that was stored stays stored, also when its room was archived in between.
  const before = decidedBefore(context, id, intent);
  if (before !== null) return before;
  const room = visibleRoom(context, roomId, sender);
  if (room.archived) throw archivedError(room);
  if (params.content.trim() === '') throw new ChatError('EMPTY_MESSAGE');
  const content = validContent(params.content);
  const body = { roomId, kind: context.actor.kind, content };
  return event({ id, type: 'message.posted', audience: { to: 'room', roomId }, body, subject: id, intent });
}
