import type { CommandParams } from '../../model/commands.ts';
import { ChatError } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';
import { checkRoomName, nameKey } from '../../model/names.ts';
import { wellFormed } from '../../model/text.ts';
import { type Decision, event, type RuleContext, unchanged } from '../decision.ts';
import { decidedBefore, intentOf } from '../idempotency.ts';
import type { EventDraft, Ledger } from '../ports.ts';
import { archivedError, askingProfile, validName, visibleRoom } from './lookups.ts';

/** A room's id is the id of the command that made it. */
export function createRoom(context: RuleContext, params: CommandParams<'room.create'>): Decision {
  const { id } = params;
  askingProfile(context);
  const intent = intentOf(context, 'room.create', params);
  const before = decidedBefore(context, id, intent);
  if (before !== null) return before;
  const name = freeRoomName(context.ledger, params.name, null);
  return event(openRoomCreated({ id, name, topic: validTopic(params.topic ?? ''), intent }));
}

export function openRoomCreated(room: {
  id: string;
  name: string;
  topic: string;
  intent: string | null;
}): EventDraft {
  const { id, name, topic, intent } = room;
  const body = { roomId: id, kind: 'room' as const, name, topic, members: [] };
  return { id, type: 'room.created', audience: { to: 'room', roomId: id }, body, subject: id, intent };
}

export function changeRoom(context: RuleContext, params: CommandParams<'room.change'>): Decision {
  const { id, roomId } = params;
  const profileId = askingProfile(context);
  const intent = intentOf(context, 'room.change', params);
  const before = decidedBefore(context, id, intent);
  if (before !== null) return before;
  const room = visibleRoom(context, roomId, profileId);
  // A direct room is its members: there is no name or topic to give, and nothing to archive while they are there.
  if (room.kind === 'direct') throw new ChatError('NOT_A_DIRECT_ROOM', { room: roomId });
  const archived = params.archived ?? room.archived;
  const name = params.name === undefined ? room.name : freeRoomName(context.ledger, params.name, roomId);
  const topic = params.topic === undefined ? room.topic : validTopic(params.topic);
  const change = {
    ...(name === room.name || name === null ? {} : { name }),
    ...(topic === room.topic ? {} : { topic }),
  };
  // One command may restore a room and rename it, but what stays archived stays as it is.
  if (room.archived && archived && Object.keys(change).length > 0) throw archivedError(room);
  const body = { roomId, ...change, ...(archived === room.archived ? {} : { archived }) };
  if (Object.keys(body).length === 1) return unchanged(roomId);
  return event({ id, type: 'room.changed', audience: { to: 'room', roomId }, body, subject: roomId, intent });
}

/** A room may take its own name in another spelling. An archived room keeps its name: it can come back. */
function freeRoomName(ledger: Ledger, raw: string, ownId: string | null): string {
  const name = validName(raw, checkRoomName(raw));
  const holder = ledger.roomByName(nameKey(name));
  if (holder !== null && holder.id !== ownId)
    throw new ChatError('NAME_TAKEN', { name: holder.name ?? name });
  return name;
}

/** A topic is one line: breaks and other runs of white space become one space. */
function validTopic(raw: string): string {
  const topic = wellFormed(raw).trim().replace(/\s+/gu, ' ');
  const actual = [...topic].length;
  if (actual > limits.topicLength) {
    throw new ChatError('TOPIC_TOO_LONG', { limit: limits.topicLength, actual });
  }
  return topic;
}
