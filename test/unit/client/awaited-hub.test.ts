import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { AwaitedHub } from '../../../src/client/awaited-hub.ts';

describe('a hub that is awaited', () => {
  let now: number;
  let told: number;
  let awaited: AwaitedHub;
  const tell = (): void => {
    told += 1;
  };
  beforeEach(() => {
    now = 0;
    told = 0;
    awaited = new AwaitedHub(() => now);
  });
  afterEach(() => awaited.dispose());

  it('is no other than the dead one, when nothing was announced', () => {
    assert.equal(awaited.isElsewhere, false);
    awaited.lost(tell);
    assert.equal(told, 1);
  });

  it('is left to whom it was announced for, for two seconds', () => {
    awaited.announced(true);
    assert.equal(awaited.isElsewhere, true);
    now = 2_000;
    assert.equal(awaited.isElsewhere, false);
    awaited.announced(false);
    assert.equal(awaited.isElsewhere, false);
  });

  it('comes without a word, when it comes within a second', async () => {
    awaited.announced(true);
    awaited.lost(tell);
    await delay(200);
    awaited.settled();
    await delay(1_000);
    assert.equal(told, 0);
  });

  it('is told of once when it does not, however often the connection was lost', async () => {
    awaited.announced(false);
    awaited.lost(tell);
    await delay(500);
    awaited.lost(tell);
    await delay(600);
    assert.equal(told, 1);
  });
});
