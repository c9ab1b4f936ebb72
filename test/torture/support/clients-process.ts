/* Many clients in one process, as interfaces have them, for the part `slow-readers`. Tells of each when it is ready. */
import type { Client } from '../../../src/client/api.ts';
import { helperConfig, tellStarter } from './helper.ts';
import { newClient } from './steady-client.ts';

export interface ClientsConfig {
  readonly directory: string;
  readonly clients: number;
}

/** `at`: milliseconds by the clock of the machine, so that processes can be compared. */
export interface ClientsMessage {
  readonly type: 'state';
  readonly client: number;
  readonly isReady: boolean;
  readonly at: number;
}

const { directory, clients } = helperConfig() as ClientsConfig;
const all: Client[] = [];
for (let number = 0; number < clients; number += 1) {
  const client = newClient(directory);
  client.onDidChangeConnection(({ state }) => {
    const at = performance.timeOrigin + performance.now();
    const message: ClientsMessage = { type: 'state', client: number, isReady: state === 'ready', at };
    tellStarter(message);
  });
  all.push(client);
}
