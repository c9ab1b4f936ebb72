import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Page } from 'playwright-core';
import { deferred } from '../../../src/common/deferred.ts';
import { id, message, pageState, people, room } from '../../page/builders.ts';
import { PageLab } from '../../page/lab.ts';
import { ScriptedHost } from '../../page/scripted-host.ts';
import { talk, wall } from '../../page/talk.ts';

const scroller = '[role=log]';

async function positions(
  page: Page,
): Promise<{ top: number; height: number; client: number; fromEnd: number }> {
  return page.locator(scroller).evaluate(({ scrollTop, scrollHeight, clientHeight }) => ({
    top: scrollTop,
    height: scrollHeight,
    client: clientHeight,
    fromEnd: scrollHeight - clientHeight - scrollTop,
  }));
}

/** Upper edge of a message in the window, or null when it is not on the page. */
async function topOf(page: Page, seq: number): Promise<number | null> {
  return page.evaluate((wanted) => {
    const list = document.querySelector('lc-page')?.shadowRoot?.querySelector('lc-message-list');
    const element = list?.shadowRoot?.querySelector(`[data-seq="${wanted}"] .text`);
    return element?.getBoundingClientRect().top ?? null;
  }, seq);
}

async function scrollTo(page: Page, top: number): Promise<void> {
  await page.locator(scroller).evaluate((element, value) => element.scrollTo(0, value), top);
}

async function frames(page: Page, count = 3): Promise<void> {
  await page.evaluate(async (times) => {
    for (let frame = 0; frame < times; frame++)
      await new Promise((resolve) => requestAnimationFrame(resolve));
  }, count);
}

describe('page: history', function () {
  this.timeout(60_000);
  let lab: PageLab;
  before(async () => {
    lab = await PageLab.start();
  });
  after(() => lab.close());

  it('opens at the end when nothing is unread', async () => {
    const messages = wall(200);
    const { page, close, problems } = await lab.open(new ScriptedHost(pageState(messages), messages));
    await frames(page);
    assert.ok((await positions(page)).fromEnd < 1);
    assert.equal(await page.locator('.line.unread').count(), 0);
    assert.deepEqual(problems(), []);
    await close();
  });

  it('opens at the unread line, before the first new message, with it on screen', async () => {
    const messages = wall(200);
    const state = pageState(messages, { unreadAfter: 120 }, 140);
    const { page, close } = await lab.open(new ScriptedHost(state, messages));
    await frames(page);
    const line = await page.locator('.line.unread').boundingBox();
    // What I wrote myself is not new to me.
    const news = messages.find(({ seq, senderId }) => seq > 120 && senderId !== people.ada.id)?.seq ?? 0;
    const first = await topOf(page, news);
    const before = await topOf(page, news - 1);
    assert.ok(line !== null && first !== null && before !== null);
    assert.ok(before < line.y && line.y < first);
    assert.ok(line.y > 38 && line.y < 400, `unread line at ${line.y}`);
    await close();
  });

  it('draws no unread line when the last message is read, also not under a later one', async () => {
    const messages = wall(20);
    const lab1 = await lab.open(new ScriptedHost(pageState(messages, { unreadAfter: 20 }), messages));
    await lab1.host.add(message(21, 'later', { minute: 1 }));
    await lab1.page.locator('[data-seq="21"]').waitFor();
    assert.equal(await lab1.page.locator('.line.unread').count(), 0);
    await lab1.close();
  });

  it('keeps the place to the pixel while older messages load above', async () => {
    const messages = [
      ...talk(),
      ...wall(400).map((entry) => ({ ...entry, seq: entry.seq + 100, id: message(entry.seq + 100, '').id })),
    ];
    const host = new ScriptedHost(pageState(messages), messages);
    const held = deferred<void>();
    host.answer('loadHistory', async ({ before, after: from, limit }) => {
      await held.promise;
      return host.page(before, from, limit);
    });
    const { page, close } = await lab.open(host);
    const watched = host.state.history.messages[12];
    assert.ok(watched !== undefined);
    await page
      .locator(`[data-seq="${watched.seq}"]`)
      .evaluate((element) => element.scrollIntoView({ block: 'start' }));
    await frames(page);
    await host.heard('loadHistory');
    const start = await topOf(page, watched.seq);
    assert.ok(start !== null);
    // Where the message stands in each frame, as painted, until all that is loaded ahead has come.
    const watching = page.evaluate(async (seq) => {
      const list = document
        .querySelector('lc-page')
        ?.shadowRoot?.querySelector('lc-message-list')?.shadowRoot;
      const count = (): number => list?.querySelectorAll('lc-message').length ?? 0;
      const before = count();
      const seen: number[] = [];
      for (let after = 0; after < 30; after += count() > before ? 1 : 0) {
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        seen.push(list?.querySelector(`[data-seq="${seq}"] .text`)?.getBoundingClientRect().top ?? NaN);
      }
      return { seen, added: count() - before };
    }, watched.seq);
    held.resolve();
    const { seen, added } = await watching;
    assert.ok(added > 0);
    const worst = Math.max(...seen.map((top) => Math.abs(top - start)));
    assert.ok(worst < 1, `moved by ${worst} pixels`);
    await close();
  });

  it('loads all of it while scrolling up, and never holds more than 400', async () => {
    const messages = wall(1000);
    const { page, close, host } = await lab.open(new ScriptedHost(pageState(messages), messages));
    let most = 0;
    for (let step = 0; step < 200; step++) {
      await scrollTo(page, 0);
      await frames(page, 2);
      most = Math.max(most, await page.locator('lc-message').count());
      if ((await topOf(page, 1)) !== null) break;
    }
    assert.notEqual(await topOf(page, 1), null, 'the first message was never reached');
    assert.ok(most > 300 && most <= 400, `${most} messages`);
    assert.equal(await topOf(page, 1000), null, 'the newest should have been dropped');
    assert.ok(host.asked.filter(({ name }) => name === 'loadHistory').length < 40);

    // And down again, by the wheel's way.
    for (let step = 0; step < 200; step++) {
      await scrollTo(page, 1e9);
      await frames(page, 2);
      if ((await topOf(page, 1000)) !== null) break;
    }
    await frames(page, 4);
    assert.notEqual(await topOf(page, 1000), null);
    assert.ok((await page.locator('lc-message').count()) <= 400);
    await close();
  });

  it('reloads the newest page for the jump when it was dropped', async () => {
    const messages = wall(1000);
    const state = pageState(messages.slice(0, 60), { room: room({ lastSeq: 1000 }) });
    const host = new ScriptedHost({ ...state, history: { ...state.history, reachedEnd: false } }, messages);
    const { page, close } = await lab.open(host);
    await scrollTo(page, 0);
    await page.getByRole('button', { name: 'Jump to newest' }).click();
    await page.locator('[data-seq="1000"]').waitFor();
    await frames(page);
    assert.ok((await positions(page)).fromEnd < 1);
    await page.getByRole('button', { name: 'Jump to newest' }).waitFor({ state: 'detached' });
    await close();
  });

  it('follows new messages at the end, and stays there when the composer grows', async () => {
    const messages = wall(80);
    const { page, close, host } = await lab.open(new ScriptedHost(pageState(messages), messages));
    for (let seq = 81; seq <= 100; seq++)
      await host.add(message(seq, `number ${seq}\nwith two lines`, { minute: 1 }));
    await page.locator('[data-seq="100"]').waitFor();
    await frames(page);
    assert.ok((await positions(page)).fromEnd < 1);
    await page.getByRole('textbox').fill('one\ntwo\nthree\nfour\nfive\nsix');
    await frames(page);
    assert.ok((await positions(page)).fromEnd < 1);
    await page.setViewportSize({ width: 320, height: 500 });
    await frames(page);
    assert.ok((await positions(page)).fromEnd < 1);
    await close();
  });

  it('counts new messages of others on the jump button when reading further up, without moving', async () => {
    const messages = wall(100);
    const { page, close, host } = await lab.open(new ScriptedHost(pageState(messages, {}, 100), messages));
    await frames(page);
    await scrollTo(page, 400);
    await frames(page);
    const { top } = await positions(page);
    await host.add(message(101, 'one', { minute: 1 }), message(102, 'mine', { by: people.ada, minute: 1 }));
    await host.add(message(103, 'two', { by: people.fixer, kind: 'agent', minute: 1 }));
    await page.getByRole('button', { name: '2 new messages' }).waitFor();
    assert.equal((await positions(page)).top, top);
    await page.getByRole('button', { name: '2 new messages' }).click();
    await frames(page);
    assert.ok((await positions(page)).fromEnd < 1);
    await close();
  });

  it('reports as seen what is on screen, and the newest only when it gets there', async () => {
    const messages = wall(100);
    const { page, close, host } = await lab.open(
      new ScriptedHost(pageState(messages, { unreadAfter: 30 }, 100), messages),
    );
    const first = await host.heard('seen');
    const { seq } = first.params as { seq: number };
    assert.ok(seq > 30 && seq < 100, `seen ${seq}`);
    await scrollTo(page, 1e9);
    await host.heard('seen', (params) => (params as { seq: number }).seq === 100);
    await close();
  });

  it('says once that history could not be loaded, and loads it on Retry', async () => {
    const messages = wall(200);
    const host = new ScriptedHost(pageState(messages), messages);
    host.answer('loadHistory', () => Promise.reject(new Error('no')));
    const { page, close } = await lab.open(host);
    await scrollTo(page, 0);
    const retry = page.locator('.edge button');
    await retry.waitFor();
    const asked = host.asked.filter(({ name }) => name === 'loadHistory').length;
    await scrollTo(page, 10);
    await scrollTo(page, 0);
    await frames(page, 5);
    assert.equal(host.asked.filter(({ name }) => name === 'loadHistory').length, asked);
    host.answer('loadHistory', ({ before, after: from, limit }) => host.page(before, from, limit));
    await retry.click();
    await page.locator(`[data-seq="100"]`).waitFor({ state: 'attached' });
    await close();
  });

  it('offers Retry at the lower edge as well, and loads by scrolling again once the connection is back', async () => {
    const messages = wall(1000);
    const state = pageState(messages.slice(400, 460), { room: room({ lastSeq: 1000 }) });
    const history = { ...state.history, reachedStart: false, reachedEnd: false };
    const host = new ScriptedHost({ ...state, history }, messages);
    let works = false;
    host.answer('loadHistory', ({ before, after: from, limit }) => {
      if (!works) throw new Error('no');
      return host.page(before, from, limit);
    });
    const { page, close } = await lab.open(host);
    await scrollTo(page, 1e9);
    const lower = page.locator('.edge', { hasText: 'Newer messages' });
    await lower.waitFor();
    works = true;
    await lower.getByRole('button', { name: 'Retry' }).click();
    await page.locator('[data-seq="520"]').waitFor({ state: 'attached' });

    works = false;
    await page.getByRole('button', { name: 'Jump to newest' }).click();
    await lower.waitFor();
    works = true;
    await host.notify('didChangeConnection', { state: 'reconnecting', fault: null });
    await host.notify('didChangeConnection', { state: 'ready', fault: null });
    await lower.waitFor({ state: 'detached' });
    await page.locator('[data-seq="580"]').waitFor({ state: 'attached' });
    await close();
  });

  it('tells anew what is seen when another room is shown, and of that room only', async () => {
    const host = new ScriptedHost(pageState(wall(100)), wall(100));
    const { page, close } = await lab.open(host);
    await host.heard('seen', (params) => (params as { seq: number }).seq === 100);
    const other = id(2);
    host.asked.length = 0;
    const quiet = [message(7, 'an older talk')];
    await host.notify('didReset', { ...pageState(quiet), room: room({ id: other, lastSeq: 7 }) });
    await page.getByText('an older talk').waitFor();
    const { params } = await host.heard('seen');
    assert.deepEqual(
      { ...(params as object), hasFocus: null },
      { roomId: other, profileId: people.ada.id, seq: 7, hasFocus: null },
    );
    await close();
  });

  it('reveals a message that is not loaded, and marks it', async () => {
    const messages = wall(1000);
    const { page, close, host } = await lab.open(new ScriptedHost(pageState(messages), messages));
    await host.notify('revealMessage', { seq: 400 });
    await page.locator('[data-seq="400"][data-revealed]').waitFor();
    await frames(page);
    const top = await topOf(page, 400);
    assert.ok(top !== null && top > 38 && top < 500, `at ${top}`);
    await close();
  });

  it('shows an empty room with what it is for and one way on', async () => {
    const { page, close } = await lab.open(new ScriptedHost(pageState([]), []));
    await page.getByText('This is the start of #general').waitFor();
    await page.getByRole('button', { name: 'Write the first message' }).click();
    assert.equal(await page.getByRole('textbox').evaluate((element) => element.matches(':focus')), true);
    await close();
  });
});
