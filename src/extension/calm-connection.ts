import type { Client, ConnectionStatus } from '../client/api.ts';
import { type Disposable, toDisposable } from '../common/disposable.ts';

/** A change of hub usually takes less; it is not worth a word. Milliseconds. */
const PATIENCE = 2_000;

/**
 * Tells of the state of the connection, now and whenever it changes; of its loss only once it lasts. What is good news, or
 * needs the person, comes at once.
 */
export function calmly(client: Client, listener: (status: ConnectionStatus) => void): Disposable {
  let timer: NodeJS.Timeout | undefined;
  const take = (status: ConnectionStatus): void => {
    clearTimeout(timer);
    if (status.state === 'reconnecting') timer = setTimeout(() => listener(status), PATIENCE);
    else listener(status);
  };
  const subscription = client.onDidChangeConnection(take);
  take(client.connection);
  return toDisposable(() => {
    clearTimeout(timer);
    subscription.dispose();
  });
}
