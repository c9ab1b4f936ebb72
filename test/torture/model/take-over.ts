import { link, recovered, syncDirectory } from './disk.ts';
import { readUnclaimed } from './read-only.ts';
import { fenced, type Turn } from './turn.ts';
import { Data, Field, Flag, Kind, Step, type World } from './world.ts';

/**
 * From the look at the directory to a hub that leads: `Leadership.takeOver`, `takeOverFromSelf` and `#begin` of src/hub/leadership.ts and
 * `openEpoch` of src/store/open-epoch.ts. What nobody else can see (writing, syncing and reading back a temporary file) is one step
 * with the link that gives it its name; everything else is a step of its own.
 */
export const takeOver = {
  // `HubFinder.find` of src/client/find-hub.ts may take any hub for dead. The looks at the directory from there to `#begin` all have to
  // come out alike, so the last one counts. What can not write its claim has changed nothing, and may read.
  [Step.idle]: (turn: Turn) => {
    list(turn, turn.from.highestEpoch(), 0, 'finds no hub');
    readUnclaimed(turn);
  },
  // `StoreKeeper.#renew` of src/hub/store-keeper.ts: the failed file is never touched again.
  [Step.failed]: (turn: Turn) => renew(turn, 0, 'tries again'),
  [Step.makingClaim]: makeClaim,
  [Step.listingAgain]: listAgain,
  [Step.choosingBase]: chooseBase,
  [Step.readingLog]: readLog,
  [Step.readingBase]: readBase,
  [Step.writingBase]: writeBase,
  [Step.syncingBaseName]: (turn: Turn) => syncNames(turn, 'base', Step.writingLog),
  [Step.writingLog]: writeLog,
  [Step.syncingLogName]: (turn: Turn) => syncNames(turn, 'log', Step.fencingStart),
  [Step.fencingStart]: (turn: Turn) =>
    fenced(turn, (next, what) => {
      next.set(turn.who, Field.flags, next.get(turn.who, Field.flags) & ~Flag.compact);
      next.goTo(turn.who, Step.listingOld);
      turn.emit(next, `${what}, and leads from {history}`);
    }),
};

/** `StoreKeeper.#renew`: the epoch after the own one, if that is still the newest. */
export function renew(turn: Turn, flags: number, what: string): void {
  const epoch = turn.get(Field.epoch);
  if (turn.from.highestEpoch() === epoch) list(turn, epoch, flags, what);
  else turn.end('sees a newer epoch: it is over');
}

function list(turn: Turn, after: number, flags: number, what: string): void {
  if (after >= turn.bounds.epochs) return;
  const next = turn.fork();
  next.forget(turn.who);
  next.set(turn.who, Field.epoch, after + 1);
  next.set(turn.who, Field.flags, flags);
  next.goTo(turn.who, Step.makingClaim);
  turn.emit(next, what);
}

/** `makeClaim` and `createFirst` of src/rendezvous: the claim is whole and synced when it gets its name. */
function makeClaim(turn: Turn): void {
  const { from, who, rules } = turn;
  const epoch = turn.get(Field.epoch);
  if (from.isThere(epoch, Kind.claim)) {
    turn.end('finds that somebody else has claimed it');
    return;
  }
  const next = turn.fork();
  link(next, epoch, Kind.claim);
  next.set(who, Field.flags, next.get(who, Field.flags) | Flag.own);
  next.goTo(who, rules.secondListing ? Step.listingAgain : Step.choosingBase);
  turn.emit(next, 'makes the claim');
}

function listAgain(turn: Turn): void {
  if (turn.from.highestEpoch() !== turn.get(Field.epoch)) {
    turn.end('lists again and sees a higher number: it steps down');
    return;
  }
  const next = turn.fork();
  next.goTo(turn.who, Step.choosingBase);
  turn.emit(next, 'lists again and sees no higher number');
}

/** `Leadership.#open`; with nothing published `newStore` of src/store/load-epoch.ts. */
function chooseBase(turn: Turn): void {
  const { from, who } = turn;
  const previous = from.publishedBelow(turn.get(Field.epoch));
  const next = turn.fork();
  next.set(who, Field.previous, previous);
  next.goTo(who, previous === 0 ? Step.writingBase : Step.readingLog);
  turn.emit(next, previous === 0 ? 'finds nothing published' : `begins from epoch ${previous}`);
}

/** `loadEpoch` reads the log first, and then the base it names. */
function readLog(turn: Turn): void {
  const { from, who, rules, bounds, histories } = turn;
  const previous = turn.get(Field.previous);
  if (!from.isThere(previous, Kind.log)) {
    unloadable(turn, `does not find the log of epoch ${previous}`);
    return;
  }
  const whole = recovered(from, rules, histories, previous);
  const missed = bounds.lateReads && rules.recovers === 'the newest' ? from.unsynced(previous) : 0;
  for (let late = 0; late <= missed; late += 1) {
    const next = turn.fork();
    next.set(who, Field.memory, histories.without(whole, late));
    next.goTo(who, Step.readingBase);
    turn.emit(next, late === 0 ? 'reads {history}' : 'reads {history}, without what is not synced');
  }
}

function readBase(turn: Turn): void {
  const { from, who } = turn;
  const previous = turn.get(Field.previous);
  if (!from.isThere(previous, Kind.base) || from.baseData(previous) === Data.broken) {
    unloadable(turn, `does not find a whole base of epoch ${previous}`);
    return;
  }
  const next = turn.fork();
  next.goTo(who, Step.writingBase);
  turn.emit(next, `reads the base of epoch ${previous}`);
}

/** `linkBase` of src/store/base.ts, or `exportBase` for the first epoch and for a compaction. */
function writeBase(turn: Turn): void {
  const { from, who, rules } = turn;
  const epoch = turn.get(Field.epoch);
  const previous = turn.get(Field.previous);
  const exports = previous === 0 || from.has(who, Flag.compact);
  if (from.isThere(epoch, Kind.base) || (!exports && !from.isThere(previous, Kind.base))) {
    fail(turn, 'cannot give its base a name');
    return;
  }
  const next = turn.fork();
  link(next, epoch, Kind.base);
  const data = exports ? (rules.syncsBase ? Data.synced : Data.raw) : from.baseData(previous);
  next.setBaseData(epoch, data);
  next.goTo(who, Step.syncingBaseName);
  // From here on it is not looked at any more.
  next.set(who, Field.previous, 0);
  turn.emit(next, exports ? 'publishes an export as its base' : 'links the base');
  if (turn.bounds.faults) fail(turn, 'cannot write its base');
}

/** `writeLog` of src/store/open-epoch.ts: header and groups, synced and read back, before the log gets its name. */
function writeLog(turn: Turn): void {
  const { from, who } = turn;
  const epoch = turn.get(Field.epoch);
  if (from.isThere(epoch, Kind.log)) {
    fail(turn, 'cannot give its log a name');
    return;
  }
  const next = turn.fork();
  link(next, epoch, Kind.log);
  next.setLog(epoch, from.get(who, Field.memory), 0);
  next.goTo(who, Step.syncingLogName);
  turn.emit(next, 'publishes its log with {history}');
  if (turn.bounds.faults) fail(turn, 'cannot write its log');
}

function syncNames(turn: Turn, which: 'base' | 'log', after: Step): void {
  const { who, rules } = turn;
  const syncs = rules.directorySyncs.includes(which);
  const next = turn.fork();
  if (syncs) syncDirectory(next);
  next.goTo(who, after);
  turn.emit(next, syncs ? 'syncs the directory' : 'does not sync the directory');
  if (syncs && turn.bounds.faults) fail(turn, 'cannot sync the directory');
}

/** The `catch` of `Leadership.#open`. */
function fail(turn: Turn, what: string): void {
  const next = turn.fork();
  failure(turn, next, Step.fencingFailure);
  turn.emit(next, what);
}

/** As {@link fail}; and if this hub turns out to lead, there is nothing to be loaded for anybody. */
function unloadable(turn: Turn, what: string): void {
  const next = turn.fork();
  failure(turn, next, Step.fencingUnloadable);
  turn.emit(next, what);
}

function failure(turn: Turn, next: World, step: Step): void {
  next.set(turn.who, Field.memory, 0);
  next.set(turn.who, Field.previous, 0);
  next.set(turn.who, Field.flags, next.get(turn.who, Field.flags) & Flag.own);
  next.goTo(turn.who, step);
}
