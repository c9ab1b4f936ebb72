import type { Emit } from './explorer.ts';
import { Histories } from './histories.ts';
import { Removals } from './removals.ts';
import type { Bounds, Look, Rules } from './rules.ts';
import { Field, Flag, Kind, World } from './world.ts';

/** What a rule of the model is given: who acts, in which world, and how to say what may come next. */
export class Turn {
  readonly rules: Rules;
  readonly bounds: Bounds;
  readonly histories: Histories;
  readonly removals: Removals;
  /** Before the step. */
  readonly from: World;
  who = 0;
  readonly #next: World;
  #emit: Emit = () => undefined;

  constructor(rules: Rules, bounds: Bounds) {
    this.rules = rules;
    this.bounds = bounds;
    this.histories = new Histories(bounds.messages);
    this.removals = new Removals(rules, bounds);
    this.from = new World(bounds);
    this.#next = new World(bounds);
  }

  begin(state: Uint8Array, emit: Emit): void {
    this.from.bytes = state;
    this.#emit = emit;
  }

  /** A copy of the world before the step, to be changed and given to {@link emit}; the next call gives out the same one again. */
  fork(): World {
    this.#next.bytes.set(this.from.bytes);
    return this.#next;
  }

  /** `what`: the step in words; `{message}`, `{seq}` and `{history}` stand for what they mean there. */
  emit(next: World, what: string, violation: string | null = null): void {
    this.#emit(next.bytes, this.who, what, violation);
  }

  get(field: Field): number {
    return this.from.get(this.who, field);
  }

  /** The hub of this process is over; its next one begins anew. */
  end(what: string): void {
    const next = this.fork();
    next.forget(this.who);
    this.emit(next, what);
  }
}

/** One look of the fence, as `readFence` of src/hub/fence.ts has it. */
export function look(turn: Turn, which: Look): boolean {
  const { from, who, rules } = turn;
  const epoch = turn.get(Field.epoch);
  if (which === 'next') return !from.isThere(epoch + 1, Kind.claim);
  return rules.ownBy === 'nonce' ? from.has(who, Flag.own) : from.isThere(epoch, Kind.claim);
}

export const LOOKS: Record<Look, { readonly passed: string; readonly failed: string }> = {
  next: {
    passed: 'sees that nobody has claimed the next epoch',
    failed: 'sees that the next epoch is claimed: fenced',
  },
  own: {
    passed: 'sees that its own claim is there',
    failed: 'does not find its own claim: fenced',
  },
};

/**
 * The fence of a takeover or of what follows a failure, look by look; `passed` says what comes after. Where it is not passed the hub is
 * over.
 */
export function fenced(turn: Turn, passed: (next: World, what: string) => void): void {
  const { rules, who } = turn;
  const at = turn.get(Field.at);
  const which = rules.fence[at];
  if (which === undefined) {
    passed(turn.fork(), 'does without the fence');
  } else if (!look(turn, which)) {
    turn.end(LOOKS[which].failed);
  } else if (at + 1 === rules.fence.length) {
    passed(turn.fork(), LOOKS[which].passed);
  } else {
    const next = turn.fork();
    next.set(who, Field.at, at + 1);
    turn.emit(next, LOOKS[which].passed);
  }
}

/** Whether something was acknowledged that this hub does not have at that seq. */
export function missesSomething({ from, who, bounds, histories }: Turn): boolean {
  const memory = from.get(who, Field.memory);
  for (let message = 0; message < bounds.messages; message += 1) {
    const seq = from.acknowledged(message);
    if (seq !== 0 && seq !== histories.seqOf(memory, message)) return true;
  }
  return false;
}
