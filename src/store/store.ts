import type { Clock, EventDraft, History, Ledger } from '../core/ports.ts';
import type { EventEnvelope } from '../model/events.ts';
import type { Salvage } from '../model/salvage.ts';
import type { SqliteEngine } from './engine.ts';
import type { FileAccess } from './files.ts';

/** The store of one epoch: a database in memory and the log on disk that makes it durable. Made by `openEpoch`. */
export interface Store {
  /** Made with the store, the same in all its epochs. */
  readonly storeId: string;
  readonly epoch: number;
  /** For the rules. During a {@link commit} it holds the events staged so far. */
  readonly ledger: Ledger;
  /** For interfaces: what is committed, and nothing else. */
  readonly history: History;
  /** Seq of the last committed event, 0 before the first. */
  readonly seq: number;
  /** Hash over all groups up to {@link seq}; the same after a takeover and after an export. */
  readonly chain: string;
  /** The chain as of `seq`, or null when `seq` is no end of one of the last {@link CHAIN_LENGTH} groups. */
  chainAt(seq: number): string | null;
  /** False after a failed write or a lost fence: the log is never touched again, the next epoch has to take over. */
  readonly writable: boolean;
  readonly facts: StoreFacts;
  /**
   * Whether the log on disk is the one this store writes. Asked together with the fence: a copy of the directory that is put in
   * its place brings along the very claim of this epoch, so the claim alone does not tell. True where there is no log to write.
   */
  readonly isInPlace: boolean;
  /**
   * One commit group: `stage` adds events, they become one line of the log, the line is synced, and only when `fence` then
   * says true the group counts. Nothing may be acknowledged or sent before this returns. Synchronous from end to end, so
   * that no reader ever sees a group that does not count. An empty group writes nothing but has to pass the fence all the
   * same (a duplicate is acknowledged by it).
   *
   * What `stage` throws comes out unchanged, with nothing written and the store still writable.
   *
   * @throws FencedError when `fence` says false.
   * @throws ChatError STORAGE_FULL, STORAGE_READONLY or STORAGE_ERROR when the line could not be written in full or synced,
   *   or when the store is not {@link writable} any more.
   */
  commit(stage: (group: Group) => void, fence: () => boolean): Committed;
  /** Gives database and file back. Twice is once. */
  close(): void;
}

/** A commit group while it is filled. */
export interface Group {
  /**
   * Gives the event its seq and timestamp and applies it, so that the ledger knows it. All or nothing: an event that cannot
   * be applied throws and leaves the others of the group as they are.
   */
  add(draft: EventDraft, origin: EventOrigin): EventEnvelope;
  /** Encoded size of the events added so far. Whoever fills the group ends it before a frame would grow too long. */
  readonly stagedBytes: number;
  readonly count: number;
}

/** Who asked for an event; both null for the hub itself. An `Actor` of the rules is one. */
export interface EventOrigin {
  readonly sessionId: string | null;
  readonly profileId: string | null;
}

/** `json` is the one encoding of `envelope`: these bytes are in the log and go to every session. */
export interface CommittedEvent {
  readonly envelope: EventEnvelope;
  readonly json: string;
}

export interface Committed {
  readonly events: readonly CommittedEvent[];
  /** Where the store stands with this group. */
  readonly seq: number;
  readonly chain: string;
}

/** Sizes in bytes. */
export interface StoreFacts {
  readonly format: number;
  readonly baseBytes: number;
  readonly logBytes: number;
  readonly messages: number;
  readonly rooms: number;
  readonly profiles: number;
  /** What the end of the previous log held after its last whole group, if anything. Never acknowledged to anybody. */
  readonly tornTail: TornTail | null;
  /** Seqs of the events that did not fit the store and were kept aside, by this epoch or an earlier one. */
  readonly skipped: readonly number[];
  /** What was found damaged when this epoch was opened, and what became of it. */
  readonly salvage: Salvage | null;
}

export interface TornTail {
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
}

/** Groups for which {@link Store.chainAt} answers. */
export const CHAIN_LENGTH = 4096;

export interface OpenEpochOptions {
  readonly engine: SqliteEngine;
  readonly directory: string;
  /** Claimed by the caller before; nobody else writes files of this number. */
  readonly epoch: number;
  /** The nonce of the claim: letters and digits. It keys the checksums of this epoch's log. */
  readonly nonce: string;
  /** The highest published epoch below `epoch`, null when there is none: then a new store is made. */
  readonly previous: number | null;
  /** Writes a fresh base in place of a link to the previous one; the log then starts empty. */
  readonly export?: boolean;
  /** Keeps an event that cannot be applied as an unknown one and goes on, in place of failing. */
  readonly safeMode?: boolean;
  /** The nonce in the claim of an earlier epoch, null when it can not be read: it helps to read a log whose header is damaged. */
  readonly nonceOf?: (epoch: number) => string | null;
  /** Whether this epoch still leads. A younger one removes what this one reads, which must not pass for damage. */
  readonly isOurs?: () => boolean;
  readonly clock: Clock;
  /** Called between the steps, by name; for tests that stop or kill the process just there. */
  readonly checkpoint?: (name: StoreCheckpoint) => void;
  /** The file system; tests give one that fails. */
  readonly files?: FileAccess;
}

/**
 * In the order in which they are passed; the `export` ones only where there is one. The `commit` ones are passed with every
 * group.
 */
export type StoreCheckpoint =
  | 'loading'
  | 'previous loaded'
  | 'exporting'
  | 'exported'
  | 'base published'
  | 'log written'
  | 'log verified'
  | 'log linked'
  | 'log published'
  | 'commit staged'
  | 'commit written'
  | 'commit synced'
  | 'commit fenced';

const MiB = 1024 * 1024;

/** Whether the log has grown so long, beside its base, that the next epoch should begin with an export. */
export function exportIsDue(facts: Pick<StoreFacts, 'baseBytes' | 'logBytes'>): boolean {
  return facts.logBytes > Math.min(Math.max(facts.baseBytes / 8, MiB), 5 * MiB);
}
