import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { RefusalLog } from '../../../src/ipc/refusal-log.ts';
import { until } from '../../integration/support/until.ts';

describe('the log of refused connections', () => {
  it('tells the first one at once and counts the others', async () => {
    const lines: string[] = [];
    const refusals = new RefusalLog(
      { log: (level, message, facts) => lines.push(`${level} ${message} ${JSON.stringify(facts)}`) },
      30,
    );
    for (let n = 0; n < 1_000; n += 1) refusals.add('no handshake');
    assert.deepEqual(lines, ['info a connection did not prove itself {"detail":"no handshake"}']);
    await until('the count', () => lines.length > 1);
    assert.deepEqual(lines.slice(1), ['warn connections did not prove themselves {"count":999}']);
    await delay(60);
    refusals.add('half a frame');
    assert.equal(lines.at(-1), 'info a connection did not prove itself {"detail":"half a frame"}');
    refusals.dispose();
  });
});
