import type { Profile, Room } from '../../src/model/entities.ts';
import type {
  PageConnection,
  PagePlace,
  PageRequests,
  PageSettings,
  PendingMessage,
} from '../../src/protocol/page.ts';
import type { ParamsOf } from '../../src/protocol/rpc.ts';
import type { HistoryWindow } from './history.ts';

export type PageCommand = ParamsOf<PageRequests, 'runCommand'>['command'];

/** Where the list has to go once, beside following the talk: `turn` differs from order to order. */
export interface Placement {
  readonly turn: number;
  readonly to: 'unread' | 'end' | { readonly seq: number };
}

/** A room and the profile that speaks in it: whose draft and whose messages these are. */
export interface Seat {
  readonly roomId: string;
  readonly profileId: string;
}

/** What goes on at one end of the messages that are loaded. */
export type EdgeState = 'quiet' | 'loading' | 'failed';
export type Edges = Readonly<Record<'older' | 'newer', EdgeState>>;

/** What is there with a chat and without one. */
export interface PageFrame {
  readonly place: PagePlace;
  readonly connection: PageConnection;
  /** False when the host itself does not answer any more. */
  readonly hostAlive: boolean;
  readonly settings: PageSettings;
}

/** There is no chat, or not yet. */
export interface PageWait extends PageFrame {
  readonly shows: 'nothing';
}

/** All that the components show of a room; a new object after every change. */
export interface PageView extends PageFrame {
  readonly shows: 'room';
  readonly me: string;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly room: Room;
  readonly label: string;
  readonly here: number;
  readonly history: HistoryWindow;
  readonly edges: Edges;
  readonly pending: readonly PendingMessage[];
  readonly unreadAfter: number | null;
  readonly placement: Placement;
  /** Messages that count as unread and came while the end was not on screen. */
  readonly missed: number;
  readonly draft: { readonly text: string; readonly turn: number };
}

export function seatOf(view: PageView): Seat {
  return { roomId: view.room.id, profileId: view.me };
}

export function sameSeat(one: Seat | null, other: Seat): boolean {
  return one?.roomId === other.roomId && one.profileId === other.profileId;
}
