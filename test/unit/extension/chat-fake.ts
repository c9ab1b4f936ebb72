import type { Client, ConnectionStatus, RequestOptions, StateChange } from '../../../src/client/api.ts';
import { Emitter } from '../../../src/common/emitter.ts';
import type { Draft, Message, Profile, Room } from '../../../src/model/entities.ts';
import { ChatError } from '../../../src/model/errors.ts';
import type { HubRequests } from '../../../src/protocol/hub.ts';
import type { ParamsOf, ResultOf } from '../../../src/protocol/rpc.ts';
import { message, people, room } from '../../page/builders.ts';

/** Waits until what was started has run: promises, and what they scheduled for the next turn. */
export const settled = (milliseconds = 5): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

export const nothing = (): StateChange => ({
  profiles: false,
  sessions: false,
  rooms: new Set(),
  drafts: new Set(),
  messages: [],
  resumed: false,
});

/**
 * A client in front of a chat that is a few maps: it stores messages and drafts, tells of them as a client does (answer and event
 * come in one piece, so whoever waits for the answer goes on after the event), keeps requests waiting while the connection is away, and refuses what a test says.
 */
export class ChatFake implements Client {
  readonly rooms = new Map<string, Room>([[room().id, room()]]);
  readonly messages: Message[] = [];
  /** Per profile. */
  readonly draftsOf = new Map<string, Map<string, Draft>>();
  /** What was asked, oldest first. */
  readonly asked: { readonly name: string; readonly params: unknown; readonly me: string }[] = [];
  /** Per request, how it fails. */
  readonly refusals = new Map<keyof HubRequests, ChatError>();
  connection: ConnectionStatus = { state: 'ready', fault: null };
  me: Profile | null = people.ada;
  readonly #connectionChanged = new Emitter<ConnectionStatus>();
  readonly #stateChanged = new Emitter<StateChange>();
  readonly onDidChangeConnection = this.#connectionChanged.event;
  readonly onDidChangeState = this.#stateChanged.event;
  #waiting: (() => void)[] = [];
  #held: (() => void)[] | null = null;

  get state() {
    return {
      me: this.me,
      profiles: new Map(Object.values(people).map((profile) => [profile.id, profile])),
      rooms: this.rooms,
      drafts: this.draftsOf.get(this.me?.id ?? '') ?? new Map<string, Draft>(),
      sessions: [],
      seq: this.messages.at(-1)?.seq ?? 0,
    };
  }

  /** Contents of stored messages. */
  get contents(): readonly string[] {
    return this.messages.map(({ content }) => content);
  }

  askedFor(name: keyof HubRequests): readonly unknown[] {
    return this.asked.filter((request) => request.name === name).map(({ params }) => params);
  }

  /** The connection is in this state now; ready brings what waited on its way. */
  connect(state: ConnectionStatus['state'], resumed: StateChange['resumed'] = false): void {
    // The state is told before the connection counts as ready.
    if (resumed !== false) this.tell({ resumed });
    this.connection = { state, fault: state === 'unreachable' ? new ChatError('AUTH_FAILED') : null };
    if (state === 'ready') for (const go of this.#waiting.splice(0)) go();
    this.#connectionChanged.fire(this.connection);
  }

  tell(change: Partial<StateChange>): void {
    this.#stateChanged.fire({ ...nothing(), ...change });
  }

  /** Somebody else's message arrives; another window of this profile has it in front of somebody, unless it is unread. */
  add(content: string, { isUnread = false } = {}): Message {
    const added = message((this.messages.at(-1)?.seq ?? 0) + 1, content);
    this.messages.push(added);
    const before = this.#room(added.roomId);
    const unread = isUnread ? before.unread + 1 : before.unread;
    this.rooms.set(added.roomId, { ...before, lastSeq: added.seq, unread });
    this.tell({ messages: [added], rooms: new Set([added.roomId]) });
    return added;
  }

  /** Requests that are made from now on are answered when the returned function is called. */
  hold(): () => void {
    const held: (() => void)[] = [];
    this.#held = held;
    return () => {
      this.#held = null;
      for (const go of held) go();
    };
  }

  setDraft(profileId: string, roomId: string, content: string): void {
    const drafts = this.draftsOf.get(profileId) ?? new Map<string, Draft>();
    if (content === '') drafts.delete(roomId);
    else drafts.set(roomId, { roomId, content, rev: 1 });
    this.draftsOf.set(profileId, drafts);
    if (profileId === this.me?.id) this.tell({ drafts: new Set([roomId]) });
  }

  draft(profileId = this.me?.id ?? '', roomId = room().id): string {
    return this.draftsOf.get(profileId)?.get(roomId)?.content ?? '';
  }

  switchTo(profile: Profile): void {
    this.me = profile;
    this.tell({
      profiles: true,
      resumed: 'fresh',
      rooms: new Set(this.rooms.keys()),
      drafts: new Set(this.state.drafts.keys()),
    });
  }

  whenReady(): Promise<void> {
    return this.#ready();
  }

  async request<K extends keyof HubRequests>(
    name: K,
    params: ParamsOf<HubRequests, K>,
    options: RequestOptions = {},
  ): Promise<ResultOf<HubRequests, K>> {
    await this.#ready();
    if (this.#held !== null) await new Promise<void>((resolve) => this.#held?.push(resolve));
    if (options.as !== undefined && options.as !== this.me?.id) throw new ChatError('CONNECTION_CLOSED');
    this.asked.push({ name, params, me: this.me?.id ?? '' });
    const refusal = this.refusals.get(name);
    if (refusal !== undefined) throw refusal;
    return this.#answer(name, params);
  }

  switchProfile(): Promise<void> {
    return Promise.reject(new ChatError('INTERNAL', { detail: 'not in this fake' }));
  }

  follow(): AsyncIterable<Message> {
    throw new ChatError('INTERNAL', { detail: 'not in this fake' });
  }

  leave(): Promise<void> {
    this.dispose();
    return Promise.resolve();
  }

  dispose(): void {
    this.#connectionChanged.dispose();
    this.#stateChanged.dispose();
  }

  async #ready(): Promise<void> {
    if (this.connection.state !== 'ready' && this.connection.state !== 'readonly')
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Of the requests that windows' composers and pages make. */
  #answer(name: keyof HubRequests, params: object): object {
    const answers: { [K in keyof HubRequests]?: (params: never) => object } = {
      'message.send': (sent: ParamsOf<HubRequests, 'message.send'>) => this.#store(sent),
      'draft.save': ({ roomId, content }: ParamsOf<HubRequests, 'draft.save'>) => {
        const profileId = this.me?.id ?? '';
        this.setDraft(profileId, roomId, content);
        return {};
      },
      'message.get': ({ id }: ParamsOf<HubRequests, 'message.get'>) => ({
        message: this.messages.find((stored) => stored.id === id) ?? null,
      }),
      'history.page': (wanted: ParamsOf<HubRequests, 'history.page'>) => this.#page(wanted),
    };
    const answer = answers[name];
    if (answer === undefined) throw new ChatError('INTERNAL', { detail: `${name} is not in this fake` });
    return answer(params as never);
  }

  #store({ id, roomId, content }: ParamsOf<HubRequests, 'message.send'>): object {
    const seq = (this.messages.at(-1)?.seq ?? 0) + 1;
    const stored: Message = { ...message(seq, content), id, roomId, senderId: this.me?.id ?? '' };
    if (!this.messages.some((other) => other.id === id)) this.messages.push(stored);
    this.tell({ messages: [stored] });
    return { seq, timestamp: stored.timestamp, subject: id };
  }

  #page({ roomId, before, after, limit }: ParamsOf<HubRequests, 'history.page'>): object {
    const all = this.messages.filter((stored) => stored.roomId === roomId);
    const fitting = all.filter(({ seq }) => seq < (before ?? Infinity) && seq > (after ?? -1));
    const messages = after === undefined ? fitting.slice(-limit) : fitting.slice(0, limit);
    return {
      messages,
      reachedStart: messages[0] === all[0],
      reachedEnd: messages.at(-1) === all.at(-1) || all.length === 0,
    };
  }

  #room(roomId: string): Room {
    return this.rooms.get(roomId) ?? room();
  }
}
