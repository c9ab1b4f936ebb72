import type { Client } from '../../client/api.ts';
import type { Room } from '../../model/entities.ts';
import { limits } from '../../model/limits.ts';
import type { PageState } from '../../protocol/page.ts';

/** Messages a page begins with: about three screens. */
const NEWEST = 60;
/** Of those already read, shown above the unread line. */
const BEFORE_UNREAD = 30;
const AFTER_UNREAD = 120;

export type History = PageState['history'];

/** The messages a room is opened with: those around the place where reading stopped, or the newest when nothing is unread. */
export async function loadOpeningHistory(client: Client, room: Room): Promise<History> {
  const roomId = room.id;
  if (room.unread === 0) return client.request('history.page', { roomId, limit: NEWEST });
  const [read, unread] = await Promise.all([
    client.request('history.page', { roomId, before: room.readSeq + 1, limit: BEFORE_UNREAD }),
    client.request('history.page', { roomId, after: room.readSeq, limit: AFTER_UNREAD }),
  ]);
  return {
    messages: [...read.messages, ...unread.messages],
    reachedStart: read.reachedStart,
    reachedEnd: unread.reachedEnd,
  };
}

/**
 * What came after `seq` while the connection was away, to be added to what a page shows; null when it is more than one page, and
 * the room is better opened anew.
 */
export async function loadMissed(
  client: Client,
  roomId: string,
  seq: number,
): Promise<History['messages'] | null> {
  const page = await client.request('history.page', { roomId, after: seq, limit: limits.historyPage });
  return page.reachedEnd ? page.messages : null;
}
