import { randomBytes } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { type LogLevel, silentLogger } from '../../../src/common/logger.ts';
import type { ChannelEnd, FrameChannel } from '../../../src/ipc/channel.ts';
import { HubListener, type ListenOptions } from '../../../src/ipc/listen.ts';
import type { HubConnection } from '../../../src/ipc/wire.ts';
import { makeTempDir, removeTempDir } from '../../harness/paths.ts';

/** Both ends of one real socket, each not read before somebody asks. */
export interface SocketPair {
  readonly here: Socket;
  readonly there: Socket;
  dispose(): void;
}

export async function socketPair(): Promise<SocketPair> {
  const directory = makeTempDir('lc-ipc');
  const socketPath = path.join(directory, 's');
  const server: Server = createServer({ pauseOnConnect: true });
  server.listen(socketPath);
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const here = connect(socketPath);
  await once(here, 'connect');
  const [there] = await accepted;
  return {
    here,
    there,
    dispose() {
      here.destroy();
      there.destroy();
      server.close();
      removeTempDir(directory);
    },
  };
}

/** The end of a channel, whether it has come or is still to come. */
export function endOf(channel: FrameChannel): Promise<ChannelEnd> {
  const { end } = channel;
  return end === null ? new Promise((resolve) => channel.onDidClose(resolve)) : Promise.resolve(end);
}

/** A listener with a secret in a directory of its own, and what came of it. */
export class TestListener {
  readonly directory = makeTempDir('lc-ipc');
  readonly path = path.join(this.directory, 's');
  readonly secret = randomBytes(32);
  readonly connections: HubConnection[] = [];
  readonly logged: { level: LogLevel; message: string }[] = [];
  #listener: HubListener | null = null;

  async open(options: Partial<ListenOptions> = {}): Promise<HubListener> {
    this.#listener = await HubListener.open({
      path: this.path,
      secret: () => this.secret,
      log: {
        log: (level, message, facts) => {
          this.logged.push({ level, message });
          silentLogger.log(level, message, facts);
        },
      },
      state: () => 'ready',
      onConnection: (connection) => this.connections.push(connection),
      ...options,
    });
    return this.#listener;
  }

  dispose(): void {
    for (const connection of this.connections) connection.dispose();
    this.#listener?.dispose();
    removeTempDir(this.directory);
  }
}
