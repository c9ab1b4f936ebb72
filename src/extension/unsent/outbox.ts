import type { Client } from '../../client/api.ts';
import { DisposableStore } from '../../common/disposable.ts';
import { Emitter } from '../../common/emitter.ts';
import type { Logger } from '../../common/logger.ts';
import { ChatError, toChatError } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';
import { utf8Length } from '../../model/text.ts';
import type { PendingMessage } from '../../protocol/page.ts';
import type { UnsentFiles, UnsentText } from './unsent-files.ts';

/** A message to be sent; its id makes it the same message however often it is sent. */
export type OutgoingMessage = UnsentText;

interface Entry extends OutgoingMessage {
  readonly pending: PendingMessage;
}

/**
 * The messages of this window that are not stored yet. Each room has its queue, so messages are stored in the order they were
 * written, over lost connections and changes of hub. What fails stays until the person retries it or takes it back. A message
 * belongs to the profile that wrote it: while the window speaks as another one, it waits.
 */
export class Outbox {
  readonly #client: Client;
  readonly #files: UnsentFiles;
  readonly #log: Logger;
  readonly #owned = new DisposableStore();
  readonly #didChange = this.#owned.add(new Emitter<string>());
  readonly #didStore = this.#owned.add(new Emitter<OutgoingMessage>());
  readonly #entries = new Map<string, Entry>();
  /** Per profile and room, the end of its queue. */
  readonly #queues = new Map<string, Promise<void>>();
  #speaker: string | undefined;
  #disposed = false;

  /** Fires with the id of the room whose list changed. */
  readonly onDidChange = this.#didChange.event;
  /** Fires once the hub has a message, whose file is still there. */
  readonly onDidStore = this.#didStore.event;

  constructor(client: Client, files: UnsentFiles, log: Logger) {
    this.#client = client;
    this.#files = files;
    this.#log = log;
    this.#speaker = client.state.me?.id;
    this.#owned.add(
      client.onDidChangeConnection(({ state }) => {
        if (state === 'ready') this.#retryStorageFaults();
      }),
    );
    this.#owned.add(
      client.onDidChangeState(({ profiles }) => {
        if (profiles) this.#follow();
      }),
    );
  }

  /** Whether it is on its way here, or failed. */
  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** Those of the profile this window speaks as, in the order of sending. */
  pending(roomId: string): readonly PendingMessage[] {
    return this.#ofSpeaker()
      .filter((entry) => entry.roomId === roomId)
      .map((entry) => entry.pending);
  }

  /**
   * Takes a message over. From here on it is in {@link pending} until it is stored, and outlives this window.
   *
   * @returns false for one that it has already
   * @throws ChatError EMPTY_MESSAGE or MESSAGE_TOO_LONG, at once
   */
  send(message: OutgoingMessage): boolean {
    if (message.content.trim() === '') throw new ChatError('EMPTY_MESSAGE');
    const fault = tooLong(message.content);
    if (fault !== null) throw fault;
    if (this.#entries.has(message.id)) return false;
    this.#files.put(message);
    this.#put(message, null);
    this.#enqueue(message);
    return true;
  }

  /** Shows a message of an earlier window as failed: the person decides whether it is sent. */
  adopt(message: OutgoingMessage, fault: ChatError): void {
    if (this.#entries.has(message.id)) return;
    this.#files.put(message);
    this.#put(message, fault);
  }

  /** Tries a failed message again, under the same id. */
  retry(id: string): void {
    const entry = this.#entries.get(id);
    if (entry?.pending.state !== 'failed') return;
    const fault = tooLong(entry.content);
    this.#put(entry, fault);
    if (fault === null) this.#enqueue(entry);
  }

  /** Forgets a failed message; its text is the page's again. Returns false when it is no failed message any more. */
  takeBack(id: string): boolean {
    if (this.#entries.get(id)?.pending.state !== 'failed') return false;
    this.#drop(id);
    return true;
  }

  dispose(): void {
    this.#disposed = true;
    this.#owned.dispose();
  }

  #ofSpeaker(): readonly Entry[] {
    const me = this.#client.state.me?.id;
    return [...this.#entries.values()].filter(({ profileId }) => profileId === me);
  }

  #enqueue({ id, profileId, roomId }: OutgoingMessage): void {
    const queue = `${profileId} ${roomId}`;
    this.#queues.set(queue, this.#afterOthers(queue, id));
  }

  async #afterOthers(queue: string, id: string): Promise<void> {
    await this.#queues.get(queue);
    await this.#submit(id);
  }

  /** Never rejects: what went wrong is shown at the message. */
  async #submit(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry?.pending.state !== 'sending' || this.#disposed) return;
    const { roomId, content, profileId } = entry;
    try {
      await this.#client.request(
        'message.send',
        { id, roomId, content },
        { patience: Infinity, as: profileId },
      );
    } catch (thrown) {
      // The window closes: the next one of this profile finds its file.
      if (this.#disposed) return;
      // It waits for its profile to come back.
      if (this.#client.state.me?.id !== profileId) return;
      const error = toChatError(thrown);
      this.#log.log('warn', 'a message was not stored', { id, code: error.code });
      if (this.#entries.has(id)) this.#put(entry, error);
      return;
    }
    this.#entries.delete(id);
    this.#didChange.fire(roomId);
    // Its file goes once its draft has gone, too: {@link Drafts} sees to both.
    this.#didStore.fire(entry);
  }

  /** Another profile speaks: its messages are shown, and go on where they waited. */
  #follow(): void {
    const speaker = this.#client.state.me?.id;
    if (speaker === this.#speaker) return;
    this.#speaker = speaker;
    const mine = this.#ofSpeaker();
    for (const entry of mine) if (entry.pending.state === 'sending') this.#enqueue(entry);
    for (const roomId of new Set([...this.#entries.values()].map((entry) => entry.roomId)))
      this.#didChange.fire(roomId);
  }

  #retryStorageFaults(): void {
    for (const { id, pending } of this.#ofSpeaker()) {
      if (pending.fault?.code.startsWith('STORAGE_') === true) this.retry(id);
    }
  }

  /** Shows it as on its way, or as failed with this fault. */
  #put(message: OutgoingMessage, fault: ChatError | null): void {
    const { id, content } = message;
    const timestamp = this.#entries.get(id)?.pending.timestamp ?? new Date().toISOString();
    this.#entries.set(id, {
      ...message,
      pending: {
        id,
        content,
        timestamp,
        state: fault === null ? 'sending' : 'failed',
        fault: fault === null ? null : { code: fault.code, params: { ...fault.params } },
      },
    });
    this.#didChange.fire(message.roomId);
  }

  #drop(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#files.remove(id);
    this.#didChange.fire(entry.roomId);
  }
}

function tooLong(content: string): ChatError | null {
  const actual = utf8Length(content);
  const limit = limits.contentBytes;
  return actual <= limit ? null : new ChatError('MESSAGE_TOO_LONG', { limit, actual });
}
