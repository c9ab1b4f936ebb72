import type { Message, Profile, Room } from './entities.ts';

/**
 * A message as scripts see it, one JSON object a line. `room` and `sender` are the names of today, filled in on output:
 * inside, messages carry ids, so a renaming falsifies no history.
 */
export interface PublicMessage {
  type: 'message';
  id: string;
  seq: number;
  room: string;
  sender: string;
  kind: Message['kind'];
  content: string;
  timestamp: string;
}

/** What a room is called by `viewer`: its name, or `@` and the other members' names for a direct room (`@Ada, Grace`). */
export function roomLabel(
  room: Pick<Room, 'kind' | 'name' | 'members'>,
  viewerId: string,
  profileName: (id: string) => string,
): string {
  if (room.kind === 'room') return room.name ?? '';
  const others = room.members.filter((id) => id !== viewerId);
  return `@${(others.length > 0 ? others : room.members).map(profileName).join(', ')}`;
}

export function toPublicMessage(
  message: Message,
  room: Pick<Room, 'kind' | 'name' | 'members'>,
  profiles: ReadonlyMap<string, Profile>,
  viewerId: string,
): PublicMessage {
  const nameOf = (id: string): string => profiles.get(id)?.name ?? id;
  return {
    type: 'message',
    id: message.id,
    seq: message.seq,
    room: roomLabel(room, viewerId, nameOf),
    sender: nameOf(message.senderId),
    kind: message.kind,
    content: message.content,
    timestamp: message.timestamp,
  };
}
