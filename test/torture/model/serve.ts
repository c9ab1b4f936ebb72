import { assertNever } from '../../../src/common/assert-never.ts';
import { renew } from './take-over.ts';
import { look, LOOKS, missesSomething, type Turn } from './turn.ts';
import type { Work } from './rules.ts';
import { Field, Flag, Kind, Name, Step, type World } from './world.ts';

/**
 * What a hub does that leads: `CommitLoop` of src/hub/commit-loop.ts with `EpochStore.commit` of src/store/epoch-store.ts, one group after
 * the other, and the reads of src/hub/client-port.ts. A group is one message here: more of them are one line with one checksum,
 * which is there or not as one is.
 */
export const serve = { [Step.serving]: accept, [Step.working]: work };

/** The next piece of work for a command, or its answer. */
function work(turn: Turn): void {
  const { from, rules, bounds, who } = turn;
  const command = turn.get(Field.command);
  const piece = workOf(turn, command)[turn.get(Field.at)];
  if (rules.duplicatesAtOnce && command <= bounds.messages) acknowledgeAtOnce(turn, command - 1);
  switch (piece) {
    case undefined:
      answer(turn, command);
      return;
    case 'write':
      write(turn, command - 1);
      return;
    case 'sync':
      sync(turn);
      return;
    case 'next':
    case 'own': {
      if (!look(turn, piece)) {
        turn.end(LOOKS[piece].failed);
        return;
      }
      const next = turn.fork();
      next.set(who, Field.at, from.get(who, Field.at) + 1);
      turn.emit(next, LOOKS[piece].passed);
      return;
    }
    default:
      assertNever(piece);
  }
}

/** The number of a read among the commands, which are the messages from 1 on. */
const readOf = ({ bounds }: Turn): number => bounds.messages + 1;

function workOf(turn: Turn, command: number): readonly Work[] {
  const { rules } = turn;
  if (command === readOf(turn)) return rules.read;
  return isKnown(turn, command - 1) ? rules.duplicate : rules.group;
}

function isKnown({ from, who, histories }: Turn, message: number): boolean {
  return histories.seqOf(from.get(who, Field.memory), message) !== 0;
}

/** Whatever anybody may ask now. `decide` of src/core/idempotency.ts knows a message again by its id. */
function accept(turn: Turn): void {
  const { from, who, bounds } = turn;
  for (let message = 0; message < bounds.messages; message += 1) {
    const next = turn.fork();
    next.set(who, Field.command, message + 1);
    next.goTo(who, Step.working);
    turn.emit(next, isKnown(turn, message) ? 'is sent {message} again' : 'is sent {message}');
  }
  if (bounds.reads) {
    const next = turn.fork();
    next.set(who, Field.command, readOf(turn));
    if (missesSomething(turn)) next.set(who, Field.flags, from.get(who, Field.flags) | Flag.stale);
    next.goTo(who, Step.working);
    turn.emit(next, 'is asked for its history, {history}');
  }
  if (bounds.compaction) renew(turn, Flag.compact, 'begins to compact its log');
}

/** One `write` at the end of the open log, whose name may be gone by now. */
function write(turn: Turn, message: number): void {
  const { from, who, histories } = turn;
  const epoch = turn.get(Field.epoch);
  const next = turn.fork();
  if (from.name(epoch, Kind.log) !== Name.absent) {
    next.setLog(epoch, histories.append(from.content(epoch), message), from.unsynced(epoch) + 1);
  }
  next.set(who, Field.at, from.get(who, Field.at) + 1);
  turn.emit(next, 'writes {message} to its log: {log}');
  // Also a short one: what is there of the line does not verify.
  if (turn.bounds.faults) breakOff(turn, 'cannot write {message}');
}

function sync(turn: Turn): void {
  const { from, who } = turn;
  const epoch = turn.get(Field.epoch);
  const next = turn.fork();
  if (from.name(epoch, Kind.log) !== Name.absent) next.setLog(epoch, from.content(epoch), 0);
  next.set(who, Field.at, from.get(who, Field.at) + 1);
  turn.emit(next, 'syncs its log');
  // The line may be on the disk or not, and is to be seen or not; nobody syncs this file again.
  if (turn.bounds.faults) breakOff(turn, 'cannot sync its log');
}

/**
 * `StoreKeeper.onStorageFault`. The second try of the same group, which the commit loop makes then, is one of the retries that anybody
 * may make.
 */
function breakOff(turn: Turn, what: string): void {
  const epoch = turn.get(Field.epoch);
  const next = turn.fork();
  next.forget(turn.who);
  next.set(turn.who, Field.epoch, epoch);
  next.goTo(turn.who, Step.failed);
  turn.emit(next, what);
}

function answer(turn: Turn, command: number): void {
  const { from, who, histories } = turn;
  const next = turn.fork();
  next.set(who, Field.command, 0);
  next.set(who, Field.flags, from.get(who, Field.flags) & ~Flag.stale);
  next.goTo(who, Step.serving);
  if (command === readOf(turn)) {
    const stale = from.has(who, Flag.stale);
    turn.emit(next, 'answers with {history}', stale ? 'a read misses what was acknowledged before' : null);
    return;
  }
  next.set(who, Field.memory, histories.append(from.get(who, Field.memory), command - 1));
  acknowledge(turn, next, command - 1, 'acknowledges {message} as {seq}');
}

/** A retry of the very message that is on its way. */
function acknowledgeAtOnce(turn: Turn, message: number): void {
  const { rules } = turn;
  const at = turn.get(Field.at);
  if (isKnown(turn, message) || at <= rules.group.indexOf('sync') || at === rules.group.length) return;
  acknowledge(turn, turn.fork(), message, 'is sent {message} again and acknowledges it at once, as {seq}');
}

function acknowledge(turn: Turn, next: World, message: number, what: string): void {
  const { from, who, histories } = turn;
  const seq = histories.seqOf(histories.append(from.get(who, Field.memory), message), message);
  const before = from.acknowledged(message);
  if (before === 0) next.setAcknowledged(message, seq);
  const moved = before !== 0 && before !== seq;
  turn.emit(next, what, moved ? `a message is acknowledged as ${before} and as ${seq}` : null);
}
