import { hubNotifications, hubRequests } from '../protocol/hub.ts';
import { Connection } from './connection.ts';
import type { FrameChannel } from './channel.ts';

/** What a client says, and what the hub says. */
const clientSide = { requests: hubRequests, notifications: {} } as const;
const hubSide = { requests: {}, notifications: hubNotifications } as const;

/** What a hub is asked. */
export type HubIncoming = typeof clientSide;

/** A connection as the client holds it. */
export type ClientConnection = Connection<typeof hubSide, typeof clientSide>;
/** The same as the hub holds it. */
export type HubConnection = Connection<typeof clientSide, typeof hubSide>;

export const clientConnection = (channel: FrameChannel): ClientConnection =>
  new Connection(channel, hubSide, clientSide);

export const hubConnection = (channel: FrameChannel): HubConnection =>
  new Connection(channel, clientSide, hubSide);
