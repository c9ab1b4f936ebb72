import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { deferred } from '../../../src/common/deferred.ts';
import { limits } from '../../../src/model/limits.ts';
import { byteLength, Draft } from '../../../webview/state/draft.ts';

describe('draft', () => {
  let saved: string[];
  let draft: Draft;
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    saved = [];
    draft = new Draft((content) => {
      saved.push(content);
      return Promise.resolve();
    });
  });
  afterEach(() => mock.timers.reset());

  it('saves half a second after the last key', () => {
    draft.typed('a');
    mock.timers.tick(400);
    draft.typed('ab');
    mock.timers.tick(499);
    assert.deepEqual(saved, []);
    mock.timers.tick(1);
    assert.deepEqual(saved, ['ab']);
    mock.timers.tick(5_000);
    assert.deepEqual(saved, ['ab']);
  });

  it('saves at once when the page goes, and only what waits', () => {
    draft.flush();
    draft.typed('a');
    draft.flush();
    mock.timers.tick(5_000);
    assert.deepEqual(saved, ['a']);
  });

  it('takes text from outside only when nothing of its own waits or is under way', async () => {
    const held = deferred<void>();
    draft = new Draft(() => held.promise);
    assert.equal(draft.offer('theirs'), true);
    draft.typed('mine');
    assert.equal(draft.offer('other'), false);
    draft.flush();
    assert.equal(draft.offer('other'), false);
    held.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(draft.offer('mine'), false);
    assert.equal(draft.offer('other'), true);
    assert.equal(draft.text, 'other');
  });

  it('does not save after sending, nor what is beyond the limit', () => {
    draft.typed('gone');
    draft.sent();
    mock.timers.tick(5_000);
    draft.typed('ü'.repeat(limits.contentBytes / 2 + 1));
    mock.timers.tick(5_000);
    assert.deepEqual(saved, []);
  });

  it('tries again after a save that failed, and lets nothing from outside in until it is saved', async () => {
    let works = false;
    draft = new Draft((content) => {
      saved.push(content);
      return works ? Promise.resolve() : Promise.reject(new Error('no'));
    });
    draft.typed('a');
    draft.flush();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(draft.offer('theirs'), false);
    works = true;
    mock.timers.tick(5_000);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(saved, ['a', 'a']);
    assert.equal(draft.offer('theirs'), true);
  });

  it('keeps a text beyond the limit from being overwritten', () => {
    draft.typed('x'.repeat(limits.contentBytes + 1));
    mock.timers.tick(5_000);
    assert.equal(draft.offer('theirs'), false);
  });

  it('counts bytes, not characters', () => {
    assert.equal(byteLength('aü日🧭'), 1 + 2 + 3 + 4);
  });
});
