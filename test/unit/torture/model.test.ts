import assert from 'node:assert/strict';
import { link, powerCuts, remove, syncDirectory } from '../../torture/model/disk.ts';
import { explore } from '../../torture/model/explorer.ts';
import { Histories } from '../../torture/model/histories.ts';
import { planted } from '../../torture/model/planted.ts';
import { protocolModel } from '../../torture/model/protocol.ts';
import { Removals } from '../../torture/model/removals.ts';
import { type Bounds, theRules } from '../../torture/model/rules.ts';
import { Kind, World } from '../../torture/model/world.ts';

const bounds: Bounds = {
  processes: 2,
  epochs: 3,
  messages: 2,
  faults: false,
  powerCuts: false,
  reads: false,
  unclaimed: false,
  compaction: false,
  lateReads: false,
  stretch: 65,
};

describe('the model of the protocol', () => {
  it('knows a history by its messages in their order', () => {
    const histories = new Histories(2);
    const [a, b] = [histories.append(0, 0), histories.append(0, 1)];
    const both = histories.append(b, 0);
    assert.equal(histories.text(both), '[b a]');
    assert.deepEqual([histories.seqOf(both, 0), histories.seqOf(both, 1), histories.seqOf(a, 1)], [2, 1, 0]);
    assert.equal(histories.append(both, 0), both);
    assert.equal(histories.without(both, 1), b);
    assert.equal(histories.without(both, 2), 0);
    // Seq 1 is there already, so that of the second log is passed over.
    assert.equal(histories.text(histories.replayed(a, both)), '[a]');
  });

  it('loses and keeps at a power cut whatever was not synced, in all combinations', () => {
    const histories = new Histories(2);
    const world = new World(bounds);
    link(world, 1, Kind.claim);
    link(world, 1, Kind.log);
    world.setLog(1, histories.append(0, 0), 0);
    syncDirectory(world);
    remove(world, 1, Kind.claim);
    link(world, 2, Kind.claim);
    world.setLog(1, histories.append(histories.append(0, 0), 1), 1);
    const before = world.bytes.slice();
    const found = new Set<string>();
    powerCuts(world, histories, () => {
      const names = [world.isThere(1, Kind.claim), world.isThere(2, Kind.claim), world.isThere(1, Kind.log)];
      found.add(`${names.join(' ')} ${histories.text(world.content(1))}`);
    });
    assert.equal(found.size, 8);
    assert.ok([...found].every((one) => /true \[a( b)?\]$/.test(one)));
    assert.deepEqual(world.bytes, before);
  });

  it('removes what the product would, in its order', () => {
    const world = new World({ ...bounds, epochs: 4 });
    for (const epoch of [1, 2, 3, 4]) {
      for (const kind of [Kind.claim, Kind.base, Kind.log]) link(world, epoch, kind);
    }
    const removed = (stretch: number, what: 'ofGenerations' | 'ofClaims'): string[] => {
      const removals = new Removals(theRules, { ...world.bounds, stretch });
      return removals.all(removals[what](world, 4)).map(({ epoch, kind }) => `${epoch}.${kind}`);
    };
    assert.deepEqual(removed(65, 'ofGenerations'), ['1.1', '1.2', '2.1', '2.2']);
    assert.deepEqual(removed(65, 'ofClaims'), ['1.0', '2.0', '3.0']);
    assert.deepEqual(removed(64, 'ofClaims'), ['1.0', '2.0']);
    assert.deepEqual(removed(1, 'ofClaims'), []);
  });

  it('has so many states in a small world, and none violates', () => {
    const { counterexample, complete, states } = explore(protocolModel({ ...bounds, messages: 1 }));
    assert.deepEqual(
      { counterexample, complete, states },
      { counterexample: null, complete: true, states: 33_594 },
    );
  });

  it('tells by a trace what an unfenced hub does, each step in words', () => {
    const fault = planted.find((one) => one.fault === 'no fence');
    assert.ok(fault);
    const { counterexample } = explore(protocolModel(fault.bounds, fault.rules));
    assert.equal(counterexample?.violation, 'a was acknowledged as 1, and a recovery loads []');
    assert.equal(counterexample.trace.at(-1), 'process 1, epoch 1, acknowledges a as 1');
  });
});
