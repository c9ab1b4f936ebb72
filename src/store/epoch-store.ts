import type { Clock, EventDraft, History, Ledger } from '../core/ports.ts';
import { STORE_FORMAT } from '../model/epoch-files.ts';
import { ChatError } from '../model/errors.ts';
import { type ChatEvent, EVENT_VERSION, type EventEnvelope } from '../model/events.ts';
import type { Salvage } from '../model/salvage.ts';
import type { Base } from './base.ts';
import type { Chain } from './chain.ts';
import type { DurableFile } from './durable-file.ts';
import { FencedError, toStorageError } from './errors.ts';
import { EventWriter } from './event-writer.ts';
import { SqlHistory } from './history.ts';
import { SqlLedger } from './ledger.ts';
import { encodeGroup, type LogHeader } from './log.ts';
import { encodeLine } from './log-line.ts';
import { asInteger, type Sql } from './sql.ts';
import type {
  Committed,
  CommittedEvent,
  EventOrigin,
  Group,
  Store,
  StoreCheckpoint,
  StoreFacts,
  TornTail,
} from './store.ts';

/** What opening an epoch leads to. */
export interface OpenedEpoch {
  readonly sql: Sql;
  readonly chain: Chain;
  readonly seq: number;
  readonly base: Base;
  readonly header: LogHeader;
  /** Null when there is nothing to write to. */
  readonly log: DurableFile | null;
  readonly tornTail: TornTail | null;
  readonly skipped: readonly number[];
  readonly salvage: Salvage | null;
}

/** The {@link Store} over one database and one log. */
export class EpochStore implements Store {
  readonly storeId: string;
  readonly epoch: number;
  readonly ledger: Ledger;
  readonly history: History;
  readonly #opened: OpenedEpoch;
  readonly #sql: Sql;
  readonly #writer: EventWriter;
  readonly #clock: Clock;
  readonly #checkpoint: (name: StoreCheckpoint) => void;
  #seq: number;
  #group: StagedGroup | null = null;
  #failure: ChatError | FencedError | null;
  #closed = false;

  /** `refusal`: why nothing can be committed, from the beginning. */
  constructor(
    opened: OpenedEpoch,
    clock: Clock,
    checkpoint: (name: StoreCheckpoint) => void,
    refusal: ChatError | null = null,
  ) {
    this.#failure = refusal;
    this.#opened = opened;
    this.#sql = opened.sql;
    this.#clock = clock;
    this.#checkpoint = checkpoint;
    this.#seq = opened.seq;
    this.#writer = new EventWriter(opened.sql);
    this.storeId = opened.header.storeId;
    this.epoch = opened.header.epoch;
    this.ledger = new SqlLedger(opened.sql, () => this.#group?.lastSeq ?? this.#seq);
    this.history = new SqlHistory(opened.sql);
  }

  get seq(): number {
    return this.#seq;
  }

  get chain(): string {
    return this.#opened.chain.head;
  }

  chainAt(seq: number): string | null {
    return this.#opened.chain.at(seq);
  }

  get writable(): boolean {
    return this.#failure === null && !this.#closed;
  }

  get isInPlace(): boolean {
    return this.#opened.log?.isInPlace ?? true;
  }

  get facts(): StoreFacts {
    const { base, log, tornTail, skipped, salvage } = this.#opened;
    const [messages, rooms, profiles] = (
      this.#sql.one(
        'SELECT coalesce(sum(messages), 0), count(*), (SELECT count(*) FROM profiles) FROM rooms',
      ) ?? []
    ).map(asInteger);
    return {
      format: STORE_FORMAT,
      baseBytes: base.bytes,
      logBytes: log?.length ?? 0,
      messages: messages ?? 0,
      rooms: rooms ?? 0,
      profiles: profiles ?? 0,
      tornTail,
      skipped,
      salvage,
    };
  }

  commit(stage: (group: Group) => void, fence: () => boolean): Committed {
    if (this.#closed) throw new ChatError('STORAGE_ERROR', { detail: 'closed' });
    if (this.#failure !== null) throw this.#failure;
    this.#sql.run('BEGIN');
    const group = new StagedGroup(this.#writer, this.#clock, this.#seq);
    this.#group = group;
    try {
      stage(group);
    } catch (error) {
      this.#rollBack();
      throw error;
    }
    try {
      const body = group.encode();
      if (body !== null) this.#write(body);
      if (!fence()) throw new FencedError(this.epoch);
      this.#checkpoint('commit fenced');
      this.#sql.run('COMMIT');
      this.#group = null;
      if (body !== null) {
        this.#seq = group.lastSeq;
        this.#opened.chain.append(this.#seq, body);
      }
      return { events: group.events, seq: this.#seq, chain: this.chain };
    } catch (error) {
      // The line may be in the log or not, whole or not. Whoever opens the next epoch finds out.
      this.#failure = error instanceof FencedError ? error : toStorageError(error);
      this.#rollBack();
      throw this.#failure;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#opened.log?.close();
    this.#sql.close();
  }

  #write(body: string): void {
    const { log, header } = this.#opened;
    if (log === null) throw new ChatError('STORAGE_ERROR', { detail: 'no log' });
    this.#checkpoint('commit staged');
    // Beyond the end of what somebody put in its place the line would stand behind a hole.
    if (!log.isInPlace) throw new FencedError(this.epoch);
    log.append(encodeLine(header.nonce, body));
    this.#checkpoint('commit written');
    log.syncData();
    this.#checkpoint('commit synced');
  }

  #rollBack(): void {
    this.#group = null;
    this.#sql.run('ROLLBACK');
  }
}

class StagedGroup implements Group {
  readonly events: CommittedEvent[] = [];
  readonly #intents: (string | null)[] = [];
  readonly #writer: EventWriter;
  readonly #clock: Clock;
  readonly #before: number;
  #stagedBytes = 0;

  constructor(writer: EventWriter, clock: Clock, before: number) {
    this.#writer = writer;
    this.#clock = clock;
    this.#before = before;
  }

  get stagedBytes(): number {
    return this.#stagedBytes;
  }

  get count(): number {
    return this.events.length;
  }

  get lastSeq(): number {
    return this.#before + this.events.length;
  }

  add(draft: EventDraft, origin: EventOrigin): EventEnvelope {
    const { id, type, audience, body } = draft;
    const envelope = {
      seq: this.lastSeq + 1,
      id,
      type,
      v: EVENT_VERSION,
      timestamp: new Date(this.#clock.now()).toISOString(),
      session: origin.sessionId,
      senderId: origin.profileId,
      audience,
      body,
    };
    // A draft ties its type to its body; TypeScript cannot follow a correlated union through the new object.
    this.#writer.add(envelope as ChatEvent, draft.intent);
    const json = JSON.stringify(envelope);
    this.events.push({ envelope, json });
    this.#intents.push(draft.intent);
    this.#stagedBytes += Buffer.byteLength(json);
    return envelope;
  }

  /** Null for an empty group: it writes nothing. */
  encode(): string | null {
    if (this.events.length === 0) return null;
    return encodeGroup(
      this.#before + 1,
      this.events.map((event) => event.json),
      this.#intents,
    );
  }
}
