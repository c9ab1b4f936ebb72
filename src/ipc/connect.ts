import { connect, type Socket } from 'node:net';
import { ChatError, toChatError } from '../model/errors.ts';
import type { HubState } from '../protocol/handshake.ts';
import { FrameChannel } from './channel.ts';
import { askHandshake } from './handshake.ts';
import { patientTimer } from './patient-timer.ts';
import { type ClientConnection, clientConnection } from './wire.ts';

export interface ConnectOptions {
  /** Socket or pipe, as the claim names it. */
  readonly path: string;
  /** The 32 bytes of the data directory. */
  readonly secret: Buffer;
  /** How long to wait for the hub's welcome, in milliseconds. A stopped process still accepts connections. */
  readonly helloTimeoutMs: number;
}

/** What an attempt to reach a hub came to. It never rejects. */
export type ConnectResult =
  /** Both sides proved themselves. Nothing is handed out before the connection is started. */
  | { readonly kind: 'connected'; readonly connection: ClientConnection; readonly state: HubState }
  /** The socket is there and nobody listens: its process is gone. */
  | { readonly kind: 'refused' }
  /** No such socket. */
  | { readonly kind: 'missing' }
  /** Somebody accepts, or has more waiting than it accepts, and does not answer in time. */
  | { readonly kind: 'silent' }
  /**
   * AUTH_FAILED, PROTOCOL_MISMATCH, DIRECTORY_UNUSABLE (no permission for the socket), whatever the hub refused with, or
   * CONNECTION_CLOSED when it went away in the middle: the last says nothing about the next attempt.
   */
  | { readonly kind: 'fault'; readonly error: ChatError };

/** Connects to the hub at `path` and shakes hands. */
export async function openConnection({
  path,
  secret,
  helloTimeoutMs,
}: ConnectOptions): Promise<ConnectResult> {
  const dialled = await dial(path, helloTimeoutMs);
  if (dialled.kind !== 'socket') return dialled;
  const channel = new FrameChannel(dialled.socket);
  try {
    const state = await askHandshake(channel, secret, helloTimeoutMs);
    return state === null
      ? { kind: 'silent' }
      : { kind: 'connected', connection: clientConnection(channel), state };
  } catch (error) {
    return { kind: 'fault', error: toChatError(error) };
  }
}

type Dialled =
  { readonly kind: 'socket'; readonly socket: Socket } | Exclude<ConnectResult, { kind: 'connected' }>;

function dial(path: string, timeoutMs: number): Promise<Dialled> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (result: Dialled): void => {
      timer.dispose();
      socket.removeAllListeners();
      if (result.kind !== 'socket') {
        // A late error of a socket that was given up has nobody to tell.
        socket.on('error', () => undefined);
        socket.destroy();
      }
      resolve(result);
    };
    const timer = patientTimer(timeoutMs, () => settle({ kind: 'silent' }));
    socket.once('connect', () => settle({ kind: 'socket', socket }));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(connectFailure(error, path)));
  });
}

/** What it means that a socket could not be connected to. */
export function connectFailure(
  error: NodeJS.ErrnoException,
  path: string,
): Exclude<ConnectResult, { kind: 'connected' }> {
  switch (error.code ?? '') {
    case 'ECONNREFUSED':
    // A plain file in the place of the socket. Linux says "refused" to that, or on a read-only disk this.
    case 'ENOTSOCK':
    case 'EROFS':
      return { kind: 'refused' };
    case 'ENOENT':
      return { kind: 'missing' };
    // The queue of connections nobody accepts is full.
    case 'EAGAIN':
      return { kind: 'silent' };
    case 'EACCES':
    case 'EPERM': {
      const params = { directory: path, detail: error.code ?? '' };
      return { kind: 'fault', error: new ChatError('DIRECTORY_UNUSABLE', params, { cause: error }) };
    }
    default:
      return { kind: 'fault', error: new ChatError('CONNECTION_CLOSED', {}, { cause: error }) };
  }
}
