import assert from 'node:assert/strict';
import { successionRank } from '../../../src/model/succession.ts';
import type { Session } from '../../../src/model/entities.ts';

const session = (id: string, pid: number, surface: Session['surface']): Session => ({
  id,
  pid,
  surface,
  profileId: '01900000-0000-7000-8000-00000000000a',
  kind: 'person',
  folder: '',
  product: 'test',
  since: '2026-11-23T09:00:00.000Z',
});

describe('succession', () => {
  const sessions = [
    session('t1', 1, 'terminal'),
    session('w1', 2, 'window'),
    session('w2', 3, 'window'),
    session('t2', 4, 'terminal'),
  ];
  const order = (formerPid: number | null): string[] => {
    const ranked: string[] = [];
    for (const { id, pid } of sessions) {
      if (pid !== formerPid) ranked[successionRank(sessions, id, formerPid)] = id;
    }
    return ranked;
  };

  it('gives each its own turn: windows first, and who was here first', () => {
    assert.deepEqual(order(null), ['w1', 'w2', 't1', 't2']);
  });

  it('leaves out the process that held the hub', () => {
    assert.deepEqual(order(2), ['w2', 't1', 't2']);
  });

  it('lets whoever is not on the list try at once', () => {
    assert.equal(successionRank(sessions, 'new', null), 0);
    assert.equal(successionRank([], 'new', 1), 0);
  });
});
