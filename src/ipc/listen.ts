import { chmod } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { Disposable } from '../common/disposable.ts';
import type { Logger } from '../common/logger.ts';
import type { HubState } from '../protocol/handshake.ts';
import { type ChannelLimits, CHANNEL_LIMITS, FrameChannel } from './channel.ts';
import { answerHandshake, HANDSHAKE_TIMES, type HandshakeTimes } from './handshake.ts';
import { RefusalLog } from './refusal-log.ts';
import { noteNewcomer } from './turn.ts';
import { type HubConnection, hubConnection } from './wire.ts';

/**
 * Connections that have not proved themselves, at most. One more takes the place of the oldest: whoever means it is done within
 * milliseconds, so those that only sit there keep nobody out.
 */
export const MAX_UNPROVEN = 64;

export interface ListenOptions {
  readonly path: string;
  /** The secret that counts for the next client. */
  readonly secret: () => Buffer;
  readonly log: Logger;
  /** What the welcome of the next client says. */
  readonly state: () => HubState;
  /** A client that proved itself. It hears nothing before the connection is started. */
  readonly onConnection: (connection: HubConnection) => void;
  readonly times?: HandshakeTimes;
  readonly channelLimits?: ChannelLimits;
}

/**
 * The hub's end of the socket. Closing it removes the socket file and leaves the connections alone: they belong to whoever
 * got them.
 */
export class HubListener implements Disposable {
  readonly #options: ListenOptions;
  /** In the order of their arrival. */
  readonly #unproven = new Set<FrameChannel>();
  readonly #refusals: RefusalLog;
  #server: Server;

  private constructor(options: ListenOptions) {
    this.#options = options;
    this.#refusals = new RefusalLog(options.log);
    this.#server = this.#newServer();
  }

  /** @throws the error of the system when the path can not be listened on. */
  static async open(options: ListenOptions): Promise<HubListener> {
    const listener = new HubListener(options);
    try {
      await listener.#listen();
      return listener;
    } catch (error) {
      // It may listen by now, with a socket file that is open to others.
      listener.dispose();
      throw error;
    }
  }

  get path(): string {
    return this.#options.path;
  }

  /** Listens anew under the same path, after somebody removed the socket file. Connections are not touched. */
  async reopen(): Promise<void> {
    // First the old one: closing removes whatever file lies under the path.
    this.#server.close();
    this.#server = this.#newServer();
    await this.#listen();
  }

  dispose(): void {
    this.#server.close();
    for (const channel of this.#unproven) channel.close('the hub stops');
    this.#refusals.dispose();
  }

  #newServer(): Server {
    return createServer((socket) => void this.#accept(socket));
  }

  async #listen(): Promise<void> {
    const { path, log } = this.#options;
    const server = this.#server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', (error) => log.log('error', 'the listening socket failed', { error: error.message }));
    // A new socket is open to all; its directory is not, so nobody could come in between.
    if (process.platform !== 'win32') await chmod(path, 0o600);
  }

  async #accept(socket: Socket): Promise<void> {
    const {
      secret,
      state,
      times = HANDSHAKE_TIMES,
      channelLimits = CHANNEL_LIMITS,
      onConnection,
    } = this.#options;
    noteNewcomer();
    const channel = new FrameChannel(socket, channelLimits);
    const [oldest] = this.#unproven;
    if (oldest !== undefined && this.#unproven.size >= MAX_UNPROVEN) {
      this.#unproven.delete(oldest);
      oldest.close('too many unproven connections');
    }
    this.#unproven.add(channel);
    const proven = await answerHandshake(channel, secret(), state, times);
    this.#unproven.delete(channel);
    if (proven) onConnection(hubConnection(channel));
    else this.#refusals.add(channel.end?.detail ?? '');
  }
}
