import type { Webview } from 'vscode';
import type { Client, StateChange } from '../../client/api.ts';
import { type Disposable, DisposableStore } from '../../common/disposable.ts';
import type { Logger } from '../../common/logger.ts';
import type { Message, Room } from '../../model/entities.ts';
import { ChatError, toChatError } from '../../model/errors.ts';
import type { PagePlace, PageSnapshot } from '../../protocol/page.ts';
import type { Drafts } from '../unsent/drafts.ts';
import type { Outbox } from '../unsent/outbox.ts';
import { type Attention, ReadMarker } from './looked-at.ts';
import { type History, loadMissed, loadOpeningHistory } from './opening-history.ts';
import { pageHandlers } from './page-handlers.ts';
import { PageLink } from './page-link.ts';
import { PageNews } from './page-news.ts';
import type { PageServices } from './page-services.ts';
import { RecentMessages } from './recent-messages.ts';

export interface PageControllerOptions {
  readonly webview: Pick<Webview, 'onDidReceiveMessage' | 'postMessage'>;
  readonly place: PagePlace;
  readonly client: Client;
  readonly outbox: Outbox;
  readonly drafts: Drafts;
  readonly attention: Attention;
  readonly log: Logger;
  readonly services: PageServices;
}

/** Until history that could not be had is asked for again. Milliseconds. */
const ASK_AGAIN = 2_000;

/**
 * `gone`: nobody is there, or the editor has hidden the page, which ends it. `waiting`: a page is there, and gets its room as soon as
 * that can be had. `opening`: what the page shows is being gathered; messages that come meanwhile are, too. `live`: the page is
 * told of every change.
 */
type Phase = 'gone' | 'waiting' | 'opening' | 'live';

/**
 * Shows rooms on one page, one at a time: answers what the page asks, and turns changes of the chat into notifications. The page
 * may go and come back at any time (hidden, moved, reloaded); each time it says `ready` and gets everything anew.
 */
export class PageController implements Disposable {
  readonly #options: PageControllerOptions;
  readonly #client: Client;
  readonly #link: PageLink;
  readonly #news: PageNews;
  readonly #owned = new DisposableStore();
  readonly #recent = new RecentMessages();
  #roomId: string | null = null;
  #marker: ReadMarker | null = null;
  #phase: Phase = 'gone';
  /** Grows whenever what is being gathered has become pointless. */
  #generation = 0;
  #meanwhile: Message[] = [];
  /** The newest message the page was told of. */
  #newest = 0;
  /** What the page has on screen; null for placeholders, or nobody. */
  #seat: { readonly roomId: string; readonly profileId: string } | null = null;
  #retry: NodeJS.Timeout | undefined;
  #wantsFocus = false;
  #toReveal: number | null = null;

  constructor(options: PageControllerOptions) {
    const { client, outbox, drafts, webview, log, services } = options;
    this.#options = options;
    this.#client = client;
    this.#news = new PageNews(options);
    const handlers = pageHandlers(options, this, {
      ready: () => this.#ready(),
      seen: ({ roomId, profileId, seq, hasFocus }) => {
        // Another profile has not seen what this one had on screen.
        if (roomId === this.#roomId && profileId === client.state.me?.id)
          this.#marker?.saw(seq, hasFocus, profileId);
      },
      runCommand: ({ command }) => {
        // Answered at once: a command may wait for the person.
        if (this.#roomId !== null) void services.runCommand(command, this.#roomId);
        return {};
      },
    });
    this.#link = this.#owned.add(new PageLink(webview, handlers, log));
    this.#owned.add(client.onDidChangeState((change) => this.#onState(change)));
    this.#owned.add(client.onDidChangeConnection(() => this.#onConnection()));
    this.#owned.add(
      outbox.onDidChange((roomId) => {
        // Also while a gap is being closed: what was sent meanwhile is on screen and waits for word.
        if (roomId === this.#roomId && this.#shows(roomId))
          this.#link.notify('didChangePending', this.#news.pending(roomId));
      }),
    );
    this.#owned.add(
      drafts.onDidChange(({ roomId, by }) => {
        if (roomId === this.#roomId && by !== this && this.#phase === 'live')
          this.#link.notify('didChangeDraft', this.#news.draft(roomId));
      }),
    );
    this.#owned.add(
      services.onDidChangeSettings(() => {
        if (this.#phase !== 'gone') this.#link.notify('didChangeSettings', services.settings);
      }),
    );
    this.#owned.add({ dispose: () => clearTimeout(this.#retry) });
    this.#owned.add({ dispose: () => this.#marker?.dispose() });
  }

  /** The room that is shown, or will be once there is a chat. */
  get roomId(): string | null {
    return this.#roomId;
  }

  /** Takes the page, if one is there, to this room. */
  showRoom(roomId: string | null): void {
    if (roomId === this.#roomId) return;
    this.#roomId = roomId;
    this.#recent.keep(null);
    this.#marker?.dispose();
    const { attention, log } = this.#options;
    this.#marker = roomId === null ? null : new ReadMarker(this.#client, roomId, attention, log);
    if (this.#phase !== 'gone') void this.#reopen();
  }

  /** Puts the cursor into the composer, now or once the page is there. */
  focusComposer(): void {
    if (this.#phase === 'live') this.#link.notify('focusComposer', {});
    else this.#wantsFocus = true;
  }

  /** Scrolls to a message, now or once the page is there. */
  reveal(seq: number): void {
    if (this.#phase === 'live') this.#link.notify('revealMessage', { seq });
    else this.#toReveal = seq;
  }

  /** The editor has hidden the page, which ends it. */
  pageWent(): void {
    this.#enter('gone');
    this.#seat = null;
    this.#marker?.reset();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** Begins something else; what an earlier phase had under way is dropped. */
  #enter(phase: Phase): number {
    // What came while something was being gathered is in it, or missing from memory.
    if (this.#phase === 'opening' && phase !== 'live') this.#recent.keep(null);
    this.#phase = phase;
    this.#meanwhile = [];
    clearTimeout(this.#retry);
    return ++this.#generation;
  }

  async #ready(): Promise<PageSnapshot> {
    const snapshot = await this.#open();
    // In the next turn: the answer has to be on its way before what follows from it.
    setImmediate(() => this.#afterOpening());
    return snapshot;
  }

  async #reopen(): Promise<void> {
    try {
      this.#link.notify('didReset', await this.#open());
      this.#afterOpening();
    } catch (thrown) {
      const { code } = toChatError(thrown);
      this.#options.log.log('debug', 'a page could not be opened anew', { code });
      // There is a chat, and it has no such room: a page that waits has to hear that the chat is there.
      if (code === 'NO_SUCH_ROOM') this.#link.notify('didReset', this.#nothing());
    }
  }

  #afterOpening(): void {
    if (this.#phase !== 'live') return;
    if (this.#wantsFocus) this.#link.notify('focusComposer', {});
    if (this.#toReveal !== null) this.#link.notify('revealMessage', { seq: this.#toReveal });
    this.#wantsFocus = false;
    this.#toReveal = null;
  }

  /**
   * Everything the page shows. Messages that come while it is gathered are in it, too.
   *
   * @throws ChatError NO_SUCH_ROOM; CONNECTION_CLOSED when something else was begun meanwhile, which tells the page by itself
   */
  async #open(): Promise<PageSnapshot> {
    const generation = this.#enter('opening');
    this.#marker?.reset();
    const { state } = this.#client;
    const me = state.me?.id;
    const room = this.#roomId === null ? undefined : state.rooms.get(this.#roomId);
    if (me === undefined || room === undefined) {
      this.#enter('waiting');
      if (this.#roomId !== null && me !== undefined && this.#canAsk)
        throw new ChatError('NO_SUCH_ROOM', { room: this.#roomId });
      return this.#nothing();
    }
    const remembered = this.#remembered(room);
    if (remembered !== null) return this.#show(room, room, me, remembered);
    if (!this.#canAsk) {
      // The next connection opens it.
      this.#enter('waiting');
      return this.#nothing();
    }
    const history = await this.#load(room);
    if (generation !== this.#generation) throw new ChatError('CONNECTION_CLOSED');
    if (history === null) {
      this.#enter('waiting');
      this.#askAgainLater();
      return this.#nothing();
    }
    return this.#show(state.rooms.get(room.id) ?? room, room, me, history);
  }

  get #canAsk(): boolean {
    const { state } = this.#client.connection;
    return state === 'ready' || state === 'readonly';
  }

  /** History from memory, when nothing is unread or nobody can be asked. */
  #remembered(room: Room): History | null {
    return room.unread === 0 || !this.#canAsk ? this.#recent.of(room) : null;
  }

  /** Null when it cannot be had now. */
  async #load(room: Room): Promise<History | null> {
    try {
      return await loadOpeningHistory(this.#client, room);
    } catch (thrown) {
      this.#options.log.log('warn', 'history could not be loaded', { code: toChatError(thrown).code });
      return null;
    }
  }

  /**
   * @param now the room as it is
   * @param then the room as it was when its history was asked for
   */
  #show(now: Room, then: Room, me: string, history: History): PageSnapshot {
    const { place, services } = this.#options;
    const last = history.messages.at(-1)?.seq ?? 0;
    const messages = history.reachedEnd
      ? [...history.messages, ...this.#meanwhile.filter(({ seq }) => seq > last)]
      : history.messages;
    this.#enter('live');
    this.#seat = { roomId: now.id, profileId: me };
    this.#newest = Math.max(now.lastSeq, messages.at(-1)?.seq ?? 0);
    this.#recent.keep({ ...history, messages });
    return {
      shows: 'room',
      place,
      me,
      ...this.#news.profiles,
      ...this.#news.room(now),
      history: { ...history, messages },
      unreadAfter: then.unread > 0 ? then.readSeq : null,
      ...this.#news.pending(now.id),
      draft: this.#news.draft(now.id).content,
      connection: this.#news.connection,
      settings: services.settings,
    };
  }

  #nothing(): PageSnapshot {
    this.#seat = null;
    return {
      shows: 'nothing',
      place: this.#options.place,
      connection: this.#news.connection,
      settings: this.#options.services.settings,
    };
  }

  #askAgainLater(): void {
    this.#retry = setTimeout(() => {
      if (this.#phase === 'waiting') void this.#reopen();
    }, ASK_AGAIN);
  }

  #onConnection(): void {
    if (this.#phase === 'gone') return;
    if (this.#phase === 'waiting' && this.#canAsk) void this.#reopen();
    else this.#link.notify('didChangeConnection', this.#news.connection);
  }

  #onState(change: StateChange): void {
    const roomId = this.#roomId;
    if (roomId === null) return;
    const messages = change.messages.filter((message) => message.roomId === roomId);
    if (this.#phase !== 'opening') this.#recent.add(messages);
    if (change.resumed !== false && this.#phase !== 'live') this.#recent.keep(null);
    switch (this.#phase) {
      case 'gone':
        return;
      case 'waiting':
        if (change.resumed !== false || change.rooms.has(roomId)) void this.#reopen();
        return;
      case 'opening':
        // What is on its way is of the session before: of another profile, or with a gap.
        if (change.resumed !== false) void this.#reopen();
        else this.#meanwhile.push(...messages);
        return;
      case 'live':
        this.#tellChange(roomId, change, messages);
        return;
    }
  }

  #tellChange(roomId: string, change: StateChange, messages: readonly Message[]): void {
    if (change.resumed === 'fresh') {
      this.#recent.keep(null);
      void this.#reopen();
      return;
    }
    if (change.resumed === 'continued') {
      void this.#catchUp(roomId);
      return;
    }
    this.#tellMessages(messages);
    if (change.profiles) this.#link.notify('didChangeProfiles', this.#news.profiles);
    if (change.profiles || change.sessions || change.rooms.has(roomId)) this.#tellRoom(roomId);
  }

  /** Closes the gap that a lost connection left, before anything newer is shown. */
  async #catchUp(roomId: string): Promise<void> {
    const generation = this.#enter('opening');
    const newest = this.#newest;
    let missed: readonly Message[] | null;
    try {
      missed = await loadMissed(this.#client, roomId, newest);
    } catch (thrown) {
      if (generation === this.#generation) this.#missedNothing(toChatError(thrown));
      return;
    }
    if (generation !== this.#generation) return;
    if (missed === null) {
      this.#recent.keep(null);
      await this.#reopen();
      return;
    }
    const last = missed.at(-1)?.seq ?? newest;
    const messages = [...missed, ...this.#meanwhile.filter(({ seq }) => seq > last)];
    this.#enter('live');
    this.#recent.add(messages);
    this.#tellMessages(messages);
    // What changed while the page was not told.
    this.#link.notify('didChangeConnection', this.#news.connection);
    this.#link.notify('didChangeProfiles', this.#news.profiles);
    this.#tellRoom(roomId);
    this.#link.notify('didChangeDraft', this.#news.draft(roomId));
    this.#link.notify('didChangePending', this.#news.pending(roomId));
  }

  /** The gap is still there. Without a hub the page stays as it is: the next connection begins at the same place. */
  #missedNothing(error: ChatError): void {
    this.#options.log.log('debug', 'a page could not catch up', { code: error.code });
    this.#recent.keep(null);
    if (this.#canAsk) void this.#reopen();
    else this.#enter('live');
  }

  #tellMessages(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    this.#newest = Math.max(this.#newest, messages.at(-1)?.seq ?? 0);
    this.#link.notify('didAddMessages', { messages: [...messages] });
  }

  #tellRoom(roomId: string): void {
    const room = this.#client.state.rooms.get(roomId);
    if (room !== undefined) this.#link.notify('didChangeRoom', this.#news.room(room));
  }

  #shows(roomId: string): boolean {
    return this.#seat?.roomId === roomId && this.#seat.profileId === this.#client.state.me?.id;
  }
}
