import { epochFileName, parseEpochFileName } from '../../../src/model/epoch-files.ts';
import type { FileAccess } from '../../../src/store/files.ts';
import { removeFailedEpoch, removeOldGenerations } from '../../../src/store/generations.ts';
import { type Bounds, type Rules } from './rules.ts';
import { Kind, type World } from './world.ts';

/** A file that is to be removed. */
export interface Removal {
  readonly epoch: number;
  readonly kind: Kind;
}

const KIND_NAMES = ['claim', 'base', 'log'] as const;

/**
 * What a hub removes, and in which order: the functions of the product say so, asked about the names of this world. A list is known by a
 * number below 256, 0 for the empty one.
 */
export class Removals {
  readonly #rules: Rules;
  readonly #bounds: Bounds;
  readonly #plans: (readonly Removal[])[] = [[]];
  readonly #numbers = new Map<string, number>([['', 0]]);
  readonly #asked = new Map<number, number>();

  constructor(rules: Rules, bounds: Bounds) {
    this.#rules = rules;
    this.#bounds = bounds;
  }

  /** Bases and logs that the hub of epoch `mine` finds needless. */
  ofGenerations(world: World, mine: number): number {
    return this.#planned(world, mine, 0, () => {
      if (this.#rules.keepsGenerations === 2) return this.#ask(world, mine, removeOldGenerations, isStored);
      const kinds = [Kind.base, Kind.log];
      return this.#names(world).filter(
        ({ epoch, kind }) => epoch < mine && kinds.some((one) => one === kind),
      );
    });
  }

  /** Claims that it finds needless. */
  ofClaims(world: World, mine: number): number {
    return this.#planned(world, mine, 1, () => {
      const claims = this.#ask(world, mine, removeOldGenerations, ({ kind }) => kind === Kind.claim);
      return this.#rules.removesClaims === 'ascending' ? claims : claims.reverse();
    });
  }

  /** What a hub leaves behind that could not publish epoch `mine`. */
  ofFailure(world: World, mine: number): number {
    return this.#planned(world, mine, 2, () => this.#ask(world, mine, removeFailedEpoch, () => true));
  }

  all(plan: number): readonly Removal[] {
    return this.#plans[plan] ?? [];
  }

  first(plan: number): Removal {
    const removal = this.#plans[plan]?.[0];
    if (removal === undefined) throw new RangeError(`There is nothing left of plan ${plan}.`);
    return removal;
  }

  rest(plan: number): number {
    return this.#number((this.#plans[plan] ?? []).slice(1));
  }

  #planned(world: World, mine: number, question: number, plan: () => readonly Removal[]): number {
    let key = mine * 4 + question;
    for (let epoch = 1; epoch <= this.#bounds.epochs; epoch += 1) {
      for (const kind of [Kind.claim, Kind.base, Kind.log]) {
        key = key * 2 + (world.isThere(epoch, kind) ? 1 : 0);
      }
    }
    let number = this.#asked.get(key);
    if (number === undefined) {
      number = this.#number(plan());
      this.#asked.set(key, number);
    }
    return number;
  }

  #number(plan: readonly Removal[]): number {
    const key = plan.map(({ epoch, kind }) => `${epoch}.${kind}`).join(' ');
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#plans.length;
      if (number > 255) throw new RangeError('More plans than a byte can tell apart.');
      this.#plans.push(plan);
      this.#numbers.set(key, number);
    }
    return number;
  }

  /** Runs the product's function on the names of this world, with their numbers stretched, and notes what it removes. */
  #ask(
    world: World,
    mine: number,
    removeNeedless: typeof removeOldGenerations,
    which: (removal: Removal) => boolean,
  ): Removal[] {
    const { stretch } = this.#bounds;
    const names = this.#names(world).map(({ epoch, kind }) =>
      epochFileName(epoch * stretch, KIND_NAMES[kind]),
    );
    const removed: string[] = [];
    const files = watching(names, (name) => removed.push(name));
    removeNeedless('', mine * stretch, files);
    return removed.map((name) => parse(name, stretch)).filter(which);
  }

  #names(world: World): Removal[] {
    const names: Removal[] = [];
    for (let epoch = 1; epoch <= this.#bounds.epochs; epoch += 1) {
      for (const kind of [Kind.claim, Kind.base, Kind.log]) {
        if (world.isThere(epoch, kind)) names.push({ epoch, kind });
      }
    }
    return names;
  }
}

const isStored = ({ kind }: Removal): boolean => kind !== Kind.claim;

function parse(name: string, stretch: number): Removal {
  const file = parseEpochFileName(name);
  if (file === null) throw new Error(`The product removes ${name}, which is no file of an epoch.`);
  return { epoch: file.epoch / stretch, kind: Kind[file.kind] };
}

/** A directory that holds `names` and can only be listed and removed from. */
function watching(names: readonly string[], onRemove: (name: string) => void): FileAccess {
  const unexpected = (): never => {
    throw new Error('A clean-up only lists and removes.');
  };
  return {
    list: () => names,
    remove: onRemove,
    create: unexpected,
    write: unexpected,
    sync: unexpected,
    syncData: unexpected,
    close: unexpected,
    isStill: unexpected,
    read: unexpected,
    link: unexpected,
    rename: unexpected,
    syncDirectory: unexpected,
  };
}
