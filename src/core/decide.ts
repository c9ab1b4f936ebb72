import { assertNever } from '../common/assert-never.ts';
import type { Command } from '../model/commands.ts';
import type { Decision, DecisionTools } from './decision.ts';
import type { Actor, Ledger } from './ports.ts';
import { openDirect } from './rules/direct.ts';
import { saveDraft } from './rules/draft.ts';
import { sendMessage } from './rules/message.ts';
import { changeProfile, createProfile, useProfile } from './rules/profile.ts';
import { markRead } from './rules/read.ts';
import { changeRoom, createRoom } from './rules/room.ts';

/**
 * What a command leads to, by the state of the ledger. Nothing is changed here: an event takes effect once the store has
 * applied it.
 *
 * @throws ChatError when the rules refuse the command.
 */
export function decide(ledger: Ledger, tools: DecisionTools, actor: Actor, command: Command): Decision {
  const context = { ledger, tools, actor };
  switch (command.type) {
    case 'profile.create':
      return createProfile(context, command.params);
    case 'profile.change':
      return changeProfile(context, command.params);
    case 'profile.use':
      return useProfile(context, command.params);
    case 'room.create':
      return createRoom(context, command.params);
    case 'room.change':
      return changeRoom(context, command.params);
    case 'direct.open':
      return openDirect(context, command.params);
    case 'message.send':
      return sendMessage(context, command.params);
    case 'read.mark':
      return markRead(context, command.params);
    case 'draft.save':
      return saveDraft(context, command.params);
    default:
      return assertNever(command);
  }
}
