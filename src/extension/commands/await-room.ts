import type { Client } from '../../client/api.ts';
import { deferred } from '../../common/deferred.ts';
import { ChatError } from '../../model/errors.ts';

/** Milliseconds. */
const PATIENCE = 10_000;

/**
 * Waits until a room that was just made is known here: its acknowledgement comes a moment before the event that tells of it.
 *
 * @throws ChatError TIMEOUT
 */
export async function awaitRoom(client: Client, roomId: string): Promise<void> {
  if (client.state.rooms.has(roomId)) return;
  const known = deferred<void>();
  const subscription = client.onDidChangeState(() => {
    if (client.state.rooms.has(roomId)) known.resolve();
  });
  const timer = setTimeout(
    () => known.reject(new ChatError('TIMEOUT', { seconds: PATIENCE / 1000 })),
    PATIENCE,
  );
  try {
    await known.promise;
  } finally {
    clearTimeout(timer);
    subscription.dispose();
  }
}
