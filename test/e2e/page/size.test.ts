import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { buildAssets } from '../../page/lab.ts';

/** Every window reads and compiles the page when it opens. Bytes, minified. */
const LIMIT = 450 * 1024;

describe('page: size', () => {
  it('stays below its limit', async () => {
    const script = (await buildAssets()).get('/page.js');
    const size = Buffer.byteLength(script?.body ?? '');
    assert.ok(size > 0 && size <= LIMIT, `${size} bytes`);
  });
});
