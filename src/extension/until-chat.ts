import type { Client } from '../client/api.ts';

/** Resolves once there is a chat that can be asked, however long that takes and whatever stands against it until then. */
export function untilChat(client: Client): Promise<void> {
  const isThere = (): boolean =>
    client.connection.state === 'ready' || client.connection.state === 'readonly';
  if (isThere()) return Promise.resolve();
  return new Promise((resolve) => {
    const subscription = client.onDidChangeConnection(() => {
      if (!isThere()) return;
      subscription.dispose();
      resolve();
    });
  });
}
