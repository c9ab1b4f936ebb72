import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Leadership } from '../../../src/hub/leadership.ts';
import { epochFileName } from '../../../src/model/epoch-files.ts';
import { newId } from '../../../src/model/ids.ts';
import { highestEpoch, readClaim } from '../../../src/rendezvous/claim.ts';
import type { Store } from '../../../src/store/store.ts';
import { makeTempDir, removeTempDir } from '../../harness/paths.ts';
import { type Acked, type Sent, violations } from '../../integration/support/history.ts';
import { Ballast } from '../../../src/store/ballast.ts';
import { type Chat, engine, tickingClock, tools } from '../../unit/store/support.ts';
import { unsyncedFiles } from '../../unit/store/unsynced-files.ts';
import type { Course, Outcome } from '../part.ts';
import { oneBit, someBytes } from './flips.ts';
import { historyOf } from './truth.ts';

/** A hub without a socket: it leads, and acknowledges what is stored while its fence holds. */
class Leader {
  readonly leadership: Leadership;
  #store: Store | null = null;

  constructor(directory: string, name: string) {
    this.leadership = new Leadership({
      // On no disk is there room for any.
      ballast: new Ballast(directory, () => null),
      directory,
      socket: path.join(directory, `${name}.sock`),
      engine: engine(),
      clock: tickingClock(),
      log: { log: () => undefined },
      files: unsyncedFiles,
    });
  }

  /** Why it does not lead; null when it does. */
  async begin(directory: string): Promise<string | null> {
    const taken = await this.leadership.takeOver(highestEpoch(directory));
    if (taken.kind !== 'leading') return taken.kind === 'failed' ? taken.error.message : taken.kind;
    this.#store = taken.store;
    return null;
  }

  get store(): Store {
    if (this.#store === null) throw new Error('does not lead');
    return this.#store;
  }

  close(): void {
    this.#store?.close();
  }
}

/** Claims of a leading hub are damaged: it may go on or stop, but two hubs never both acknowledge, and another can take over. */
export async function claimFlips({ random, progress }: Course, count: number): Promise<Outcome> {
  const found: string[] = [];
  const readings = new Map<string, number>();
  let fenced = 0;
  let told = performance.now();
  for (let n = 0; n < count; n += 1) {
    const directory = makeTempDir();
    const first = new Leader(directory, 'first');
    const second = new Leader(directory, 'second');
    const chat = new Conversation();
    try {
      const began = await first.begin(directory);
      if (began !== null) throw new Error(began);
      chat.begin(first.store);
      for (let k = 0; k < 3; k += 1) chat.say(first);
      const file = path.join(directory, epochFileName(1, 'claim'));
      const damage = (n % 4 === 0 ? someBytes : oneBit)(random, readFileSync(file));
      writeFileSync(file, damage.bytes);
      const reading = readClaim(directory, 1).kind;
      readings.set(reading, (readings.get(reading) ?? 0) + 1);
      if (!chat.say(first)) fenced += 1;
      const refusal = await second.begin(directory);
      if (refusal !== null) {
        found.push(`${damage.name}: nobody can take over: ${refusal}`);
        continue;
      }
      for (let k = 0; k < 2; k += 1) {
        chat.say(second);
        if (chat.say(first)) found.push(`${damage.name}: both acknowledge`);
      }
      for (const violation of await chat.violations(second)) found.push(`${damage.name}: ${violation}`);
    } finally {
      first.close();
      second.close();
      removeTempDir(directory);
    }
    if (performance.now() - told < 5_000) continue;
    told = performance.now();
    progress(`${n} of ${count} claims, ${found.length} violations`);
  }
  const read = [...readings].map(([kind, times]) => `${times} read as ${kind}`);
  return {
    figures: [
      `${count} claims: ${read.join(', ')}; the hub stopped itself ${fenced} times, another took over each time`,
    ],
    violations: found,
  };
}

/** One profile that says one thing after the other, to whoever leads. */
class Conversation {
  readonly #sent: Sent[] = [];
  readonly #acked: Acked[] = [];
  readonly #profileId = newId();
  readonly #roomId = newId();
  #at = 0;

  begin(store: Store): void {
    const origin = { sessionId: null, profileId: this.#profileId };
    const common = { intent: null, audience: { to: 'all' } } as const;
    store.commit(
      (group) => {
        const profile = { profileId: this.#profileId, name: 'Ada', colour: 'blue' } as const;
        group.add(
          { ...common, id: newId(), subject: this.#profileId, type: 'profile.created', body: profile },
          origin,
        );
        const room = { roomId: this.#roomId, kind: 'room' as const, name: 'general', topic: '', members: [] };
        group.add(
          { ...common, id: newId(), subject: this.#roomId, type: 'room.created', body: room },
          origin,
        );
      },
      () => true,
    );
  }

  /** Whether it was acknowledged. */
  say({ store, leadership }: Leader): boolean {
    const id = newId();
    const content = `message ${this.#at}`;
    this.#sent.push({ id, room: 'general', content, at: (this.#at += 1) });
    try {
      let seq = 0;
      store.commit(
        (group) => {
          const body = { roomId: this.#roomId, kind: 'person', content } as const;
          const audience = { to: 'room', roomId: this.#roomId } as const;
          const draft = {
            id,
            subject: id,
            type: 'message.posted',
            body,
            audience,
            intent: tools.digest(id),
          } as const;
          ({ seq } = group.add(draft, { sessionId: null, profileId: this.#profileId }));
        },
        () => leadership.fence() === 'ours',
      );
      this.#acked.push({ id, seq, at: (this.#at += 1) });
      return true;
    } catch {
      return false;
    }
  }

  async violations({ store }: Leader): Promise<string[]> {
    const history = await historyOf({ store } as Chat, this.#profileId);
    return violations({ sent: this.#sent, acked: this.#acked, followed: [], history });
  }
}
