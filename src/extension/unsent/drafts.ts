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
  /** What the hub's draft was when it was last given or taken. */
  hub: string;
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
  readonly #didChange = this.#owned.add(new Emitter<string>());
  readonly #kept = new Map<string, Kept>();

  /** Fires with the id of a room whose draft was changed by anybody but the composers of this window. */
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
    this.#owned.add(outbox.onDidStore((message) => this.#empty(message)));
  }

  /** What the composer of this room shows, for the profile this window speaks as. */
  textOf(roomId: string): string {
    const me = this.#client.state.me?.id;
    if (me === undefined) return '';
    return this.#kept.get(keyOf({ profileId: me, roomId }))?.text ?? this.#hubText(roomId);
  }

  /** Whether somebody typed here what the hub does not have yet. */
  isAhead(address: DraftAddress): boolean {
    const state = this.#kept.get(keyOf(address))?.state;
    return state === 'typed' || state === 'saving';
  }

  /** The hub's draft, as far as this window knows: an older state of what stands in the composer. */
  hubText(address: DraftAddress): string {
    const kept = this.#kept.get(keyOf(address));
    if (kept !== undefined) return kept.hub;
    return address.profileId === this.#client.state.me?.id ? this.#hubText(address.roomId) : '';
  }

  /** The composer shows this now. */
  typed(address: DraftAddress, text: string): void {
    const kept = this.#keep(address);
    if (kept.text === text) return;
    kept.text = text;
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

  /** What stood in the composer is on its way as a message. */
  sent(address: DraftAddress): void {
    const kept = this.#keep(address);
    clearTimeout(kept.timer);
    kept.timer = undefined;
    kept.text = '';
    kept.state = 'sent';
    this.#files.remove(kept.id);
  }

  /** The window closes: what the hub was not given yet is kept for the next one. */
  dispose(): void {
    for (const kept of this.#kept.values()) {
      clearTimeout(kept.timer);
      if (kept.state === 'typed' || kept.state === 'saving') this.#writeDown(kept);
    }
    this.#owned.dispose();
  }

  #hubText(roomId: string): string {
    return this.#client.state.drafts.get(roomId)?.content ?? '';
  }

  #keep(address: DraftAddress): Kept {
    const key = keyOf(address);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const hub = this.hubText(address);
    const { profileId, roomId } = address;
    const kept: Kept = {
      profileId,
      roomId,
      id: newId(),
      text: hub,
      state: 'saved',
      hub,
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
    const { roomId, profileId, text } = kept;
    kept.state = 'saving';
    try {
      await this.#client.request(
        'draft.save',
        { roomId, content: text },
        { patience: Infinity, as: profileId },
      );
      kept.hub = text;
    } catch (thrown) {
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
    this.#letGo(kept);
  }

  /** Once the hub's event says the same there is nothing to keep. */
  #letGo(kept: Kept): void {
    if (kept.profileId === this.#client.state.me?.id && this.#hubText(kept.roomId) === kept.text)
      this.#kept.delete(keyOf(kept));
  }

  /** The draft goes with its message, unless it was changed since, here or in another window. */
  #empty({ profileId, roomId, content, composed }: OutgoingMessage): void {
    const kept = this.#keep({ profileId, roomId });
    if (kept.state === 'typed' || kept.state === 'saving') return;
    const hub = kept.state === 'sent' ? kept.hub : this.#hubText(roomId);
    const isOurs = kept.state === 'sent' || hub === content || hub === composed;
    if (hub !== '' && isOurs) {
      kept.text = '';
      void this.#give(kept);
    } else {
      this.#kept.delete(keyOf(kept));
      this.#didChange.fire(roomId);
    }
  }

  #onState(change: StateChange): void {
    const me = this.#client.state.me?.id;
    if (me === undefined) return;
    for (const roomId of change.drafts) {
      const key = keyOf({ profileId: me, roomId });
      const kept = this.#kept.get(key);
      const isAhead = kept?.state === 'typed' || kept?.state === 'saving';
      if (isAhead || (kept?.state === 'sent' && kept.hub === this.#hubText(roomId))) continue;
      this.#kept.delete(key);
      if (kept?.text !== this.#hubText(roomId)) this.#didChange.fire(roomId);
    }
    if (change.profiles) this.#saveAll();
  }

  #writeDown({ id, roomId, profileId, text, hub }: Kept): void {
    if (text.trim() !== '') this.#files.put({ id, roomId, profileId, content: text, composed: hub });
  }
}

function keyOf({ profileId, roomId }: DraftAddress): string {
  return `${profileId} ${roomId}`;
}
