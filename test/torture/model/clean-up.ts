import { remove } from './disk.ts';
import type { Removal } from './removals.ts';
import { fenced, type Turn } from './turn.ts';
import { Field, Step, type World } from './world.ts';

const KINDS = ['claim', 'base', 'log'] as const;

/**
 * What a hub removes when it leads, before it serves, and when it has failed: `Leadership.cleanUp` and the `catch` of `#open` in
 * src/hub/leadership.ts. It makes its list and then removes one file after the other, whatever happens meanwhile; claims go
 * last, after a list of their own.
 */
export const cleanUp = {
  [Step.listingOld]: (turn: Turn) =>
    listed(turn, turn.removals.ofGenerations(turn.from, turn.get(Field.epoch))),
  [Step.removingOld]: (turn: Turn) => removeNext(turn, Step.listingClaims),
  [Step.listingClaims]: (turn: Turn) => listed(turn, 0),
  [Step.removingClaims]: (turn: Turn) => removeNext(turn, Step.serving),
  [Step.fencingFailure]: (turn: Turn) =>
    fenced(turn, (next, what) => {
      next.set(turn.who, Field.flags, 0);
      next.goTo(turn.who, Step.listingFailed);
      turn.emit(next, what);
    }),
  [Step.fencingUnloadable]: (turn: Turn) =>
    fenced(turn, (next, what) => turn.emit(next, what, 'a hub that leads has nothing to load')),
  [Step.listingFailed]: listFailed,
  // Then the process tries again, or is done with being a hub.
  [Step.removingFailed]: (turn: Turn) => removeNext(turn, Step.failed),
};

/** `removeFailedEpoch` of src/store/generations.ts. */
function listFailed(turn: Turn): void {
  const { from, who, removals } = turn;
  const plan = removals.ofFailure(from, turn.get(Field.epoch));
  const next = turn.fork();
  next.set(who, Field.plan, plan);
  next.goTo(who, plan === 0 ? Step.failed : Step.removingFailed);
  turn.emit(next, plan === 0 ? 'finds nothing to tidy up' : 'lists what it leaves behind');
}

/** The list is made; where it is empty that of the claims is made at once. */
function listed(turn: Turn, generations: number): void {
  const { from, who, removals } = turn;
  const next = turn.fork();
  if (generations !== 0) {
    next.set(who, Field.plan, generations);
    next.goTo(who, Step.removingOld);
    const left = loadable(from, removals.all(generations));
    const lost = left < Math.min(2, loadable(from, []));
    turn.emit(next, 'lists old generations', lost ? `${left} generation is to be left` : null);
    return;
  }
  const claims = removals.ofClaims(from, turn.get(Field.epoch));
  next.set(who, Field.plan, claims);
  next.goTo(who, claims === 0 ? Step.serving : Step.removingClaims);
  turn.emit(next, claims === 0 ? 'finds nothing to remove' : 'lists old claims');
}

function removeNext(turn: Turn, after: Step): void {
  const { from, who, removals } = turn;
  const plan = turn.get(Field.plan);
  const { epoch, kind } = removals.first(plan);
  const next = turn.fork();
  if (from.isThere(epoch, kind)) remove(next, epoch, kind);
  const rest = removals.rest(plan);
  next.set(who, Field.plan, rest);
  if (rest === 0) next.goTo(who, after);
  turn.emit(next, `removes the ${KINDS[kind]} of epoch ${epoch}`);
}

/**
 * How many generations could be loaded without these files. One that a fenced hub publishes later, when the list is made, is nobody's
 * and does not count: its base may go and its log stay, below what everybody begins from.
 */
function loadable(world: World, without: readonly Removal[]): number {
  let count = 0;
  for (let epoch = 1; epoch <= world.bounds.epochs; epoch += 1) {
    if (world.isLoadable(epoch) && !without.some((file) => file.epoch === epoch)) count += 1;
  }
  return count;
}
