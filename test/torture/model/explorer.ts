import { StateSet } from './state-set.ts';

/**
 * Called for each step that is possible. `next` is looked at during the call only. `who` and `what` name the step; `violation`
 * says what must not be and became so by this very step.
 */
export type Emit = (next: Uint8Array, who: number, what: string, violation?: string | null) => void;

/** Something whose every behaviour can be listed: states of a fixed number of bytes, and the steps between them. */
export interface Model {
  readonly initial: Uint8Array;
  /** All steps from `state`. The same ones, in the same order, each time. */
  successors(state: Uint8Array, emit: Emit): void;
  /** Brings `state` in place into the form in which states that behave alike are equal. */
  canonise?(state: Uint8Array): void;
  /** What is wrong with a state, in words; null when nothing is. */
  violation(state: Uint8Array): string | null;
  /** One step of a trace in words; without it `who: what`. */
  describe?(before: Uint8Array, who: number, what: string, after: Uint8Array): string;
}

export interface ExploreOptions {
  /** Stops, incomplete, at this number of distinct states. */
  readonly mostStates?: number;
  /** Called about every 2 s. */
  readonly progress?: (text: string) => void;
}

export interface Exploration {
  /** Distinct states that were reached. */
  readonly states: number;
  /** Steps that were tried. */
  readonly steps: number;
  /** The longest of the shortest ways to a state, in steps. */
  readonly depth: number;
  /** Whether every state that can be reached was. */
  readonly complete: boolean;
  readonly seconds: number;
  readonly counterexample: Counterexample | null;
}

/** A shortest way to something that must not be. */
export interface Counterexample {
  readonly violation: string;
  readonly trace: readonly string[];
}

/** Between two looks at the clock. */
const LOOK = 1 << 12;
const PROGRESS_MS = 2_000;

/**
 * Visits every state that can be reached, the nearest ones first, until one violates something: its trace is then a shortest one.
 */
export function explore(model: Model, options: ExploreOptions = {}): Exploration {
  return new Explorer(model, options).run();
}

class Explorer {
  readonly #model: Model;
  readonly #options: ExploreOptions;
  readonly #seen: StateSet;
  /** Of the step that is being looked at. */
  readonly #canonical: Uint8Array;
  readonly #started = performance.now();
  #told = this.#started;
  #steps = 0;
  #depth = 0;
  #counterexample: Counterexample | null = null;

  constructor(model: Model, options: ExploreOptions) {
    this.#model = model;
    this.#options = options;
    this.#seen = new StateSet(model.initial.length);
    this.#canonical = new Uint8Array(model.initial.length);
  }

  run(): Exploration {
    const { mostStates = Infinity } = this.#options;
    const seen = this.#seen;
    const state = new Uint8Array(this.#model.initial.length);
    this.#look(this.#model.initial, -1, null);
    let current = 0;
    const emit: Emit = (next, _who, _what, violation) => {
      this.#steps += 1;
      if (this.#counterexample === null) this.#look(next, current, violation ?? null);
    };
    let endOfLevel = seen.count;
    for (; current < seen.count; current += 1) {
      if (this.#counterexample !== null || seen.count >= mostStates) return this.#result(false);
      if (current === endOfLevel) {
        this.#depth += 1;
        endOfLevel = seen.count;
      }
      if (current % LOOK === 0) this.#tell(current);
      seen.read(current, state);
      this.#model.successors(state, emit);
    }
    return this.#result(this.#counterexample === null);
  }

  /** `violation`: of the step that led here. */
  #look(next: Uint8Array, parent: number, violation: string | null): void {
    const canonical = this.#canonised(next);
    const isNew = this.#seen.add(canonical, parent);
    const found = violation ?? (isNew ? this.#model.violation(canonical) : null);
    if (found === null) return;
    const trace = parent === -1 ? [] : this.#trace(parent, canonical.slice(), violation);
    this.#counterexample = { violation: found, trace };
  }

  #canonised(state: Uint8Array): Uint8Array {
    this.#canonical.set(state);
    this.#model.canonise?.(this.#canonical);
    return this.#canonical;
  }

  /**
   * The steps to state `parent`, and the one from there to `last`. They are taken once more, without bringing states into
   * their canonical form between them: so who acts keeps its number throughout.
   */
  #trace(parent: number, last: Uint8Array, violation: string | null): string[] {
    const targets = [last];
    for (let number = parent; number > 0; number = this.#seen.parent(number)) {
      const state = new Uint8Array(last.length);
      this.#seen.read(number, state);
      targets.unshift(state);
    }
    const trace: string[] = [];
    let state = this.#model.initial;
    for (const target of targets) {
      const step = this.#stepTo(state, target, target === last ? violation : null);
      trace.push(step.text);
      state = step.next;
    }
    return trace;
  }

  #stepTo(
    from: Uint8Array,
    target: Uint8Array,
    violation: string | null,
  ): { readonly text: string; readonly next: Uint8Array } {
    const found: { text: string; next: Uint8Array }[] = [];
    this.#model.successors(from, (emitted, who, what, broken = null) => {
      if (found.length > 0 || broken !== violation || !sameBytes(this.#canonised(emitted), target)) return;
      const next = emitted.slice();
      const text = this.#model.describe?.(from, who, what, next) ?? `${who}: ${what}`;
      found.push({ text, next });
    });
    const [step] = found;
    if (step === undefined) throw new Error('The model does not behave alike in states that it calls alike.');
    return step;
  }

  #tell(current: number): void {
    const now = performance.now();
    if (now - this.#told < PROGRESS_MS) return;
    this.#told = now;
    const { count } = this.#seen;
    const perSecond = Math.round(count / ((now - this.#started) / 1_000));
    this.#options.progress?.(
      `${figure(count)} states, ${figure(count - current)} of them open, ${this.#depth} steps deep, ${figure(perSecond)} states/s`,
    );
  }

  #result(complete: boolean): Exploration {
    return {
      states: this.#seen.count,
      steps: this.#steps,
      depth: this.#depth,
      complete,
      seconds: (performance.now() - this.#started) / 1_000,
      counterexample: this.#counterexample,
    };
  }
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.every((byte, index) => byte === other[index]);
}

export function figure(count: number): string {
  return count.toLocaleString('en');
}
