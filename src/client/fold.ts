import { assertNever } from '../common/assert-never.ts';
import type { Draft, Message, Profile, Room, Session } from '../model/entities.ts';
import { type ChatEvent, type EventEnvelope, knownEvent } from '../model/events.ts';
import { countsAsUnread } from '../model/unread.ts';
import type { HubNotifications } from '../protocol/hub.ts';
import type { NotificationOf } from '../protocol/rpc.ts';
import type { ChatState, StateChange } from './api.ts';

/** Collects what one step changed, so that listeners hear of it once. */
export class ChangeSet implements StateChange {
  profiles = false;
  sessions = false;
  readonly rooms = new Set<string>();
  readonly drafts = new Set<string>();
  readonly messages: Message[] = [];
  resumed: StateChange['resumed'] = false;
}

/**
 * The client's copy of what it may see. Events and snapshots are folded in, in the order the hub sent them; nothing else
 * changes it. Rows are replaced, never mutated, so a row that was handed out stays what it was.
 */
export class FoldedState implements ChatState {
  #meId: string | null = null;
  readonly profiles = new Map<string, Profile>();
  readonly rooms = new Map<string, Room>();
  readonly drafts = new Map<string, Draft>();
  sessions: readonly Session[] = [];
  seq = 0;
  chain = '';

  get me(): Profile | null {
    return this.#meId === null ? null : (this.profiles.get(this.#meId) ?? null);
  }

  /**
   * Takes in the answer to `session.open`. A full state replaces everything, a partial one adds the rows that changed.
   */
  open(parts: readonly NotificationOf<HubNotifications, 'state'>[], result: OpenResult): ChangeSet {
    const change = new ChangeSet();
    change.resumed = result.full ? 'fresh' : 'continued';
    if (result.full) {
      for (const id of this.rooms.keys()) change.rooms.add(id);
      for (const id of this.drafts.keys()) change.drafts.add(id);
      this.profiles.clear();
      this.rooms.clear();
      this.drafts.clear();
      change.profiles = true;
    }
    for (const part of parts) {
      for (const profile of part.profiles) this.#setProfile(profile, change);
      for (const room of part.rooms) this.#setRoom(room, change);
      for (const draft of part.drafts) this.#setDraft(draft, change);
    }
    if (this.#meId !== result.profileId) change.profiles = true;
    this.#meId = result.profileId;
    this.seq = result.seq;
    this.chain = result.chain;
    return change;
  }

  /** Takes in one group of events, or a part of one. */
  apply(group: NotificationOf<HubNotifications, 'events'>): ChangeSet {
    const change = new ChangeSet();
    // A group may leave the hub just after the state that already holds it; folding it again would count a message twice.
    if (group.seq <= this.seq) return change;
    for (const envelope of group.events) {
      if (envelope.seq > this.seq) this.#applyEvent(envelope, change);
    }
    this.seq = group.seq;
    this.chain = group.chain;
    return change;
  }

  setSessions(sessions: readonly Session[]): ChangeSet {
    const change = new ChangeSet();
    this.sessions = sessions;
    change.sessions = true;
    return change;
  }

  #setProfile(profile: Profile, change: ChangeSet): void {
    this.profiles.set(profile.id, profile);
    change.profiles = true;
  }

  #setRoom(room: Room, change: ChangeSet): void {
    this.rooms.set(room.id, room);
    change.rooms.add(room.id);
  }

  #setDraft(draft: Draft, change: ChangeSet): void {
    if (draft.content === '') this.drafts.delete(draft.roomId);
    else this.drafts.set(draft.roomId, draft);
    change.drafts.add(draft.roomId);
  }

  #applyEvent(envelope: EventEnvelope, change: ChangeSet): void {
    const event = knownEvent(envelope);
    if (event !== null) this.#applyKnown(event, change);
  }

  #applyKnown(event: ChatEvent, change: ChangeSet): void {
    const { seq, timestamp } = event;
    switch (event.type) {
      case 'profile.created': {
        const { profileId, name, colour } = event.body;
        this.#setProfile({ id: profileId, name, colour, created: timestamp, rev: seq }, change);
        return;
      }
      case 'profile.changed': {
        const { profileId, ...changed } = event.body;
        const profile = this.profiles.get(profileId);
        if (profile !== undefined) this.#setProfile({ ...profile, ...defined(changed), rev: seq }, change);
        return;
      }
      case 'profile.used':
        return;
      case 'room.created': {
        const { roomId, kind, name, topic, members } = event.body;
        const marks = { lastSeq: 0, readSeq: 0, unread: 0 };
        this.#setRoom(
          { id: roomId, kind, name, topic, archived: false, members, created: timestamp, ...marks, rev: seq },
          change,
        );
        return;
      }
      case 'room.changed': {
        const { roomId, ...changed } = event.body;
        const room = this.rooms.get(roomId);
        if (room !== undefined) this.#setRoom({ ...room, ...defined(changed), rev: seq }, change);
        return;
      }
      case 'message.posted': {
        const { roomId, kind, content } = event.body;
        if (event.senderId === null) return;
        const { id, senderId } = event;
        const message: Message = { id, seq, roomId, senderId, kind, content, timestamp, rev: seq };
        change.messages.push(message);
        const room = this.rooms.get(roomId);
        if (room === undefined) return;
        const news = this.#meId !== null && countsAsUnread(message, this.#meId) ? 1 : 0;
        this.#setRoom({ ...room, lastSeq: seq, unread: room.unread + news }, change);
        return;
      }
      case 'read.marked': {
        const { profileId, roomId, upTo, unread } = event.body;
        const room = this.rooms.get(roomId);
        if (profileId === this.#meId && room !== undefined)
          this.#setRoom({ ...room, readSeq: upTo, unread }, change);
        return;
      }
      case 'draft.saved': {
        const { profileId, roomId, content } = event.body;
        if (profileId === this.#meId) this.#setDraft({ roomId, content, rev: seq }, change);
        return;
      }
      default:
        assertNever(event);
    }
  }
}

interface OpenResult {
  readonly profileId: string;
  readonly seq: number;
  readonly chain: string;
  readonly full: boolean;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys whose value is undefined, so that spreading it over a row changes only what was named. */
function defined<T extends object>(fields: T): Defined<T> {
  // The filter makes it true; the type of `fromEntries` can not say so.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
