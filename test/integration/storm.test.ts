import assert from 'node:assert/strict';
import { violations } from './support/history.ts';
import { freshSeed } from './support/random.ts';
import { describeStorm, storm } from './support/storm.ts';

describe('a storm of kills and stops', () => {
  it('loses, repeats and reorders nothing', async function () {
    // A quiet machine takes about a minute; most of it are the stops themselves.
    this.timeout(300_000);
    const seed = freshSeed();
    console.log(`    seed ${seed}`);
    const result = await storm({ seed });
    for (const line of describeStorm(result)) console.log(`    ${line}`);
    const { kills, stops, atHub } = result.faults;
    assert.equal(kills + stops, 60);
    assert.ok(atHub >= 30, `only ${atHub} faults hit the hub`);
    assert.ok(result.observation.acked.length > 1_000, 'hardly anything was written');
    assert.deepEqual([...result.stuck, ...violations(result.observation)], []);
  });
});
