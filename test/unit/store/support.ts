import { createRequire } from 'node:module';
import path from 'node:path';
import { firstEvents } from '../../../src/core/bootstrap.ts';
import { decide } from '../../../src/core/decide.ts';
import type { Decision, DecisionTools } from '../../../src/core/decision.ts';
import type { Actor, Clock } from '../../../src/core/ports.ts';
import type { Acknowledgement, Command, CommandParams, CommandType } from '../../../src/model/commands.ts';
import { type ErrorCode, ChatError } from '../../../src/model/errors.ts';
import { newId } from '../../../src/model/ids.ts';
import { intentDigest } from '../../../src/store/digest.ts';
import { loadWasm, type SqliteEngine } from '../../../src/store/engine.ts';
import { openEpoch } from '../../../src/store/open-epoch.ts';
import type { OpenEpochOptions, Store } from '../../../src/store/store.ts';
import { makeTempDir, removeTempDir } from '../../harness/paths.ts';

let loading: Promise<SqliteEngine> | null = null;

/** SQLite, compiled once for all tests of the process. */
export function engine(): Promise<SqliteEngine> {
  loading ??= loadWasm(createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm'));
  return loading;
}

export const tools: DecisionTools = { newId, digest: intentDigest };

/** A clock that goes one second further with each look at it. */
export function tickingClock(start = Date.UTC(2026, 10, 23, 9, 30)): Clock {
  let now = start - 1000;
  return { now: () => (now += 1000) };
}

const noFence = (): boolean => true;

/** Parameters without the id, which is made where the test does not care about it. */
export type Asked<T extends CommandType> = Omit<CommandParams<T>, 'id'> & { id?: string };

/**
 * A chat of one process: rules and store without a hub. What the tests say reads like the conversation it is; each `ask` is
 * a commit group of its own.
 */
export class Chat {
  readonly directory: string;
  readonly clock = tickingClock();
  readonly #open: typeof openEpoch;
  #store: Store | null = null;
  #epoch = 0;

  /** `open`: of a store that is built with a fault, in place of the product's own. */
  constructor(directory = makeTempDir('lc-store'), open: typeof openEpoch = openEpoch) {
    this.directory = directory;
    this.#open = open;
  }

  get store(): Store {
    if (this.#store === null) throw new Error('not open');
    return this.#store;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** A new store with what a hub puts into it, or the next epoch of the one that is there. */
  async open(options: Partial<OpenEpochOptions> = {}): Promise<Store> {
    const previous = this.#epoch === 0 ? null : this.#epoch;
    const epoch = this.#epoch + 1;
    const store = await this.#open({
      engine: await engine(),
      directory: this.directory,
      epoch,
      nonce: `nonce${epoch}`,
      previous,
      clock: this.clock,
      ...options,
    });
    this.#store?.close();
    this.#store = store;
    this.#epoch = options.epoch ?? epoch;
    if (store.seq === 0) {
      store.commit((group) => {
        for (const draft of firstEvents(tools)) group.add(draft, { sessionId: null, profileId: null });
      }, noFence);
    }
    return store;
  }

  /** Goes on from an epoch that lies in the directory already. */
  async openAfter(previous: number, options: Partial<OpenEpochOptions> = {}): Promise<Store> {
    this.#epoch = previous;
    return this.open(options);
  }

  decide<T extends CommandType>(actor: Actor, type: T, asked: Asked<T>): Decision {
    const command = { type, params: { id: newId(), ...asked } } as unknown as Command;
    return decide(this.store.ledger, tools, actor, command);
  }

  ask<T extends CommandType>(actor: Actor, type: T, asked: Asked<T>): Acknowledgement {
    let acknowledgement: Acknowledgement | null = null;
    this.store.commit((group) => {
      const decision = this.decide(actor, type, asked);
      if (decision.kind === 'known') ({ acknowledgement } = decision);
      else if (decision.kind === 'unchanged')
        acknowledgement = { seq: this.store.ledger.lastSeq, timestamp: '', subject: decision.subject };
      else {
        const { seq, timestamp } = group.add(decision.draft, actor);
        acknowledgement = { seq, timestamp, subject: decision.draft.subject };
      }
    }, noFence);
    if (acknowledgement === null) throw new Error('nothing was decided');
    return acknowledgement;
  }

  /** Someone new. */
  join(name: string, kind: Actor['kind'] = 'person'): Actor & { profileId: string } {
    const { subject } = this.ask({ sessionId: null, profileId: null, kind }, 'profile.create', { name });
    return { sessionId: newId(), profileId: subject, kind };
  }

  room(name: string): string {
    const room = this.store.ledger.roomByName(name);
    if (room === null) throw new Error(`no room ${name}`);
    return room.id;
  }

  say(actor: Actor, roomId: string, content: string, id = newId()): Acknowledgement {
    return this.ask(actor, 'message.send', { roomId, content, id });
  }

  /** Several messages in one group; their seqs. */
  sayTogether(
    actor: Actor,
    messages: readonly { readonly id: string; readonly roomId: string; readonly content: string }[],
  ): number[] {
    const seqs: number[] = [];
    this.store.commit((group) => {
      for (const message of messages) {
        const decision = this.decide(actor, 'message.send', message);
        if (decision.kind !== 'event') throw new Error(`decided: ${decision.kind}`);
        seqs.push(group.add(decision.draft, actor).seq);
      }
    }, noFence);
    return seqs;
  }

  async contents(actor: { profileId: string }, roomId: string | null, limit = 200): Promise<string[]> {
    const page = await this.store.history.page({ profileId: actor.profileId, roomId, limit });
    return page.messages.map((message) => message.content);
  }

  /** Everything a profile can see, in one value: equal stores give equal values. */
  async everything(profileId: string): Promise<object> {
    const { history, seq, chain, storeId, facts } = this.store;
    const state = await history.changedSince(profileId, 0);
    const messages = [];
    for (let after = 0; ;) {
      const page = await history.page({ profileId, roomId: null, after, limit: 200 });
      messages.push(...page.messages);
      if (page.reachedEnd) break;
      after = page.messages.at(-1)?.seq ?? after;
    }
    const { rooms, profiles } = facts;
    return { storeId, seq, chain, state, messages, counts: [facts.messages, rooms, profiles] };
  }

  file(epoch: number, kind: 'base' | 'log'): string {
    return path.join(this.directory, `${String(epoch).padStart(12, '0')}.${kind}`);
  }

  close(): void {
    this.#store?.close();
    this.#store = null;
  }

  dispose(): void {
    this.close();
    removeTempDir(this.directory);
  }
}

/** For `assert.throws` and `assert.rejects`: exactly this code, and at least these parameters. */
export function refusal(code: ErrorCode, params: Readonly<Record<string, unknown>> = {}) {
  return (thrown: unknown): boolean => {
    if (!(thrown instanceof ChatError)) throw thrown;
    const found = JSON.stringify([thrown.code, { ...thrown.params, ...params }]);
    const wanted = JSON.stringify([code, { ...thrown.params, ...params }]);
    const same = Object.entries(params).every(([key, value]) => thrown.params[key] === value);
    if (found !== wanted || !same) throw new Error(`expected ${wanted}, got ${thrown.message}`);
    return true;
  };
}
