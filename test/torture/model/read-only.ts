import { missesSomething, type Turn } from './turn.ts';
import { Field, Flag, Step, type World } from './world.ts';

/**
 * A hub that can not even write its claim and serves what is stored: `Leadership.#read` and `#readUnclaimed` of src/hub/leadership.ts. It
 * acknowledges nothing, but who reads there must find everything that was acknowledged before.
 */
export const readOnly = {
  [Step.loadingToRead]: loadToRead,
  [Step.servingReads]: takeRead,
  [Step.answeringRead]: answerRead,
};

/** From an idle process: it lists the directory, and its claim can not be written. */
export function readUnclaimed(turn: Turn): void {
  const { from, who, bounds } = turn;
  if (!bounds.unclaimed) return;
  const previous = from.publishedBelow(bounds.epochs + 1);
  if (previous === 0) return;
  const next = turn.fork();
  next.set(who, Field.epoch, from.highestEpoch());
  next.set(who, Field.previous, previous);
  next.goTo(who, Step.loadingToRead);
  turn.emit(next, `finds no hub, cannot write its claim and will read epoch ${previous}`);
}

/** `openForReading` of src/store/open-epoch.ts. */
function loadToRead(turn: Turn): void {
  const { from, who, bounds, histories } = turn;
  const previous = turn.get(Field.previous);
  if (!from.isLoadable(previous)) {
    turn.end('cannot load it');
    return;
  }
  const missed = bounds.lateReads ? from.unsynced(previous) : 0;
  for (let late = 0; late <= missed; late += 1) {
    const next = turn.fork();
    next.set(who, Field.memory, histories.without(from.content(previous), late));
    next.goTo(who, Step.servingReads);
    turn.emit(next, 'reads {history}, and serves it');
  }
}

function takeRead(turn: Turn): void {
  const { from, who } = turn;
  const next = turn.fork();
  if (missesSomething(turn)) next.set(who, Field.flags, from.get(who, Field.flags) | Flag.stale);
  next.goTo(who, Step.answeringRead);
  turn.emit(next, 'is asked for its history, {history}');
}

/** The looks of its fence, and the answer. */
function answerRead(turn: Turn): void {
  const { from, who, rules } = turn;
  const at = turn.get(Field.at);
  const which = rules.unclaimed[at];
  const next: World = turn.fork();
  if (which === undefined) {
    const stale = from.has(who, Flag.stale);
    next.set(who, Field.flags, 0);
    next.goTo(who, Step.servingReads);
    turn.emit(next, 'answers with {history}', stale ? 'a read misses what was acknowledged before' : null);
  } else if (passes(turn, which)) {
    next.set(who, Field.at, at + 1);
    turn.emit(next, which === 'newest' ? 'sees no newer epoch' : 'sees the same log, as long as it was');
  } else {
    turn.end(
      which === 'newest'
        ? 'sees a newer epoch: it is over'
        : 'sees another log, or that it has grown: it is over',
    );
  }
}

function passes(turn: Turn, which: 'newest' | 'unchanged'): boolean {
  const { from } = turn;
  if (which === 'newest') return from.highestEpoch() === turn.get(Field.epoch);
  const previous = turn.get(Field.previous);
  const { epochs } = turn.bounds;
  return from.publishedBelow(epochs + 1) === previous && from.content(previous) === turn.get(Field.memory);
}
