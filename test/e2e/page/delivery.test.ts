import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Page } from 'playwright-core';
import { ChatError } from '../../../src/model/errors.ts';
import { id, message, pageState, people, roomId } from '../../page/builders.ts';
import { type LabPage, PageLab } from '../../page/lab.ts';
import { ScriptedHost } from '../../page/scripted-host.ts';
import { wall } from '../../page/talk.ts';
import { editing, replacing } from '../../torture/support/variant.ts';

const HEARTBEAT_LOSS = 20_000;

describe('page: sending and the state of the connection', function () {
  this.timeout(60_000);
  let lab: PageLab;
  let opened: LabPage;
  let page: Page;
  let host: ScriptedHost;

  before(async () => {
    // A page that is less patient with a silent host, so that nobody waits a quarter of a minute for it.
    const { plugin, check } = editing({
      'webview/host.ts': replacing('HEARTBEAT_INTERVAL = 3_000', 'HEARTBEAT_INTERVAL = 600'),
    });
    lab = await PageLab.start([plugin]);
    check();
  });
  after(() => lab.close());
  beforeEach(async () => {
    const messages = wall(30);
    host = new ScriptedHost(pageState(messages), messages);
    opened = await lab.open(host);
    ({ page } = opened);
  });
  afterEach(async () => {
    assert.deepEqual(opened.problems(), []);
    await opened.close();
  });

  const composer = () => page.getByRole('textbox', { name: 'Message #general' });
  const last = () => page.locator('lc-message').last();

  it('shows a sent message at once, and replaces it in place when it is stored', async () => {
    host.sending = 'manual';
    await composer().fill('on its way');
    await page.keyboard.press('Enter');
    await page.locator('lc-message[data-delivery=sending]').waitFor();
    const element = await last().elementHandle();
    const { params } = await host.heard('send');
    const sent = params as { id: string; content: string };
    assert.equal(sent.content, 'on its way');
    assert.equal(await composer().inputValue(), '');

    await page.evaluate((wanted) => {
      const list = document.querySelector('lc-page')?.shadowRoot?.querySelector('lc-message-list');
      const root = list?.shadowRoot;
      const log: string[] = [];
      Object.assign(window, { log });
      const look = (): void => {
        const found = root?.querySelectorAll(`[data-id="${wanted}"]`) ?? [];
        log.push([...found].map((item) => item.getAttribute('data-delivery')).join());
        requestAnimationFrame(look);
      };
      look();
    }, sent.id);
    await host.store(sent.id);
    await page.locator(`lc-message[data-id="${sent.id}"][data-delivery=stored]`).waitFor();
    const log = await page.evaluate(() => (window as unknown as { log: string[] }).log);
    assert.ok(
      log.every((entry) => entry === 'sending' || entry === 'stored'),
      `seen: ${[...new Set(log)].join(' | ')}`,
    );
    const after = await page.locator(`lc-message[data-id="${sent.id}"]`).elementHandle();
    assert.equal(await element?.evaluate((node, other) => node === other, after), true);
  });

  it('keeps pending messages last and in the order of sending when others come', async () => {
    host.sending = 'manual';
    for (const text of ['first', 'second', 'third']) {
      await composer().fill(text);
      await page.keyboard.press('Enter');
    }
    await host.add(message(31, 'from outside', { minute: 2 }));
    await page.locator('[data-seq="31"]').waitFor();
    assert.deepEqual((await page.locator('lc-message .text').allInnerTexts()).slice(-4), [
      'from outside',
      'first',
      'second',
      'third',
    ]);
  });

  it('says why a message was not stored, and sends it again under the same id', async () => {
    host.sending = 'fail';
    await composer().fill('no room');
    await page.keyboard.press('Enter');
    const failed = page.locator('lc-message[data-delivery=failed]');
    await failed.waitFor();
    assert.match(await failed.innerText(), /Not sent\. The disk is full\./);
    host.sending = 'store';
    const { params } = await host.heard('send');
    await failed.getByRole('button', { name: 'Retry' }).click();
    const retried = await host.heard('retry');
    assert.deepEqual(retried.params, { id: (params as { id: string }).id });
    await failed.waitFor({ state: 'detached' });
    assert.equal(await last().getAttribute('data-delivery'), 'stored');
  });

  it('takes a failed message back into the composer, in front of what stands there', async () => {
    host.sending = 'fail';
    await composer().fill('take me back');
    await page.keyboard.press('Enter');
    await page.locator('lc-message[data-delivery=failed]').waitFor();
    await composer().fill('next');
    await page.getByRole('button', { name: 'Edit again' }).click();
    await host.heard('takeBack');
    await page.locator('lc-message[data-delivery=failed]').waitFor({ state: 'detached' });
    assert.equal(await composer().inputValue(), 'take me back\nnext');
  });

  it('leaves the composer alone when a message is on its way again by the time it is taken back', async () => {
    host.sending = 'fail';
    await composer().fill('not yet');
    await page.keyboard.press('Enter');
    await page.locator('lc-message[data-delivery=failed]').waitFor();
    host.answer('takeBack', () => ({ taken: false }));
    await page.getByRole('button', { name: 'Edit again' }).click();
    await host.heard('takeBack');
    const [pending] = host.state.pending;
    assert.ok(pending);
    await host.setPending([{ ...pending, state: 'sending', fault: null }]);
    await page.locator('lc-message[data-delivery=sending]').waitFor();
    assert.equal(await composer().inputValue(), '');
  });

  it('keeps a message that the host refused, and sends it anew on Retry', async () => {
    host.answer('send', () => Promise.reject(new ChatError('ROOM_ARCHIVED')));
    await composer().fill('too late');
    await page.keyboard.press('Enter');
    const failed = page.locator('lc-message[data-delivery=failed]');
    await failed.waitFor();
    assert.match(await failed.innerText(), /This room is archived\./);
    host.answer('send', () => ({}));
    host.asked.length = 0;
    await failed.getByRole('button', { name: 'Retry' }).click();
    assert.equal(((await host.heard('send')).params as { content: string }).content, 'too late');
  });

  it('shows messages of this window that were pending before the page was there', async () => {
    await host.setPending([
      {
        id: id(900),
        content: 'from before',
        timestamp: '2026-11-23T09:20:00.000Z',
        state: 'sending',
        fault: null,
      },
    ]);
    await page.getByText('from before').waitFor();
    await host.store(id(900));
    await page.locator(`[data-id="${id(900)}"][data-delivery=stored]`).waitFor();
  });

  it('tells a lost hub in the line below, without moving anything', async () => {
    const box = await composer().boundingBox();
    await host.notify('didChangeConnection', { state: 'reconnecting', fault: null });
    await page.getByText('Reconnecting…').waitFor();
    assert.deepEqual(await composer().boundingBox(), box);
    await composer().fill('kept');
    assert.equal(await page.getByRole('button', { name: 'Send', exact: true }).isEnabled(), true);
    await host.notify('didChangeConnection', { state: 'ready', fault: null });
    await page.getByText('Reconnecting…').waitFor({ state: 'detached', timeout: 500 });
    await page.locator('lc-announcer', { hasText: 'Connected.' }).waitFor({ state: 'attached' });
  });

  it('does not call a hub that cannot be reached connected', async () => {
    await host.notify('didChangeConnection', { state: 'reconnecting', fault: null });
    await page.getByText('Reconnecting…').waitFor();
    await host.notify('didChangeConnection', { state: 'unreachable', fault: null });
    await page.getByText('Not connected.').waitFor();
    await page.waitForTimeout(500);
    assert.equal(await page.locator('lc-announcer').innerText(), '');
  });

  it('says nothing of a hub that is back before anybody could have missed it', async () => {
    const status = page.locator('lc-page .status');
    await host.notify('didChangeConnection', { state: 'reconnecting', fault: null });
    await page.waitForTimeout(700);
    assert.equal(await status.innerText(), '');
    await host.notify('didChangeConnection', { state: 'ready', fault: null });
    await page.waitForTimeout(2_000);
    assert.equal(await status.innerText(), '');
    assert.equal(await page.locator('lc-announcer').innerText(), '');
  });

  it('does not send while nothing can be stored, and keeps what was typed', async () => {
    await host.notify('didChangeConnection', {
      state: 'readonly',
      fault: { code: 'STORAGE_READONLY', params: {} },
    });
    await page.getByText('Read only. The disk cannot be written to.').waitFor();
    await composer().fill('kept');
    await page.keyboard.press('Enter');
    assert.equal(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled(), true);
    assert.equal(await composer().inputValue(), 'kept');
  });

  it('replaces the composer of an archived room by one sentence and Restore', async () => {
    await composer().fill('unsent');
    await host.notify('didChangeRoom', {
      room: { ...host.state.room, archived: true },
      label: 'general',
      here: 4,
    });
    await page.getByText('This room is archived: it can be read, not written to.').waitFor();
    assert.equal(await composer().count(), 0);
    await page.getByRole('button', { name: 'Restore' }).click();
    assert.deepEqual((await host.heard('runCommand')).params, { command: 'restoreRoom' });
    await host.notify('didChangeRoom', { room: host.state.room, label: 'general', here: 4 });
    assert.equal(await composer().inputValue(), 'unsent');
  });

  it('notices that its host is gone, says so, does not send, and asks for everything again when it is back', async () => {
    host.silent = true;
    await page.getByText('Reconnecting…').waitFor({ timeout: HEARTBEAT_LOSS });
    await composer().fill('kept');
    assert.equal(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled(), true);
    host.asked.length = 0;
    const missed = message(31, 'came meanwhile', { by: people.linus, minute: 3 });
    host.messages.push(missed);
    host.state = { ...pageState(host.messages), draft: '' };
    host.silent = false;
    await host.heard('ready');
    await page.getByText('came meanwhile').waitFor();
    await page.getByText('Reconnecting…').waitFor({ state: 'detached' });
    assert.equal(await composer().inputValue(), 'kept');
  });

  it('says why there is nothing to show, and asks again when that may pass', async () => {
    const gone = new ScriptedHost(pageState([]), []);
    let asked = 0;
    gone.answer('ready', () => {
      asked += 1;
      return Promise.reject(new ChatError(asked === 1 ? 'CONNECTION_CLOSED' : 'NO_SUCH_ROOM'));
    });
    const second = await lab.open(gone, { waits: false });
    await second.page.getByText('This room does not exist any more.').waitFor();
    assert.equal(asked, 2);
    await second.page.waitForTimeout(2_200);
    assert.equal(await second.page.locator('lc-page .status').innerText(), '');
    await second.page.getByRole('button', { name: 'Open Room…' }).click();
    assert.deepEqual((await gone.heard('runCommand')).params, { command: 'openRoom' });
    await second.close();
  });

  it('keeps what was sent to a host that was just killed, and gives it to the next one, also from a page made anew', async () => {
    host.silent = true;
    await composer().fill('typed a moment too late');
    await page.keyboard.press('Enter');
    await page.locator('lc-message[data-delivery=sending]').waitFor();

    // The tab is closed with its host; the next host makes another one.
    const next = new ScriptedHost(pageState(host.messages), host.messages);
    next.sending = 'manual';
    const anew = await lab.open(next, { beside: opened });
    const { params } = await next.heard('send');
    const { id: sent, content } = params as { id: string; content: string };
    assert.deepEqual(params, { id: sent, roomId, profileId: people.ada.id, content });
    assert.equal(content, 'typed a moment too late');
    await anew.page.locator(`lc-message[data-id="${sent}"][data-delivery=sending]`).waitFor();
    await next.store(sent);
    await anew.page.locator(`lc-message[data-id="${sent}"][data-delivery=stored]`).waitFor();
    assert.equal(await anew.page.evaluate(() => localStorage.length), 0);
    assert.deepEqual(anew.problems(), []);
    await anew.close();

    // The page itself stayed: it does not call the message failed, and gives it to its host when that is back.
    await page.getByText('Reconnecting…').waitFor({ timeout: HEARTBEAT_LOSS });
    assert.equal(await last().getAttribute('data-delivery'), 'sending');
    host.messages = next.messages;
    host.state = pageState(host.messages);
    host.silent = false;
    await page.locator(`lc-message[data-id="${sent}"][data-delivery=stored]`).waitFor();
    assert.equal(await page.getByText('typed a moment too late').count(), 1);
  });

  it('gives what its silent host did not answer for to the same host when it is back', async () => {
    host.silent = true;
    await composer().fill('still here');
    await page.keyboard.press('Enter');
    await page.getByText('Reconnecting…').waitFor({ timeout: HEARTBEAT_LOSS });
    assert.equal(await last().getAttribute('data-delivery'), 'sending');
    host.silent = false;
    const { params } = await host.heard('send');
    assert.equal((params as { content: string }).content, 'still here');
    await page.locator('lc-message[data-delivery=stored]', { hasText: 'still here' }).waitFor();
    assert.equal(await page.evaluate(() => localStorage.length), 0);
  });

  it('shows another room when the host says so', async () => {
    const other = [message(1, 'another talk')];
    const room = { ...host.state.room, id: id(2), name: 'other' };
    await host.notify('didReset', { ...pageState(other), room, label: 'other' });
    await page.getByRole('log', { name: 'Messages in #other' }).getByText('another talk').waitFor();
    assert.equal(await page.locator('lc-message').count(), 1);
    assert.deepEqual(host.saved, { roomId: id(2) });
  });
});
