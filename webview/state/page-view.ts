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

/** All that the components show; a new object after every change. */
export interface PageView {
  readonly place: PagePlace;
  readonly me: string;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly room: Room;
  readonly label: string;
  readonly here: number;
  readonly history: HistoryWindow;
  readonly pending: readonly PendingMessage[];
  readonly unreadAfter: number | null;
  readonly placement: Placement;
  /** Messages of others that came while the end was not on screen. */
  readonly missed: number;
  readonly loading: 'older' | 'newer' | null;
  readonly historyFailed: boolean;
  readonly draft: { readonly text: string; readonly turn: number };
  readonly connection: PageConnection;
  /** False when the host itself does not answer any more. */
  readonly hostAlive: boolean;
  readonly settings: PageSettings;
}
