import type { Disposable } from '../common/disposable.ts';
import type { Logger } from '../common/logger.ts';
import { encodeNotification } from '../ipc/connection.ts';
import { CHANNEL_LIMITS } from '../ipc/channel.ts';
import type { HubConnection } from '../ipc/wire.ts';
import type { Session } from '../model/entities.ts';
import { type HubNotifications, hubNotifications } from '../protocol/hub.ts';
import type { NotificationOf } from '../protocol/rpc.ts';
import { cut, type GroupFrames } from './broadcast.ts';

/** Presence is told at most this often, in milliseconds: a window that reloads would tell twice. */
const PRESENCE_MS = 100;

/** An interface that is connected and has opened its session. */
export class LiveSession {
  readonly facts: Session;
  readonly connection: HubConnection;
  /** Frames that came while the state was still being sent; null once they go out directly. */
  #held: Buffer[] | null = [];
  #heldBytes = 0;

  constructor(facts: Session, connection: HubConnection) {
    this.facts = facts;
    this.connection = connection;
  }

  send(frame: Buffer): void {
    if (this.#held === null) {
      this.connection.sendRaw(frame);
      return;
    }
    this.#held.push(frame);
    this.#heldBytes += frame.length;
    if (this.#heldBytes > CHANNEL_LIMITS.queueBytes) this.connection.close('its state was not read in time');
  }

  /** The state has been sent: what was held back follows it. */
  release(): void {
    for (const frame of this.#held?.splice(0) ?? []) this.connection.sendRaw(frame);
    this.#held = null;
  }
}

/** Who is connected. Everybody hears of every change, since "who is here" is for all. */
export class Sessions implements Disposable {
  readonly #log: Logger;
  readonly #live = new Map<string, LiveSession>();
  #presence: NodeJS.Timeout | null = null;

  constructor(log: Logger) {
    this.#log = log;
  }

  get size(): number {
    return this.#live.size;
  }

  /** Who has been here longest comes first. */
  get all(): Session[] {
    return [...this.#live.values()].map(({ facts }) => facts);
  }

  has(id: string): boolean {
    return this.#live.has(id);
  }

  /**
   * Begins a session, or begins it anew as another profile. A session that comes back over a new connection takes the place of
   * its old one: the client gave that up, or it would not be back.
   */
  open(facts: Session, connection: HubConnection): LiveSession {
    const former = this.#live.get(facts.id);
    const session = new LiveSession(facts, connection);
    this.#live.set(facts.id, session);
    if (former !== undefined && former.connection !== connection)
      former.connection.close('its session came back');
    this.#tellPresence();
    this.#log.log('info', 'session opened', { session: facts.id, surface: facts.surface, pid: facts.pid });
    return session;
  }

  /** Ends the session, unless it has begun anew since. */
  end(session: LiveSession): void {
    if (this.#live.get(session.facts.id) !== session) return;
    this.#live.delete(session.facts.id);
    this.#tellPresence();
    const { facts, connection } = session;
    this.#log.log('info', 'session ended', {
      session: facts.id,
      reason: connection.end?.detail ?? 'replaced',
    });
  }

  /** Ends all of them. Whoever still wants to be here opens its session anew, over a new connection. */
  drop(): void {
    for (const session of this.#live.values()) this.end(session);
  }

  send(group: GroupFrames): void {
    for (const session of this.#live.values()) {
      for (const frame of group.for(session.facts.profileId)) session.send(frame);
    }
  }

  /** The same for all of them. */
  tell<K extends keyof HubNotifications>(name: K, params: NotificationOf<HubNotifications, K>): void {
    const frame = encodeNotification(hubNotifications, name, params);
    for (const session of this.#live.values()) session.send(frame);
  }

  dispose(): void {
    if (this.#presence !== null) clearTimeout(this.#presence);
    this.#presence = null;
    this.#live.clear();
  }

  #tellPresence(): void {
    this.#presence ??= setTimeout(() => {
      this.#presence = null;
      // More than a frame holds are hundreds of sessions; the first ones stand for all.
      const [sessions = []] = cut(this.all, (facts) => Buffer.byteLength(JSON.stringify(facts)));
      this.tell('sessions', { sessions });
    }, PRESENCE_MS);
  }
}
