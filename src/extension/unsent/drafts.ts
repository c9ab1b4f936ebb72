import type { Client, StateChange } from '../../client/api.ts';
import { DisposableStore } from '../../common/disposable.ts';
import { Emitter } from '../../common/emitter.ts';
import type { Logger } from '../../common/logger.ts';
import { toChatError } from '../../model/errors.ts';
import { newId } from '../../model/ids.ts';
import { limits } from '../../model/limits.ts';
import { utf8Length } from '../../model/text.ts';
import type { OutgoingMessage, Outbox } from './outbox.ts';
import type { UnsentFiles } from './unsent-files.ts';

/** From the last key to saving, and the longest that steady typing puts it off. Milliseconds. */
const SAVE_DELAY = 500;
const SAVE_AT_LEAST = 5_000;

export interface DraftAddress {
  readonly profileId: string;
  readonly roomId: string;
}

export interface DraftChange {
  readonly roomId: string;
  /** The composer of this window that shows it already; null when it came from elsewhere. */
  readonly by: object | null;
}

/** A composer of this window that is ahead of the hub. */
interface Kept extends DraftAddress {
  /** Of its file, should it need one. */
  readonly id: string;
  text: string;
  /**
   * `typed`: the hub has to be given it. `saving`: it is being given it. `saved`: the hub has it, its event is still to come.
   * `sent`: the text went off as a message; the hub's draft stays until that message is stored.
   */
  state: 'typed' | 'saving' | 'saved' | 'sent';
  /** The hub's draft, as far as is known. */
  hub: string;
  /** What the hub is being given: its event may come before its answer. */
  given: string | null;
  typedSince: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * The drafts as the composers of this window show them. What is typed here is kept at once and given to the hub a moment after the
 * last key; from there it reaches the other windows of the profile. Text the hub cannot take (too long, no hub, another
 * profile by now) stays here and outlives the extension host.
 */
export class Drafts {
  readonly #client: Client;
  readonly #files: UnsentFiles;
  readonly #log: Logger;
  readonly #owned = new DisposableStore();
  readonly #didChange = this.#owned.add(new Emitter<DraftChange>());
  readonly #kept = new Map<string, Kept>();

  /** Fires when a draft of the profile that speaks is another one, by another window or by a composer of this one. */
  readonly onDidChange = this.#didChange.event;

  constructor(client: Client, outbox: Outbox, files: UnsentFiles, log: Logger) {
    this.#client = client;
    this.#files = files;
    this.#log = log;
    this.#owned.add(client.onDidChangeState((change) => this.#onState(change)));
    this.#owned.add(
      client.onDidChangeConnection(({ state }) => {
        if (state === 'ready') this.#saveAll();
      }),
    );
    this.#owned.add(outbox.onDidStore((message) => void this.#empty(message)));
  }

  /** What the composer of this room shows, for the profile this window speaks as. */
  textOf(roomId: string): string {
    const me = this.#client.state.me?.id;
    if (me === undefined) return '';
    return this.#shown({ profileId: me, roomId });
  }

  /** Whether somebody typed here what the hub does not have yet. */
  isAhead(address: DraftAddress): boolean {
    const state = this.#kept.get(keyOf(address))?.state;
    return state === 'typed' || state === 'saving';
  }

  /** Whether what stands in the composer was typed here and does not hold this text. */
  isTypedOver(address: DraftAddress, text: string): boolean {
    const kept = this.#kept.get(keyOf(address));
    return kept !== undefined && kept.state !== 'sent' && !kept.text.includes(text);
  }

  /**
   * The hub's draft while this message was written: an older state of it. Empty when the message does not come from the composer,
   * which shows something else.
   */
  composedFor(address: DraftAddress, content: string): string {
    return content.startsWith(this.#shown(address)) ? this.#hub(address) : '';
  }

  /** The composer `by` shows this now. */
  typed(address: DraftAddress, text: string, by: object): void {
    const kept = this.#keep(address);
    if (kept.text === text) return;
    kept.text = text;
    this.#tell(address, by);
    const now = Date.now();
    if (kept.state !== 'typed') kept.typedSince = now;
    if (kept.state !== 'saving') kept.state = 'typed';
    clearTimeout(kept.timer);
    const wait = Math.max(0, Math.min(SAVE_DELAY, kept.typedSince + SAVE_AT_LEAST - now));
    kept.timer = setTimeout(() => {
      kept.timer = undefined;
      this.#save(kept);
    }, wait);
  }

  /**
   * A message is on its way. If it is what stood in the composer, or begins with that, the composer is empty now; another text,
   * which was typed since or elsewhere, stays.
   */
  sent(address: DraftAddress, content: string, by: object): void {
    const kept = this.#keep(address);
    if (!content.startsWith(kept.text)) {
      if (kept.state === 'saved') this.#letGo(kept);
      return;
    }
    clearTimeout(kept.timer);
    kept.timer = undefined;
    kept.text = '';
    kept.state = 'sent';
    this.#files.remove(kept.id);
    this.#tell(address, by);
  }

  /** The window closes: what the hub was not given yet is kept for the next one. */
  dispose(): void {
    for (const kept of this.#kept.values()) {
      clearTimeout(kept.timer);
      if (kept.state === 'typed' || kept.state === 'saving') this.#writeDown(kept);
    }
    this.#owned.dispose();
  }

  /** What the composers of this window show. */
  #shown(address: DraftAddress): string {
    return this.#kept.get(keyOf(address))?.text ?? this.#hub(address);
  }

  /** The hub's draft, as far as this window knows. */
  #hub(address: DraftAddress): string {
    const kept = this.#kept.get(keyOf(address));
    if (kept !== undefined) return kept.hub;
    return address.profileId === this.#client.state.me?.id ? this.#hubText(address.roomId) : '';
  }

  #hubText(roomId: string): string {
    return this.#client.state.drafts.get(roomId)?.content ?? '';
  }

  #keep(address: DraftAddress): Kept {
    const key = keyOf(address);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const hub = this.#hub(address);
    const { profileId, roomId } = address;
    const kept: Kept = {
      profileId,
      roomId,
      id: newId(),
      text: hub,
      state: 'saved',
      hub,
      given: null,
      typedSince: 0,
      timer: undefined,
    };
    this.#kept.set(key, kept);
    return kept;
  }

  #saveAll(): void {
    for (const kept of this.#kept.values()) if (kept.state === 'typed') this.#save(kept);
  }

  #save(kept: Kept): void {
    if (this.#client.connection.state !== 'ready') this.#writeDown(kept);
    // What is being saved is followed by what was typed meanwhile.
    if (kept.state !== 'typed') return;
    const isMine = kept.profileId === this.#client.state.me?.id;
    if (!isMine || utf8Length(kept.text) > limits.contentBytes) this.#writeDown(kept);
    else void this.#give(kept);
  }

  async #give(kept: Kept): Promise<void> {
    const { roomId, profileId, text, hub } = kept;
    kept.state = 'saving';
    kept.given = text;
    try {
      await this.#client.request(
        'draft.save',
        { roomId, content: text },
        { patience: Infinity, as: profileId },
      );
      // Unless its event, and perhaps that of a later one, came before this answer.
      if (kept.hub === hub) kept.hub = text;
      kept.given = null;
    } catch (thrown) {
      kept.given = null;
      this.#log.log('debug', 'a draft was not saved', { code: toChatError(thrown).code });
      if (kept.state !== 'saving' || this.#owned.isDisposed) return;
      // It stands in the composer; the next key, or a hub that can write again, brings the next try.
      kept.state = 'typed';
      this.#writeDown(kept);
      return;
    }
    if (kept.state !== 'saving') return;
    if (kept.text !== text) {
      kept.state = 'typed';
      if (kept.timer === undefined) this.#save(kept);
      return;
    }
    kept.state = 'saved';
    this.#files.remove(kept.id);
    if (kept.hub === text) this.#letGo(kept);
    else this.#hear(kept, kept.hub);
  }

  /** Once the hub's event says the same there is nothing to keep. */
  #letGo(kept: Kept): void {
    if (kept.profileId === this.#client.state.me?.id && this.#hubText(kept.roomId) === kept.text)
      this.#kept.delete(keyOf(kept));
  }

  /** The draft goes with its message, unless it was changed since, here or in another window. */
  async #empty(message: OutgoingMessage): Promise<void> {
    await this.#emptyNow(message);
    if (!this.#owned.isDisposed) this.#files.remove(message.id);
  }

  async #emptyNow({ profileId, roomId, content, composed }: OutgoingMessage): Promise<void> {
    const kept = this.#keep({ profileId, roomId });
    if (kept.state === 'typed' || kept.state === 'saving') return;
    const isMine = profileId === this.#client.state.me?.id;
    const hub = this.#hubText(roomId);
    const isOurs = kept.state === 'sent' || hub === content || hub === composed;
    if (isMine && isOurs && (hub !== '' || kept.hub !== '' || kept.given !== null)) {
      kept.text = '';
      await this.#give(kept);
    } else {
      this.#kept.delete(keyOf(kept));
      if (isMine && hub !== '') this.#tell(kept, null);
    }
  }

  #onState(change: StateChange): void {
    const me = this.#client.state.me?.id;
    if (me === undefined) return;
    for (const roomId of change.drafts) {
      const hub = this.#hubText(roomId);
      const kept = this.#kept.get(keyOf({ profileId: me, roomId }));
      if (kept === undefined) this.#tell({ profileId: me, roomId }, null);
      else this.#hear(kept, hub);
    }
    if (change.profiles) this.#saveAll();
  }

  /** The hub's draft of a composer that is kept here is this now. */
  #hear(kept: Kept, hub: string): void {
    const isKnown = hub === kept.hub || hub === kept.given;
    kept.hub = hub;
    if (kept.state === 'typed' || kept.state === 'saving') return;
    // The draft of the message on its way; it goes with that.
    if (kept.state === 'sent' && isKnown) return;
    this.#kept.delete(keyOf(kept));
    if (kept.text !== hub) this.#tell(kept, null);
  }

  #tell({ profileId, roomId }: DraftAddress, by: object | null): void {
    if (profileId === this.#client.state.me?.id) this.#didChange.fire({ roomId, by });
  }

  #writeDown({ id, roomId, profileId, text, hub }: Kept): void {
    if (text.trim() === '') this.#files.remove(id);
    else this.#files.put({ id, roomId, profileId, content: text, composed: hub });
  }
}

function keyOf({ profileId, roomId }: DraftAddress): string {
  return `${profileId} ${roomId}`;
}
