import type { Client } from '../../client/api.ts';
import { DisposableStore } from '../../common/disposable.ts';
import { Emitter } from '../../common/emitter.ts';
import type { Logger } from '../../common/logger.ts';
import { ChatError, toChatError } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';
import { utf8Length } from '../../model/text.ts';
import type { PendingMessage } from '../../protocol/page.ts';
import type { UnsentMemory } from './unsent.ts';

export interface OutgoingMessage {
  readonly id: string;
  readonly roomId: string;
  readonly content: string;
  /** The room's draft as the page that sends last knew it; it is emptied with the message unless somebody changed it since. */
  readonly composed: string;
}

interface Entry extends OutgoingMessage {
  readonly pending: PendingMessage;
}

/**
 * The messages of this window that are not stored yet. Each room has its queue, so messages are stored in the order they were
 * written, over lost connections and changes of hub. What fails stays until the person retries it or takes it back.
 */
export class Outbox {
  readonly #client: Client;
  readonly #unsent: UnsentMemory;
  readonly #log: Logger;
  readonly #owned = new DisposableStore();
  readonly #didChange = this.#owned.add(new Emitter<string>());
  readonly #entries = new Map<string, Entry>();
  /** Per room, the end of its queue. */
  readonly #queues = new Map<string, Promise<void>>();
  #disposed = false;

  /** Fires with the id of the room whose list changed. */
  readonly onDidChange = this.#didChange.event;

  constructor(client: Client, unsent: UnsentMemory, log: Logger) {
    this.#client = client;
    this.#unsent = unsent;
    this.#log = log;
    this.#owned.add(
      client.onDidChangeConnection(({ state }) => {
        if (state === 'ready') this.#retryStorageFaults();
      }),
    );
  }

  /** In the order of sending. */
  pending(roomId: string): readonly PendingMessage[] {
    return [...this.#entries.values()]
      .filter((entry) => entry.roomId === roomId)
      .map((entry) => entry.pending);
  }

  /**
   * Takes a message over. From here on it is in {@link pending} until it is stored.
   *
   * @throws ChatError EMPTY_MESSAGE or MESSAGE_TOO_LONG, at once
   */
  send(message: OutgoingMessage): void {
    if (message.content.trim() === '') throw new ChatError('EMPTY_MESSAGE');
    const actual = utf8Length(message.content);
    if (actual > limits.contentBytes) {
      throw new ChatError('MESSAGE_TOO_LONG', { limit: limits.contentBytes, actual });
    }
    if (this.#entries.has(message.id)) return;
    const { id, content } = message;
    const timestamp = new Date().toISOString();
    this.#put({ ...message, pending: { id, content, timestamp, state: 'sending', fault: null } });
    void this.#remember(message);
    this.#enqueue(message.roomId, id);
  }

  /** Tries a failed message again, under the same id. */
  retry(id: string): void {
    const entry = this.#entries.get(id);
    if (entry?.pending.state !== 'failed') return;
    this.#put({ ...entry, pending: { ...entry.pending, state: 'sending', fault: null } });
    this.#enqueue(entry.roomId, id);
  }

  /** Forgets a failed message; its text is the page's again. */
  async takeBack(id: string): Promise<void> {
    if (this.#entries.get(id)?.pending.state === 'failed') await this.#drop(id);
  }

  dispose(): void {
    this.#disposed = true;
    this.#owned.dispose();
  }

  #enqueue(roomId: string, id: string): void {
    const turn = this.#afterOthers(roomId, id);
    this.#queues.set(roomId, turn);
  }

  async #afterOthers(roomId: string, id: string): Promise<void> {
    await this.#queues.get(roomId);
    await this.#submit(id);
  }

  /** Never rejects: what went wrong is shown at the message. */
  async #submit(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined || this.#disposed) return;
    const { roomId, content } = entry;
    try {
      await this.#client.request('message.send', { id, roomId, content }, { patience: Infinity });
    } catch (thrown) {
      // The window closes: its next start finds the message in the memory.
      if (this.#disposed) return;
      const { code, params } = toChatError(thrown);
      this.#log.log('warn', 'a message was not stored', { id, code });
      if (this.#entries.has(id)) {
        this.#put({
          ...entry,
          pending: { ...entry.pending, state: 'failed', fault: { code, params: { ...params } } },
        });
      }
      return;
    }
    await this.#drop(id);
    await this.#emptyDraft(entry);
  }

  /** A draft that somebody changed meanwhile, here or in another window, is not ours to empty. */
  async #emptyDraft({ roomId, content, composed }: Entry): Promise<void> {
    const draft = this.#client.state.drafts.get(roomId)?.content ?? '';
    if (draft === '' || (draft !== content && draft !== composed)) return;
    try {
      await this.#client.request('draft.save', { roomId, content: '' });
    } catch (thrown) {
      // The message is stored; its text merely stands in the composer once more.
      this.#log.log('debug', 'a draft was not emptied', { code: toChatError(thrown).code });
    }
  }

  #retryStorageFaults(): void {
    for (const { id, pending } of this.#entries.values()) {
      if (pending.fault?.code.startsWith('STORAGE_') === true) this.retry(id);
    }
  }

  #put(entry: Entry): void {
    this.#entries.set(entry.id, entry);
    this.#didChange.fire(entry.roomId);
  }

  async #drop(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#didChange.fire(entry.roomId);
    await this.#unsent.remove(id);
  }

  async #remember({ id, roomId, content, composed }: OutgoingMessage): Promise<void> {
    const profileId = this.#client.state.me?.id;
    if (profileId === undefined) return;
    await this.#unsent.add({ id, roomId, profileId, content, composed, pid: process.pid });
  }
}
