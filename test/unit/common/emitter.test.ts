import assert from 'node:assert/strict';
import { Emitter } from '../../../src/common/emitter.ts';

describe('a listener that throws', () => {
  const failing = (text: string) => (): void => {
    throw new Error(text);
  };

  it('does not keep the others from being told, and is reported', () => {
    const reported: unknown[] = [];
    const told: number[] = [];
    const emitter = new Emitter<number>((error) => reported.push(error));
    emitter.event(failing('first'));
    emitter.event((value) => told.push(value));
    emitter.event(failing('second'));
    emitter.event((value) => told.push(value * 2));
    emitter.fire(4);
    assert.deepEqual(told, [4, 8]);
    assert.deepEqual(
      reported.map((error) => (error as Error).message),
      ['first', 'second'],
    );
  });

  it('fails the one who fires when nobody else wants to hear of it', () => {
    const told: number[] = [];
    const emitter = new Emitter<number>();
    emitter.event(failing('first'));
    emitter.event((value) => told.push(value));
    assert.throws(() => emitter.fire(4), /first/);
    assert.deepEqual(told, [4]);
  });
});
