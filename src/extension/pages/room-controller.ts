import * as vscode from 'vscode';
import type { Client, StateChange } from '../../client/api.ts';
import { type Disposable, DisposableStore } from '../../common/disposable.ts';
import type { Logger } from '../../common/logger.ts';
import type { Message, Room } from '../../model/entities.ts';
import { ChatError, toChatError } from '../../model/errors.ts';
import type {
  PageConnection,
  PagePlace,
  PageRequests,
  PageSettings,
  PageState,
} from '../../protocol/page.ts';
import type { ParsedParamsOf } from '../../protocol/rpc.ts';
import { copyMessage } from '../links/copy-message.ts';
import { openLink } from '../links/open-link.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { labelOf, sessionsIn } from '../room-facts.ts';
import { onDidChangeSetting, settings } from '../settings.ts';
import { type Attention, ReadMarker } from './looked-at.ts';
import { loadMissed, loadOpeningHistory } from './opening-history.ts';
import { PageLink } from './page-link.ts';

export type PageCommand = ParsedParamsOf<PageRequests, 'runCommand'>['command'];

export interface RoomControllerOptions {
  readonly webview: vscode.Webview;
  readonly place: PagePlace;
  readonly roomId: string;
  readonly client: Client;
  readonly outbox: Outbox;
  readonly attention: Attention;
  readonly log: Logger;
  readonly runCommand: (command: PageCommand, roomId: string) => Thenable<unknown>;
}

/**
 * Shows one room on one page: answers what the page asks, and turns changes of the chat into notifications. The page may go and
 * come back at any time (hidden, moved, reloaded); each time it says `ready` and gets everything anew.
 */
export class RoomController implements Disposable {
  readonly roomId: string;
  readonly #options: RoomControllerOptions;
  readonly #client: Client;
  readonly #link: PageLink;
  readonly #marker: ReadMarker;
  readonly #owned = new DisposableStore();
  /** Grows with every `ready`; work for an older page is dropped. */
  #generation = 0;
  /** False from the moment a page asks for everything until it has it, and while nobody is there. */
  #live = false;
  /** A page asked for everything and was refused it: there was no chat to get it from. */
  #isRefused = false;
  /** Messages that came while history was on its way. */
  #meanwhile: Message[] = [];
  /** The newest message the page was told of. */
  #newest = 0;
  /** The draft as the page knows it. */
  #draft = '';
  #wantsFocus = false;
  #toReveal: number | null = null;

  constructor(options: RoomControllerOptions) {
    const { client, roomId, outbox } = options;
    this.#options = options;
    this.#client = client;
    this.roomId = roomId;
    this.#marker = this.#owned.add(new ReadMarker(client, roomId, options.attention, options.log));
    this.#link = this.#owned.add(
      new PageLink(
        options.webview,
        {
          ready: () => this.#ready(),
          loadHistory: (params) => client.request('history.page', { roomId, ...params }),
          send: ({ id, content }) => {
            outbox.send({ id, roomId, content, composed: this.#draft });
            return {};
          },
          retry: ({ id }) => {
            outbox.retry(id);
            return {};
          },
          takeBack: async ({ id }) => {
            await outbox.takeBack(id);
            return {};
          },
          saveDraft: ({ content }) => this.#saveDraft(content),
          copy: async ({ messageId, what }) => {
            await copyMessage(client, messageId, what);
            return {};
          },
          copyCode: async ({ text }) => {
            await vscode.env.clipboard.writeText(text);
            return {};
          },
          openLink: async ({ href }) => {
            await openLink(href);
            return {};
          },
          runCommand: ({ command }) => {
            // Answered at once: a command may wait for the person.
            void options.runCommand(command, roomId);
            return {};
          },
          ping: () => ({}),
          seen: ({ seq, hasFocus }) => this.#marker.saw(seq, hasFocus),
        },
        options.log,
      ),
    );
    this.#owned.add(client.onDidChangeState((change) => this.#onState(change)));
    this.#owned.add(client.onDidChangeConnection(() => this.#tellConnection()));
    this.#owned.add(
      outbox.onDidChange((changed) => {
        if (changed === roomId && this.#live) this.#tellPending();
      }),
    );
    this.#owned.add(
      onDidChangeSetting('enterSends')(() => {
        if (this.#live) this.#link.notify('didChangeSettings', pageSettings());
      }),
    );
  }

  /** Puts the cursor into the composer, now or once the page is there. */
  focusComposer(): void {
    if (this.#live) this.#link.notify('focusComposer', {});
    else this.#wantsFocus = true;
  }

  /** Scrolls to a message, now or once the page is there. */
  reveal(seq: number): void {
    if (this.#live) this.#link.notify('revealMessage', { seq });
    else this.#toReveal = seq;
  }

  /** Shows this room on a page that showed another one. */
  takeOver(): void {
    void this.#reopen();
  }

  /** The editor has hidden the page, which ends it. */
  pageWent(): void {
    this.#generation += 1;
    this.#live = false;
    this.#meanwhile = [];
    this.#marker.reset();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  async #ready(): Promise<PageState> {
    this.#isRefused = false;
    try {
      const state = await this.#open(await this.#knownRoom());
      // In the next turn: the answer has to be on its way before what follows from it.
      setImmediate(() => this.#afterReady());
      return state;
    } catch (error) {
      this.#isRefused = true;
      throw error;
    }
  }

  #afterReady(): void {
    if (!this.#live) return;
    if (this.#wantsFocus) this.#link.notify('focusComposer', {});
    if (this.#toReveal !== null) this.#link.notify('revealMessage', { seq: this.#toReveal });
    this.#wantsFocus = false;
    this.#toReveal = null;
  }

  /** Waits for the chat, for as long as it takes: the page shows that it waits. */
  async #knownRoom(): Promise<Room> {
    await this.#client.whenReady({ patience: Infinity });
    const room = this.#client.state.rooms.get(this.roomId);
    if (room === undefined) throw new ChatError('NO_SUCH_ROOM', { room: this.roomId });
    return room;
  }

  /** Everything the page shows. Messages that come while it is gathered are in it, too. */
  async #open(room: Room): Promise<PageState> {
    this.pageWent();
    const generation = this.#generation;
    const me = this.#client.state.me?.id;
    const history = await loadOpeningHistory(this.#client, room);
    if (generation !== this.#generation) throw new ChatError('CONNECTION_CLOSED');
    const { state } = this.#client;
    // Another profile meanwhile: what was loaded is not for its eyes.
    if (state.me?.id !== me) return this.#open(await this.#knownRoom());
    const now = state.rooms.get(this.roomId) ?? room;
    const last = history.messages.at(-1)?.seq ?? 0;
    const messages = history.reachedEnd
      ? [...history.messages, ...this.#meanwhile.filter(({ seq }) => seq > last)]
      : history.messages;
    this.#meanwhile = [];
    this.#newest = Math.max(now.lastSeq, messages.at(-1)?.seq ?? 0);
    this.#draft = state.drafts.get(this.roomId)?.content ?? '';
    this.#live = true;
    return {
      place: this.#options.place,
      me: state.me?.id ?? '',
      profiles: [...state.profiles.values()],
      room: now,
      label: labelOf(state, now),
      here: sessionsIn(state, now).length,
      history: { ...history, messages },
      unreadAfter: room.unread > 0 ? room.readSeq : null,
      pending: [...this.#options.outbox.pending(this.roomId)],
      draft: this.#draft,
      connection: this.#connection(),
      settings: pageSettings(),
    };
  }

  async #saveDraft(content: string): Promise<Record<string, never>> {
    this.#draft = content;
    await this.#client.request('draft.save', { roomId: this.roomId, content });
    return {};
  }

  #onState(change: StateChange): void {
    const messages = change.messages.filter(({ roomId }) => roomId === this.roomId);
    if (change.resumed === 'fresh' && (this.#live || this.#isRefused)) {
      void this.#reopen();
      return;
    }
    if (!this.#live) {
      this.#meanwhile.push(...messages);
      return;
    }
    if (change.resumed === 'continued') void this.#catchUp();
    else this.#tellMessages(messages);
    if (change.profiles) this.#tellProfiles();
    if (change.profiles || change.sessions || change.rooms.has(this.roomId)) this.#tellRoom();
    if (change.drafts.has(this.roomId)) this.#tellDraft();
  }

  #tellProfiles(): void {
    this.#link.notify('didChangeProfiles', { profiles: [...this.#client.state.profiles.values()] });
  }

  #tellRoom(): void {
    const { state } = this.#client;
    const room = state.rooms.get(this.roomId);
    if (room === undefined) return;
    const here = sessionsIn(state, room).length;
    this.#link.notify('didChangeRoom', { room, label: labelOf(state, room), here });
  }

  #tellMessages(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    this.#newest = Math.max(this.#newest, messages.at(-1)?.seq ?? 0);
    this.#link.notify('didAddMessages', { messages: [...messages] });
  }

  #tellDraft(): void {
    const content = this.#client.state.drafts.get(this.roomId)?.content ?? '';
    if (content === this.#draft) return;
    this.#draft = content;
    this.#link.notify('didChangeDraft', { content });
  }

  #tellPending(): void {
    this.#link.notify('didChangePending', { pending: [...this.#options.outbox.pending(this.roomId)] });
  }

  #tellConnection(): void {
    if (this.#live) this.#link.notify('didChangeConnection', this.#connection());
  }

  /** Closes the gap that a lost connection left, before anything newer is shown. */
  async #catchUp(): Promise<void> {
    const generation = this.#generation;
    this.#live = false;
    try {
      const missed = await loadMissed(this.#client, this.roomId, this.#newest);
      if (generation !== this.#generation) return;
      this.#live = true;
      if (missed === null) {
        await this.#reopen();
        return;
      }
      const last = missed.at(-1)?.seq ?? this.#newest;
      const newer = this.#meanwhile.filter(({ seq }) => seq > last);
      this.#meanwhile = [];
      this.#tellMessages([...missed, ...newer]);
      // What changed while the page was not told.
      this.#tellConnection();
      this.#tellProfiles();
      this.#tellRoom();
      this.#tellDraft();
      this.#tellPending();
    } catch (thrown) {
      if (generation !== this.#generation) return;
      // The connection went again; the next one catches up from the same place.
      this.#live = true;
      this.#options.log.log('debug', 'a page could not catch up', { code: toChatError(thrown).code });
    }
  }

  async #reopen(): Promise<void> {
    try {
      this.#link.notify('didReset', await this.#open(await this.#knownRoom()));
      this.#isRefused = false;
      this.#afterReady();
    } catch (thrown) {
      this.#options.log.log('debug', 'a page could not be opened anew', { code: toChatError(thrown).code });
    }
  }

  #connection(): PageConnection {
    const { state, fault } = this.#client.connection;
    return { state, fault: fault === null ? null : { code: fault.code, params: { ...fault.params } } };
  }
}

function pageSettings(): PageSettings {
  return { enterSends: settings.enterSends, locale: vscode.env.language };
}
