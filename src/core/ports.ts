import type { SenderKind } from '../model/entities.ts';
import type { Draft, Message, Profile, RoomKind, Room } from '../model/entities.ts';
import type { Audience, EventBody, EventType } from '../model/events.ts';

/** What the core knows about a room without regard to who looks at it. */
export interface RoomRecord {
  readonly id: string;
  readonly kind: RoomKind;
  readonly name: string | null;
  readonly topic: string;
  readonly archived: boolean;
  readonly members: readonly string[];
  readonly lastSeq: number;
}

/**
 * What the rules read to decide. It is small (profiles, rooms, marks), so it answers at once, and it already holds the
 * events decided before in the same commit group.
 */
export interface Ledger {
  /** Seq of the last event, 0 in an empty store. */
  readonly lastSeq: number;
  profile(id: string): Profile | null;
  profileByName(key: string): Profile | null;
  /** In the order of their creation. */
  profiles(): readonly Profile[];
  /** The profile last chosen, null before the first. */
  lastUsedProfile(): string | null;
  room(id: string): RoomRecord | null;
  roomByName(key: string): RoomRecord | null;
  /** The direct room of exactly these members, in any order. */
  directRoom(members: readonly string[]): RoomRecord | null;
  readMark(profileId: string, roomId: string): number;
  /** Messages in the room after `seq` that count as unread for `profileId` (the rule is `countsAsUnread` of the model). */
  unreadAfter(profileId: string, roomId: string, seq: number): number;
  draft(profileId: string, roomId: string): string;
  /** The event that already carries this id, if any: its seq and a digest of who asked for what. */
  decided(id: string): DecidedEvent | null;
}

export interface DecidedEvent {
  readonly seq: number;
  readonly timestamp: string;
  readonly intent: string;
  readonly subject: string;
}

/** Everything about the one who asks that the rules need. */
export interface Actor {
  readonly sessionId: string | null;
  readonly profileId: string | null;
  readonly kind: SenderKind;
}

/** An event before it has its place in the order. */
export type EventDraft = {
  [T in EventType]: {
    id: string;
    type: T;
    audience: Audience;
    body: EventBody<T>;
    subject: string;
    intent: string | null;
  };
}[EventType];

/**
 * Reading for interfaces. Asynchronous and paged, addressed by (room, seq): older history may live in other files one day.
 * Everything is as `profileId` may see it.
 */
export interface History {
  page(query: HistoryQuery): Promise<HistoryPage>;
  message(profileId: string, id: string): Promise<Message | null>;
  /** Rows changed after `rev`; all rows with `rev` 0. A room counts as changed by a message or a read mark, too. */
  changedSince(profileId: string, rev: number): Promise<StateRows>;
}

export interface HistoryQuery {
  readonly profileId: string;
  readonly roomId: string | null;
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly limit: number;
}

export interface HistoryPage {
  readonly messages: readonly Message[];
  readonly reachedStart: boolean;
  readonly reachedEnd: boolean;
}

export interface StateRows {
  readonly profiles: readonly Profile[];
  readonly rooms: readonly Room[];
  readonly drafts: readonly Draft[];
}

export interface Clock {
  /** Milliseconds since 1970, only to be shown. */
  now(): number;
}
