import { deferred } from '../common/deferred.ts';
import type { Message } from '../model/entities.ts';
import { limits } from '../model/limits.ts';
import type { Client } from './api.ts';

/** Live messages held back for a slow reader; beyond it they are read from history again instead. */
const MAX_WAITING = 1000;

/**
 * Every message after `after`, in order, none missing and none twice. It reads history page by page until there is nothing
 * newer, then takes live messages; after each reconnect it reads history again from the last message it gave out, since a
 * new connection says nothing about what went by in between.
 */
export async function* follow(
  client: Pick<Client, 'onDidChangeState' | 'request' | 'state'>,
  roomId: string | null,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<Message, void, undefined> {
  let last = after;
  let behind = true;
  let waiting: Message[] = [];
  let news = deferred<void>();

  const wake = (): void => {
    news.resolve();
  };
  const subscription = client.onDidChangeState((change) => {
    if (change.resumed !== false) {
      behind = true;
      // A store that was restored from an older copy counts on from an older seq; go on from where it stands now.
      last = Math.min(last, client.state.seq);
      waiting = [];
    }
    for (const message of change.messages) {
      if (roomId === null || message.roomId === roomId) waiting.push(message);
    }
    if (waiting.length > MAX_WAITING) {
      behind = true;
      waiting = [];
    }
    if (behind || waiting.length > 0) wake();
  });
  signal.addEventListener('abort', wake);

  try {
    while (!signal.aborted) {
      if (behind) {
        // Cleared before asking: a reconnect while the page is on its way sets it again.
        behind = false;
        const page = await untilAborted(
          client.request(
            'history.page',
            { roomId, after: last, limit: limits.historyPage },
            { patience: Infinity },
          ),
          signal,
        );
        if (page === null) return;
        if (!page.reachedEnd) behind = true;
        for (const message of page.messages) {
          if (message.seq <= last) continue;
          last = message.seq;
          yield message;
          if (signal.aborted) return;
        }
        continue;
      }
      const batch = waiting;
      waiting = [];
      for (const message of batch) {
        if (behind) break;
        if (message.seq <= last) continue;
        last = message.seq;
        yield message;
        if (signal.aborted) return;
      }
      if (!behind && waiting.length === 0) {
        news = deferred<void>();
        await news.promise;
      }
    }
  } finally {
    subscription.dispose();
    signal.removeEventListener('abort', wake);
  }
}

/** The value, or null when `signal` aborts first; a late failure of an abandoned request is nobody's business any more. */
async function untilAborted<T>(value: Promise<T>, signal: AbortSignal): Promise<T | null> {
  const aborted = deferred<null>();
  const onAbort = (): void => aborted.resolve(null);
  signal.addEventListener('abort', onAbort);
  try {
    return signal.aborted ? null : await Promise.race([value, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
