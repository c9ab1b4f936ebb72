import type { Bounds } from './rules.ts';

/**
 * What there is under a name. `fresh`: it is there, and a power cut may take it away. `removed`: it is gone, and a power cut may bring
 * it back. A sync of the directory makes the one `durable` and the other `absent`.
 */
export const Name = { absent: 0, fresh: 1, durable: 2, removed: 3 } as const;
export type Name = (typeof Name)[keyof typeof Name];

/** `raw`: not synced yet. `broken`: never will be, the power went before it was. */
export const Data = { synced: 0, raw: 1, broken: 2 } as const;

/** Where a process stands. Each is what it does next; `takeOver`, `serve` and `cleanUp` say which lines of the product that is. */
export const Step = {
  idle: 0,
  makingClaim: 1,
  listingAgain: 2,
  choosingBase: 3,
  readingLog: 4,
  readingBase: 5,
  writingBase: 6,
  syncingBaseName: 7,
  writingLog: 8,
  syncingLogName: 9,
  fencingStart: 10,
  listingOld: 11,
  removingOld: 12,
  listingClaims: 13,
  removingClaims: 14,
  serving: 15,
  working: 16,
  fencingFailure: 17,
  fencingUnloadable: 18,
  removingFailed: 19,
  listingFailed: 20,
  failed: 21,
  loadingToRead: 22,
  servingReads: 23,
  answeringRead: 24,
} as const;
export type Step = (typeof Step)[keyof typeof Step];

/** The files of an epoch, in the order of their bytes. */
export const Kind = { claim: 0, base: 1, log: 2 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

// Bytes of an epoch: the state of three names, what is in base and log.
const EPOCH_BYTES = 6;
const BASE_DATA = 3;
const CONTENT = 4;
const UNSYNCED = 5;

// Bytes of a process.
const PROCESS_BYTES = 8;
export const Field = {
  step: 0,
  epoch: 1,
  memory: 2,
  previous: 3,
  command: 4,
  at: 5,
  flags: 6,
  plan: 7,
} as const;
export type Field = (typeof Field)[keyof typeof Field];

/** `own`: the claim of its epoch holds its nonce. `compact`: its base is a fresh export. `stale`: what it reads is not all. */
export const Flag = { own: 1, compact: 2, stale: 4 } as const;

/**
 * One state of the model, a view on its bytes: what is on the disk for each epoch, where each process stands, and the seq with which
 * each message was acknowledged. Everything else there is follows from it.
 */
export class World {
  readonly bounds: Bounds;
  bytes: Uint8Array;
  readonly #processes: number;
  readonly #acks: number;

  constructor(bounds: Bounds) {
    this.bounds = bounds;
    this.#processes = bounds.epochs * EPOCH_BYTES;
    this.#acks = this.#processes + bounds.processes * PROCESS_BYTES;
    this.bytes = new Uint8Array(this.#acks + bounds.messages);
  }

  name(epoch: number, kind: Kind): number {
    return this.#byte((epoch - 1) * EPOCH_BYTES + kind);
  }

  setName(epoch: number, kind: Kind, name: Name): void {
    this.bytes[(epoch - 1) * EPOCH_BYTES + kind] = name;
    if (name !== Name.absent) return;
    if (kind === Kind.base) this.setBaseData(epoch, Data.synced);
    if (kind === Kind.log) this.setLog(epoch, 0, 0);
  }

  isThere(epoch: number, kind: Kind): boolean {
    if (epoch < 1 || epoch > this.bounds.epochs) return false;
    const name = this.name(epoch, kind);
    return name === Name.fresh || name === Name.durable;
  }

  baseData(epoch: number): number {
    return this.#byte((epoch - 1) * EPOCH_BYTES + BASE_DATA);
  }

  setBaseData(epoch: number, data: number): void {
    this.bytes[(epoch - 1) * EPOCH_BYTES + BASE_DATA] = data;
  }

  /** The history that base and log of the epoch come to. */
  content(epoch: number): number {
    return this.#byte((epoch - 1) * EPOCH_BYTES + CONTENT);
  }

  /** How many messages at the end of the log are written and not synced. */
  unsynced(epoch: number): number {
    return this.#byte((epoch - 1) * EPOCH_BYTES + UNSYNCED);
  }

  setLog(epoch: number, content: number, unsynced: number): void {
    this.bytes[(epoch - 1) * EPOCH_BYTES + CONTENT] = content;
    this.bytes[(epoch - 1) * EPOCH_BYTES + UNSYNCED] = unsynced;
  }

  get(process: number, field: Field): number {
    return this.#byte(this.#processes + process * PROCESS_BYTES + field);
  }

  set(process: number, field: Field, value: number): void {
    this.bytes[this.#processes + process * PROCESS_BYTES + field] = value;
  }

  has(process: number, flag: number): boolean {
    return (this.get(process, Field.flags) & flag) !== 0;
  }

  /** All the process knows is gone: it was killed, or its hub is over and the next one begins anew. */
  forget(process: number): void {
    const start = this.#processes + process * PROCESS_BYTES;
    this.bytes.fill(0, start, start + PROCESS_BYTES);
  }

  /** Goes on to `step` and keeps its epoch, its claim and what it has loaded. */
  goTo(process: number, step: Step): void {
    this.set(process, Field.step, step);
    this.set(process, Field.at, 0);
  }

  acknowledged(message: number): number {
    return this.#byte(this.#acks + message);
  }

  setAcknowledged(message: number, seq: number): void {
    this.bytes[this.#acks + message] = seq;
  }

  /** `highestEpoch` of src/rendezvous/claim.ts. */
  highestEpoch(): number {
    for (let epoch = this.bounds.epochs; epoch > 0; epoch -= 1) {
      const { claim, base, log } = Kind;
      if (this.isThere(epoch, log) || this.isThere(epoch, claim) || this.isThere(epoch, base)) return epoch;
    }
    return 0;
  }

  /** The highest published epoch below `limit`; 0 without one. `publishedEpochs` of src/store/generations.ts. */
  publishedBelow(limit: number): number {
    for (let epoch = limit - 1; epoch > 0; epoch -= 1) if (this.isThere(epoch, Kind.log)) return epoch;
    return 0;
  }

  /** Whether the epoch could be loaded from what can be seen. */
  isLoadable(epoch: number): boolean {
    return (
      this.isThere(epoch, Kind.log) && this.isThere(epoch, Kind.base) && this.baseData(epoch) !== Data.broken
    );
  }

  /** Processes are alike: which is which does not matter. */
  sortProcesses(): void {
    const { processes } = this.bounds;
    for (let first = 1; first < processes; first += 1) {
      for (let place = first; place > 0 && this.#isBefore(place, place - 1); place -= 1) {
        this.#swap(place, place - 1);
      }
    }
  }

  #isBefore(one: number, other: number): boolean {
    for (let index = 0; index < PROCESS_BYTES; index += 1) {
      const difference =
        this.#byte(this.#processes + one * PROCESS_BYTES + index) -
        this.#byte(this.#processes + other * PROCESS_BYTES + index);
      if (difference !== 0) return difference < 0;
    }
    return false;
  }

  #swap(one: number, other: number): void {
    for (let index = 0; index < PROCESS_BYTES; index += 1) {
      const place = this.#processes + one * PROCESS_BYTES + index;
      const otherPlace = this.#processes + other * PROCESS_BYTES + index;
      const kept = this.#byte(place);
      this.bytes[place] = this.#byte(otherPlace);
      this.bytes[otherPlace] = kept;
    }
  }

  #byte(place: number): number {
    return this.bytes[place] ?? 0;
  }
}
