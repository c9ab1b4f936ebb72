import { isId } from '../../model/ids.ts';

/** What a link of ours points to. */
export interface LinkTarget {
  readonly roomId: string;
  readonly messageId: string | null;
}

/**
 * The path of a link to a room, or to a message in it: `/room/ROOM` or `/room/ROOM/MESSAGE`. By ids, so a link outlives a
 * renaming.
 */
export function linkPath({ roomId, messageId }: LinkTarget): string {
  return messageId === null ? `/room/${roomId}` : `/room/${roomId}/${messageId}`;
}

/** Null for every path that is none of ours. */
export function parseLinkPath(path: string): LinkTarget | null {
  const [empty, room, roomId = '', messageId = null, ...rest] = path.split('/');
  if (empty !== '' || room !== 'room' || rest.length > 0 || !isId(roomId)) return null;
  if (messageId !== null && !isId(messageId)) return null;
  return { roomId: roomId.toLowerCase(), messageId: messageId?.toLowerCase() ?? null };
}
