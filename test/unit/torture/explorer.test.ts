import assert from 'node:assert/strict';
import { explore, type Model } from '../../torture/model/explorer.ts';
import { StateSet } from '../../torture/model/state-set.ts';

/**
 * `processes` processes add one to a counter `times` times each: they read it and then write what they read, plus one. With
 * `inOne` they do both at once.
 */
function counting(processes: number, times: number, inOne: boolean): Model {
  // The counter, then for each process: how often it has written, and what it read plus one (0: it reads next).
  const initial = new Uint8Array(1 + 2 * processes);
  return {
    initial,
    successors: (state, emit) => {
      for (let who = 0; who < processes; who += 1) {
        const [written, read] = [1 + 2 * who, 2 + 2 * who];
        const next = state.slice();
        if (state[written] === times) continue;
        if (state[read] === 0) next[read] = (state[0] ?? 0) + 1;
        if (state[read] !== 0 || inOne) {
          next[0] = next[read] ?? 0;
          next[read] = 0;
          next[written] = (state[written] ?? 0) + 1;
        }
        emit(next, who, state[read] === 0 ? 'reads' : 'writes');
      }
    },
    canonise: (state) => {
      const pairs = Array.from({ length: processes }, (_, who) => [
        ...state.subarray(1 + 2 * who, 3 + 2 * who),
      ]);
      pairs.sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d);
      state.set(pairs.flat(), 1);
    },
    violation: (state) => {
      let ended = true;
      for (let who = 0; who < processes; who += 1) ended &&= state[1 + 2 * who] === times;
      return ended && state[0] !== processes * times ? `counted ${state[0] ?? 0}` : null;
    },
  };
}

describe('the explorer of the torture tests', () => {
  it('finds a lost update, in the fewest steps, and keeps who is who', () => {
    const { counterexample, complete } = explore(counting(2, 1, false));
    assert.equal(complete, false);
    assert.equal(counterexample?.violation, 'counted 1');
    assert.deepEqual(
      counterexample.trace.map((step) => step.split(' ')[1]),
      ['reads', 'reads', 'writes', 'writes'],
    );
    assert.equal(new Set(counterexample.trace.slice(2)).size, 2);
  });

  it('visits every state of a correct one, and each once', () => {
    const { counterexample, complete, states, depth, steps } = explore(counting(3, 2, true));
    // How often each of three has counted, from none to twice, whoever is who: 3 of 3 with repetition.
    assert.deepEqual(
      { counterexample, complete, states, depth },
      { counterexample: null, complete: true, states: 10, depth: 6 },
    );
    assert.equal(steps, 20);
  });

  it('stops where it is told to, and says that it did not see everything', () => {
    const { complete, states } = explore(counting(3, 200, true), { mostStates: 1_000 });
    assert.equal(complete, false);
    assert.ok(states >= 1_000 && states < 1_010);
  });

  it('reports a step that breaks something by itself', () => {
    const model: Model = {
      initial: Uint8Array.of(0),
      successors: ([at = 0], emit) => {
        if (at < 3) emit(Uint8Array.of(at + 1), 0, 'goes on');
        else emit(Uint8Array.of(0), 0, 'jumps', 'it jumped');
      },
      violation: () => null,
    };
    const { counterexample } = explore(model);
    assert.deepEqual(counterexample, {
      violation: 'it jumped',
      trace: ['0: goes on', '0: goes on', '0: goes on', '0: jumps'],
    });
  });

  it('tells states apart by all their bytes, however many there are', () => {
    const set = new StateSet(3);
    const bytes = (number: number): Uint8Array => Uint8Array.of(number >> 16, number >> 8, number);
    for (let number = 0; number < 200_000; number += 1) assert.ok(set.add(bytes(number), number - 1));
    assert.equal(set.add(bytes(77_777), 5), false);
    assert.equal(set.count, 200_000);
    const read = new Uint8Array(3);
    set.read(150_000, read);
    assert.deepEqual(read, bytes(150_000));
    assert.equal(set.parent(150_000), 149_999);
  });
});
