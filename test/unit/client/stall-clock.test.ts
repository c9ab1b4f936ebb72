import assert from 'node:assert/strict';
import { StallClock } from '../../../src/client/stall-clock.ts';

describe('StallClock', () => {
  let now = 0;
  let clock: StallClock;

  /** Lets time pass as a process that runs sees it: a tick every quarter of a second. */
  const run = (ms: number): void => {
    for (const end = now + ms; now < end;) {
      now = Math.min(now + 250, end);
      clock.tick();
    }
  };

  beforeEach(() => {
    now = 1_000;
    clock = new StallClock(() => now);
  });
  afterEach(() => clock.dispose());

  it('measures from the first silence on', () => {
    clock.silent();
    run(3_000);
    clock.silent();
    run(1_000);
    assert.equal(clock.silence, 4_000);
  });

  it('starts anew after a sign of life', () => {
    clock.silent();
    run(3_000);
    clock.alive();
    assert.equal(clock.silence, 0);
    clock.silent();
    run(500);
    assert.equal(clock.silence, 500);
  });

  it('does not count time in which this process did not run', () => {
    clock.silent();
    run(1_000);
    now += 60_000;
    assert.equal(clock.silence, 0, 'the gap began the measurement again');
    run(2_000);
    assert.equal(clock.silence, 2_000);
  });
});
