import { cleanUp } from './clean-up.ts';
import { powerCuts, recovered } from './disk.ts';
import type { Emit, Model } from './explorer.ts';
import { letter } from './histories.ts';
import { readOnly } from './read-only.ts';
import { type Bounds, type Rules, theRules } from './rules.ts';
import { serve } from './serve.ts';
import { takeOver } from './take-over.ts';
import { Turn } from './turn.ts';
import { Field, Step, World } from './world.ts';

/**
 * How hubs claim epochs, fence, publish, acknowledge, compact, fail and tidy up on one directory, as a model whose states can all be
 * visited. Each process goes on by one step at a time, in any order, waits as long as it likes, or is killed.
 *
 * Left out, because nothing is acknowledged there or others look at it: reads of a hub that has failed and waits to try again; file
 * systems without links; damaged files, safe mode and directories that are put back. A directory sync that works is taken to hold
 * for every name in it, also after one that failed.
 */
export function protocolModel(bounds: Bounds, rules: Rules = theRules): Model {
  return new ProtocolModel(bounds, rules);
}

/** What a process does where it stands. */
const moves: Record<Step, (turn: Turn) => void> = { ...takeOver, ...cleanUp, ...serve, ...readOnly };

class ProtocolModel implements Model {
  readonly initial: Uint8Array;
  readonly #turn: Turn;
  readonly #world: World;

  constructor(bounds: Bounds, rules: Rules) {
    this.#turn = new Turn(rules, bounds);
    this.#world = new World(bounds);
    this.initial = new World(bounds).bytes;
  }

  successors(state: Uint8Array, emit: Emit): void {
    const turn = this.#turn;
    const { bounds, from } = turn;
    turn.begin(state, emit);
    let running = 0;
    for (let who = 0; who < bounds.processes; who += 1) {
      turn.who = who;
      const step = from.get(who, Field.step) as Step;
      moves[step](turn);
      if (step === Step.idle) continue;
      running += 1;
      turn.end('is killed');
    }
    // No process survives it, and their end changes nothing on the disk: so it is enough to cut the power when all are killed.
    if (!bounds.powerCuts || running > 0) return;
    turn.who = bounds.processes;
    const next = turn.fork();
    powerCuts(next, turn.histories, () => turn.emit(next, 'the power is cut'));
  }

  canonise(state: Uint8Array): void {
    this.#at(state).sortProcesses();
  }

  /**
   * Everything that was acknowledged is what the next recovery loads, at its seq, and there is something to load. Seqs are places in
   * one history, so two messages never have the same one.
   */
  violation(state: Uint8Array): string | null {
    const world = this.#at(state);
    const { bounds, rules, histories } = this.#turn;
    const newest = world.publishedBelow(bounds.epochs + 1);
    const history = recovered(world, rules, histories, newest);
    for (let message = 0; message < bounds.messages; message += 1) {
      const seq = world.acknowledged(message);
      if (seq === 0 || histories.seqOf(history, message) === seq) continue;
      return `${letter(message)} was acknowledged as ${seq}, and a recovery loads ${histories.text(history)}`;
    }
    if (newest !== 0 && !world.isLoadable(newest))
      return `the newest published epoch, ${newest}, has no whole base`;
    return null;
  }

  describe(before: Uint8Array, who: number, what: string, after: Uint8Array): string {
    const { bounds, histories } = this.#turn;
    if (who === bounds.processes) return what;
    const [one, other] = [new World(bounds), new World(bounds)];
    one.bytes = before;
    other.bytes = after;
    const of = (field: Field): number => other.get(who, field) || one.get(who, field);
    const epoch = of(Field.epoch);
    const message = of(Field.command) - 1;
    const memory = histories.append(other.get(who, Field.memory), message);
    const text = what
      .replace('{message}', letter(message))
      .replace('{seq}', `${histories.seqOf(memory, message)}`)
      .replace('{log}', histories.text(other.content(epoch)))
      .replace('{history}', histories.text(of(Field.memory)));
    return `process ${who + 1}, epoch ${epoch}, ${text}`;
  }

  #at(state: Uint8Array): World {
    this.#world.bytes = state;
    return this.#world;
  }
}
