import type { Client } from '../../client/api.ts';
import type { Room } from '../../model/entities.ts';
import type { PageConnection, PageNotifications } from '../../protocol/page.ts';
import type { NotificationOf } from '../../protocol/rpc.ts';
import { labelOf, sessionsIn } from '../room-facts.ts';
import type { Drafts } from '../unsent/drafts.ts';
import type { Outbox } from '../unsent/outbox.ts';

export interface PageNewsOptions {
  readonly client: Client;
  readonly outbox: Outbox;
  readonly drafts: Drafts;
}

/** What a page shows, as it is in this window now; in the words of the wire, for its snapshots and its notifications alike. */
export class PageNews {
  readonly #options: PageNewsOptions;

  constructor(options: PageNewsOptions) {
    this.#options = options;
  }

  get connection(): PageConnection {
    const { state, fault } = this.#options.client.connection;
    return { state, fault: fault === null ? null : { code: fault.code, params: { ...fault.params } } };
  }

  get profiles(): NotificationOf<PageNotifications, 'didChangeProfiles'> {
    return { profiles: [...this.#options.client.state.profiles.values()] };
  }

  room(room: Room): NotificationOf<PageNotifications, 'didChangeRoom'> {
    const { state } = this.#options.client;
    return { room, label: labelOf(state, room), here: sessionsIn(state, room).length };
  }

  pending(roomId: string): NotificationOf<PageNotifications, 'didChangePending'> {
    return { pending: [...this.#options.outbox.pending(roomId)] };
  }

  draft(roomId: string): NotificationOf<PageNotifications, 'didChangeDraft'> {
    return { content: this.#options.drafts.textOf(roomId) };
  }
}
