import type { Disposable } from '../../src/common/disposable.ts';
import { DisposableStore } from '../../src/common/disposable.ts';
import { Emitter } from '../../src/common/emitter.ts';
import type { Message, Profile } from '../../src/model/entities.ts';
import { type ChatError, isTransient, toChatError } from '../../src/model/errors.ts';
import { countsAsUnread } from '../../src/model/unread.ts';
import type { PageConnection, PageNotifications, PageSnapshot, PageState } from '../../src/protocol/page.ts';
import type { AnyNotification } from '../../src/protocol/rpc.ts';
import type { Fault } from '../faults.ts';
import type { HostLink } from '../host.ts';
import type { Draft } from './draft.ts';
import { sameSeat, type Seat, seatOf } from './page-view.ts';
import type { RoomHistory } from './room-history.ts';
import type { Sending } from './sending.ts';
import type { Shown } from './shown.ts';

/** Until the host is asked again for what it could not give. Milliseconds. */
const START_AGAIN = 1_000;

/** What a page without a room listens to as well. */
const ofAnyPage: ReadonlySet<keyof PageNotifications> = new Set([
  'didReset',
  'didChangeConnection',
  'didChangeSettings',
  'focusComposer',
]);

/** Those who know a part of what is shown. */
export interface PageParts {
  readonly shown: Shown;
  readonly history: RoomHistory;
  readonly sending: Sending;
  readonly draft: Draft;
}

/** What the host tells: everything at first and after each reset, then what changes. */
export class HostNews implements Disposable {
  readonly #host: HostLink;
  readonly #parts: PageParts;
  readonly #owned = new DisposableStore();
  readonly #added = this.#owned.add(new Emitter<readonly Message[]>());
  readonly #focusAsked = this.#owned.add(new Emitter<void>());
  #trouble: Fault | null = null;

  readonly onDidAdd = this.#added.event;
  readonly onDidAskFocus = this.#focusAsked.event;

  constructor(host: HostLink, parts: PageParts) {
    this.#host = host;
    this.#parts = parts;
    this.#owned.add(host.onNotification((note) => this.#fold(note)));
    this.#owned.add(host.onDidChangeAlive((alive) => this.#hostChanged(alive)));
  }

  get trouble(): Fault | null {
    return this.#trouble;
  }

  start(): void {
    this.#host.request('ready', {}).then(
      (snapshot) => this.#reset(snapshot),
      (thrown: unknown) => this.#startFailed(toChatError(thrown)),
    );
  }

  /** The composer is where the person goes on. */
  askFocus(): void {
    this.#focusAsked.fire();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #startFailed(error: ChatError): void {
    // A host that went away is asked again when it is back; one that is busy with something else, a moment later.
    if (!this.#host.alive) return;
    if (isTransient(error.code)) {
      setTimeout(() => this.start(), START_AGAIN);
      return;
    }
    this.#trouble = { code: error.code, params: error.params };
    this.#parts.shown.touch();
  }

  #hostChanged(alive: boolean): void {
    this.#parts.shown.frame({ hostAlive: alive });
    // What came meanwhile may be lost: ask for everything again. It also answers a first `ready` that was never answered.
    if (alive) this.start();
  }

  #fold(note: AnyNotification<PageNotifications>): void {
    const { shown, history, sending, draft } = this.#parts;
    if (shown.room === null && !ofAnyPage.has(note.name)) return;
    switch (note.name) {
      case 'didReset':
        this.#reset(note.params);
        return;
      case 'didAddMessages':
        this.#add(note.params.messages);
        return;
      case 'didChangeProfiles':
        shown.update({ profiles: byId(note.params.profiles) });
        return;
      case 'didChangeRoom':
        shown.update(note.params);
        // A room that is no longer archived gets a new composer: it has to know what was typed in the one before.
        shown.write(draft.text);
        return;
      case 'didChangePending':
        sending.list(note.params.pending, (id) => history.isStored(id));
        return;
      case 'didChangeDraft':
        if (draft.offer(note.params.content)) shown.write(draft.text);
        return;
      case 'didChangeConnection':
        this.#connect(note.params);
        return;
      case 'didChangeSettings':
        shown.frame({ settings: note.params });
        return;
      case 'focusComposer':
        this.#focusAsked.fire();
        return;
      case 'revealMessage':
        void history.reveal(note.params.seq);
        return;
    }
  }

  #connect(connection: PageConnection): void {
    const { shown, history } = this.#parts;
    const before = shown.now?.connection.state;
    shown.frame({ connection });
    if (connection.state === 'ready' && before !== 'ready') history.forgetFailures();
  }

  #reset(snapshot: PageSnapshot): void {
    this.#trouble = null;
    if (snapshot.shows === 'room') {
      this.#open(snapshot);
      return;
    }
    this.#parts.draft.flush();
    this.#parts.shown.show({ ...snapshot, hostAlive: this.#host.alive });
  }

  #open(state: PageState): void {
    const { shown, history, sending, draft } = this.#parts;
    const before = shown.room;
    const seat: Seat = { roomId: state.room.id, profileId: state.me };
    const again = before !== null && sameSeat(seatOf(before), seat);
    this.#host.rememberRoom(seat.roomId);
    history.open(seat.roomId, state.history, state.room.lastSeq, !again);
    draft.open(seat, state.draft);
    sending.open(seat, state.pending, (id) => history.isStored(id));
    const unreadAfter = hasNews(state) ? state.unreadAfter : null;
    const to = unreadAfter === null ? 'end' : 'unread';
    shown.show({
      ...state,
      ...history.state,
      profiles: byId(state.profiles),
      pending: sending.pending,
      unreadAfter: again ? (before.unreadAfter ?? unreadAfter) : unreadAfter,
      placement: again ? before.placement : { turn: shown.nextTurn(), to },
      draft: { turn: shown.nextTurn(), text: draft.text },
      hostAlive: this.#host.alive,
    });
  }

  #add(messages: readonly Message[]): void {
    const { shown, history, sending } = this.#parts;
    if (shown.room === null) return;
    const fresh = history.add(messages, shown.room.me);
    sending.settle(messages.map((message) => message.id));
    if (fresh.length > 0) this.#added.fire(fresh);
  }
}

/** A line is drawn before what was new when the room was opened; it does not appear later, under the reader's eyes. */
function hasNews({ unreadAfter, history, me, room }: PageState): boolean {
  if (unreadAfter === null) return false;
  const news = history.messages.some((message) => message.seq > unreadAfter && countsAsUnread(message, me));
  return news || (!history.reachedEnd && room.lastSeq > unreadAfter);
}

function byId(profiles: readonly Profile[]): ReadonlyMap<string, Profile> {
  return new Map(profiles.map((profile) => [profile.id, profile]));
}
