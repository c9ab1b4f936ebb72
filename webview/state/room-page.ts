import type { Disposable } from '../../src/common/disposable.ts';
import { DisposableStore } from '../../src/common/disposable.ts';
import { Emitter } from '../../src/common/emitter.ts';
import type { Message, Profile } from '../../src/model/entities.ts';
import { type ChatError, isTransient, toChatError } from '../../src/model/errors.ts';
import { newId } from '../../src/model/ids.ts';
import type { PageNotifications, PageRequests, PageState, PendingMessage } from '../../src/protocol/page.ts';
import type { AnyNotification, ParamsOf } from '../../src/protocol/rpc.ts';
import type { Fault } from '../faults.ts';
import type { HostLink } from '../host.ts';
import { Draft } from './draft.ts';
import { addLive, addNewer, addOlder, PAGE_LIMIT } from './history.ts';
import { Outbox } from './outbox.ts';
import type { PageCommand, PageView, Placement } from './page-view.ts';

/** How long a message that left the host's list may take to turn up among the stored. Milliseconds. */
const LEAVING_GRACE = 2_000;
/** Until the host is asked again for what it could not give. Milliseconds. */
const START_AGAIN = 1_000;

/**
 * What the page knows of its room, folded from the host's snapshot and notifications, and what it asks of the host. It is rebuilt
 * from a snapshot at any time; nothing here is kept beyond the page.
 */
export class RoomPage implements Disposable {
  readonly #host: HostLink;
  readonly #owned = new DisposableStore();
  readonly #changed = new Emitter<void>();
  readonly #added = new Emitter<readonly Message[]>();
  readonly #focusAsked = new Emitter<void>();
  readonly #outbox = new Outbox();
  readonly #draft: Draft;
  #view: PageView | null = null;
  #trouble: Fault | null = null;
  /** Grows with every snapshot; an answer to a question of an older one is dropped. */
  #generation = 0;
  #newestSeq = 0;
  #following = true;

  readonly onDidChange = this.#changed.event;
  /** New messages, as they come, for those who cannot see them appear. */
  readonly onDidAdd = this.#added.event;
  readonly onDidAskFocus = this.#focusAsked.event;

  constructor(host: HostLink) {
    this.#host = host;
    this.#draft = this.#owned.add(new Draft((content) => host.request('saveDraft', { content })));
    this.#owned.add(host.onNotification((note) => this.#fold(note)));
    this.#owned.add(host.onDidChangeAlive((alive) => this.#hostChanged(alive)));
    this.#owned.add(this.#changed);
    this.#owned.add(this.#added);
    this.#owned.add(this.#focusAsked);
  }

  /** Null until the host has answered once. */
  get view(): PageView | null {
    return this.#view;
  }

  /** Why there is nothing to show, when the host says so. */
  get trouble(): Fault | null {
    return this.#trouble;
  }

  start(): void {
    this.#host.request('ready', {}).then(
      (state) => this.#reset(state),
      (thrown: unknown) => this.#startFailed(toChatError(thrown)),
    );
  }

  #startFailed(error: ChatError): void {
    // A host that went away is asked again when it is back; one that is busy with something else, a moment later.
    if (!this.#host.alive) return;
    if (isTransient(error.code)) {
      setTimeout(() => this.start(), START_AGAIN);
      return;
    }
    this.#trouble = { code: error.code, params: error.params };
    this.#changed.fire();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  // What the person does.

  /** Takes a typed message over. Returns false, and changes nothing, when it is empty. */
  send(content: string): boolean {
    if (content.trim() === '' || this.#view === null) return false;
    const id = newId();
    const timestamp = new Date().toISOString();
    this.#outbox.add({ id, content, timestamp, state: 'sending', fault: null });
    this.#draft.sent();
    if (this.#view.history.reachedEnd) this.#place('end');
    else this.showNewest();
    this.#update({ pending: this.#outbox.messages });
    this.#submit(id, content);
    return true;
  }

  retry(id: string): void {
    const message = this.#outbox.find(id);
    if (message === undefined) return;
    if (this.#outbox.isFresh(id)) {
      this.#outbox.add({ ...message, state: 'sending', fault: null });
      this.#update({ pending: this.#outbox.messages });
      this.#submit(id, message.content);
    } else {
      this.#ask('retry', { id });
    }
  }

  /** Puts a failed message back into the composer, in front of what stands there. */
  takeBack(id: string): void {
    const message = this.#outbox.find(id);
    if (message === undefined) return;
    if (!this.#outbox.isFresh(id)) this.#ask('takeBack', { id });
    this.#outbox.settle([id]);
    const rest = this.#draft.text;
    this.#typeFor(rest.trim() === '' ? message.content : `${message.content}\n${rest}`);
    this.#update({ pending: this.#outbox.messages });
    this.#focusAsked.fire();
  }

  typed(text: string): void {
    this.#draft.typed(text);
  }

  /** Saves at once what the draft still waits with: the page may be about to go. */
  flush(): void {
    this.#draft.flush();
  }

  loadOlder(): void {
    const first = this.#view?.history.messages[0];
    if (this.#view === null || this.#view.loading !== null || this.#view.history.reachedStart) return;
    void this.#load('older', { before: first?.seq, limit: PAGE_LIMIT });
  }

  loadNewer(): void {
    const last = this.#view?.history.messages.at(-1);
    if (this.#view === null || this.#view.loading !== null || this.#view.history.reachedEnd) return;
    void this.#load('newer', { after: last?.seq, limit: PAGE_LIMIT });
  }

  /** Goes to the end, through the newest page if the end had been dropped. */
  showNewest(): void {
    if (this.#view === null) return;
    if (this.#view.history.reachedEnd) {
      this.#place('end');
      return;
    }
    const generation = this.#generation;
    this.#host.request('loadHistory', { limit: PAGE_LIMIT }).then(
      (page) => {
        if (generation !== this.#generation) return;
        const last = page.messages.at(-1)?.seq ?? 0;
        this.#update({ history: { ...page, reachedEnd: page.reachedEnd && last >= this.#newestSeq } });
        this.#place('end');
      },
      () => this.#update({ historyFailed: true }),
    );
  }

  /** The list tells whether the end is on screen and followed. */
  follow(following: boolean): void {
    this.#following = following;
    if (following && this.#view?.history.reachedEnd === true && this.#view.missed > 0)
      this.#update({ missed: 0 });
  }

  seen(seq: number, hasFocus: boolean): void {
    this.#host.report('seen', { seq, hasFocus });
  }

  /** Resolves when the text is in the clipboard. */
  async copy(messageId: string, what: 'text' | 'link'): Promise<void> {
    await this.#host.request('copy', { messageId, what });
  }

  async copyCode(text: string): Promise<void> {
    await this.#host.request('copyCode', { text });
  }

  openLink(href: string): void {
    this.#ask('openLink', { href });
  }

  run(command: PageCommand): void {
    this.#ask('runCommand', { command });
  }

  /** A request whose failure the host itself tells the person about. */
  #ask<K extends keyof PageRequests>(name: K, params: ParamsOf<PageRequests, K>): void {
    this.#host.request(name, params).catch(() => undefined);
  }

  // What the host tells.

  #fold(note: AnyNotification<PageNotifications>): void {
    const view = this.#view;
    if (note.name === 'didReset') {
      this.#reset(note.params);
      return;
    }
    if (view === null) return;
    switch (note.name) {
      case 'didAddMessages':
        this.#add(note.params.messages);
        return;
      case 'didChangeProfiles':
        this.#update({ profiles: byId(note.params.profiles) });
        return;
      case 'didChangeRoom':
        this.#update(note.params);
        // A room that is no longer archived gets a new composer: it has to know what was typed in the one before.
        this.#showDraft();
        return;
      case 'didChangePending':
        this.#list(note.params.pending);
        return;
      case 'didChangeDraft':
        if (this.#draft.offer(note.params.content)) this.#showDraft();
        return;
      case 'didChangeConnection':
        this.#update({ connection: note.params });
        return;
      case 'didChangeSettings':
        this.#update({ settings: note.params });
        return;
      case 'focusComposer':
        this.#focusAsked.fire();
        return;
      case 'revealMessage':
        void this.#reveal(note.params.seq);
        return;
    }
  }

  #reset(state: PageState): void {
    const before = this.#view;
    const sameRoom = before?.room.id === state.room.id && before.me === state.me;
    this.#generation += 1;
    this.#trouble = null;
    this.#newestSeq = Math.max(state.room.lastSeq, state.history.messages.at(-1)?.seq ?? 0);
    this.#host.rememberRoom(state.room.id);
    if (!sameRoom) {
      this.#outbox.clear();
      this.#draft.reset(state.draft);
      this.#following = true;
    } else {
      this.#draft.offer(state.draft);
    }
    this.#outbox.settle(state.history.messages.map((message) => message.id));
    this.#watchLeaving(state.pending, state.history.messages);
    // A line is drawn before what was new when the room was opened; it does not appear later, under the reader's eyes.
    const isNew = state.unreadAfter !== null && this.#newestSeq > state.unreadAfter;
    this.#view = {
      place: state.place,
      me: state.me,
      profiles: byId(state.profiles),
      room: state.room,
      label: state.label,
      here: state.here,
      history: state.history,
      pending: this.#outbox.messages,
      unreadAfter:
        sameRoom && before.unreadAfter !== null ? before.unreadAfter : isNew ? state.unreadAfter : null,
      placement: sameRoom
        ? before.placement
        : { turn: (before?.placement.turn ?? 0) + 1, to: isNew ? 'unread' : 'end' },
      missed: 0,
      loading: null,
      historyFailed: false,
      draft: { text: this.#draft.text, turn: (before?.draft.turn ?? 0) + 1 },
      connection: state.connection,
      hostAlive: this.#host.alive,
      settings: state.settings,
    };
    this.#changed.fire();
  }

  #add(messages: readonly Message[]): void {
    const view = this.#view;
    if (view === null) return;
    const fresh = messages.filter((message) => message.seq > this.#newestSeq);
    this.#newestSeq = Math.max(this.#newestSeq, ...messages.map((message) => message.seq));
    this.#outbox.settle(messages.map((message) => message.id));
    const history = addLive(view.history, messages, this.#following);
    const onScreen = this.#following && history.reachedEnd;
    const byOthers = fresh.filter((message) => message.senderId !== view.me);
    const missed = onScreen ? view.missed : view.missed + byOthers.length;
    this.#update({ history, pending: this.#outbox.messages, missed });
    if (fresh.length > 0) this.#added.fire(fresh);
  }

  #list(pending: readonly PendingMessage[]): void {
    this.#watchLeaving(pending, this.#view?.history.messages ?? []);
    this.#update({ pending: this.#outbox.messages });
  }

  #watchLeaving(pending: readonly PendingMessage[], stored: readonly Message[]): void {
    const ids = new Set(stored.map((message) => message.id));
    const leaving = this.#outbox.list(pending, (id) => ids.has(id));
    if (leaving.length === 0) return;
    setTimeout(() => {
      this.#outbox.forget(leaving);
      this.#update({ pending: this.#outbox.messages });
    }, LEAVING_GRACE);
  }

  #hostChanged(alive: boolean): void {
    this.#update({ hostAlive: alive });
    // What came meanwhile may be lost: ask for everything again. It also answers a first `ready` that was never answered.
    if (alive) this.start();
  }

  async #load(
    direction: 'older' | 'newer',
    params: { before?: number | undefined; after?: number | undefined; limit: number },
  ): Promise<void> {
    const generation = this.#generation;
    this.#update({ loading: direction, historyFailed: false });
    try {
      const page = await this.#host.request('loadHistory', params);
      if (generation !== this.#generation || this.#view === null) return;
      const { history } = this.#view;
      this.#update({
        history: direction === 'older' ? addOlder(history, page) : addNewer(history, page, this.#newestSeq),
        loading: null,
      });
    } catch {
      if (generation === this.#generation) this.#update({ loading: null, historyFailed: true });
    }
  }

  async #reveal(seq: number): Promise<void> {
    const has = this.#view?.history.messages.some((message) => message.seq === seq) === true;
    if (!has) {
      const generation = this.#generation;
      const limit = PAGE_LIMIT;
      const pages = await Promise.all([
        this.#host.request('loadHistory', { before: seq + 1, limit }),
        this.#host.request('loadHistory', { after: seq, limit }),
      ]).catch(() => null);
      if (generation !== this.#generation || pages === null) return;
      this.#update({ history: addNewer(pages[0], pages[1], this.#newestSeq) });
    }
    this.#place({ seq });
  }

  #submit(id: string, content: string): void {
    this.#host.request('send', { id, content }).catch((thrown: unknown) => {
      const { code, params } = toChatError(thrown);
      this.#outbox.fail(id, { code, params: { ...params } });
      this.#update({ pending: this.#outbox.messages });
    });
  }

  #typeFor(text: string): void {
    this.#draft.typed(text);
    this.#showDraft();
  }

  #showDraft(): void {
    const turn = (this.#view?.draft.turn ?? 0) + 1;
    this.#update({ draft: { text: this.#draft.text, turn } });
  }

  #place(to: Placement['to']): void {
    const turn = (this.#view?.placement.turn ?? 0) + 1;
    this.#update({ placement: { turn, to } });
  }

  #update(change: Partial<PageView>): void {
    if (this.#view === null) return;
    this.#view = { ...this.#view, ...change };
    this.#changed.fire();
  }
}

function byId(profiles: readonly Profile[]): ReadonlyMap<string, Profile> {
  return new Map(profiles.map((profile) => [profile.id, profile]));
}
