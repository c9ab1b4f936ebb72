import type { Client } from '../client/api.ts';
import type { Message, Profile, Room, Session } from '../model/entities.ts';
import { type PublicMessage, toPublicMessage } from '../model/output.ts';
import { labelOf, profileName } from './find-room.ts';

/** What scripts see with `--json`. Names are those of now; ids stay. */

export function publicMessage(client: Client, message: Message): PublicMessage {
  const { rooms, profiles, me } = client.state;
  const room = rooms.get(message.roomId) ?? { kind: 'room', name: message.roomId, members: [] };
  return toPublicMessage(message, room, profiles, me?.id ?? '');
}

export interface PublicRoom {
  type: 'room';
  id: string;
  /** What ROOM can be on the command line: `general`, `@Ada`. */
  room: string;
  kind: Room['kind'];
  topic: string;
  archived: boolean;
  /** Names; empty for rooms that are open to all. */
  members: string[];
  unread: number;
  readSeq: number;
  lastSeq: number;
  created: string;
}

export function publicRoom(client: Client, room: Room): PublicRoom {
  return {
    type: 'room',
    id: room.id,
    room: labelOf(client, room),
    kind: room.kind,
    topic: room.topic,
    archived: room.archived,
    members: room.members.map((id) => profileName(client, id)),
    unread: room.unread,
    readSeq: room.readSeq,
    lastSeq: room.lastSeq,
    created: room.created,
  };
}

export interface PublicProfile {
  type: 'profile';
  id: string;
  name: string;
  colour: Profile['colour'];
  created: string;
  /** Whether this command speaks as this profile. */
  current: boolean;
}

export function publicProfile(client: Client, profile: Profile): PublicProfile {
  const { id, name, colour, created } = profile;
  return { type: 'profile', id, name, colour, created, current: id === client.state.me?.id };
}

export interface PublicSession {
  type: 'session';
  id: string;
  profile: string;
  kind: Session['kind'];
  surface: Session['surface'];
  folder: string;
  product: string;
  pid: number;
  since: string;
  /** Whether it is this very command. */
  self: boolean;
}

export function publicSession(client: Client, session: Session): PublicSession {
  const { id, profileId, kind, surface, folder, product, pid, since } = session;
  const profile = profileName(client, profileId);
  return {
    type: 'session',
    id,
    profile,
    kind,
    surface,
    folder,
    product,
    pid,
    since,
    self: pid === process.pid,
  };
}
