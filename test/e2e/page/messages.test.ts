import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Page } from 'playwright-core';
import { id, message, pageState, people, roomId } from '../../page/builders.ts';
import { type LabPage, PageLab } from '../../page/lab.ts';
import { ScriptedHost } from '../../page/scripted-host.ts';
import { longTalk, talk } from '../../page/talk.ts';

describe('page: messages', function () {
  this.timeout(60_000);
  let lab: PageLab;
  let opened: LabPage;
  let page: Page;
  let host: ScriptedHost;
  const messages = [...talk(), ...longTalk()];

  before(async () => {
    lab = await PageLab.start();
    host = new ScriptedHost(pageState(messages), messages);
    opened = await lab.open(host);
    ({ page } = opened);
  });
  beforeEach(() => {
    host.asked.length = 0;
  });
  after(async () => {
    assert.deepEqual(opened.problems(), []);
    await opened.close();
    await lab.close();
  });

  const at = (seq: number) => page.locator(`lc-message[data-seq="${seq}"]`);
  const focused = () =>
    page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return element?.getAttribute('data-seq') ?? element?.getAttribute('aria-label') ?? element?.tagName;
    });

  it('is a log of articles, named as the room', async () => {
    const log = page.getByRole('log', { name: 'Messages in #general' });
    assert.equal(await log.getByRole('article').count(), messages.length);
    assert.match(
      (await at(11).getAttribute('aria-label')) ?? '',
      /^make test, script, 09:08: api: 1 of 214 failed, exit 1, 38 s suite passed failed lexer 88 1/,
    );
  });

  it('names a message by its words, cut, and by how far it got', async () => {
    const name = (seq: number) => at(seq).getAttribute('aria-label');
    assert.equal(await name(10), 'Grace Hopper, 09:06: Three. I tried to share it and it got worse.');
    const long = (await name(12)) ?? '';
    assert.ok(long.length > 300 && long.length < 350, `${long.length} characters`);
    assert.ok(long.endsWith('…'));
    const timestamp = '2026-11-23T09:20:00.000Z';
    const one = { id: id(901), content: 'on its `way`', timestamp, state: 'sending', fault: null } as const;
    const fault = { code: 'STORAGE_FULL', params: {} };
    await host.setPending([one, { ...one, id: id(902), content: 'not sent', state: 'failed', fault }]);
    await page.getByRole('article', { name: 'Ada Lovelace, 09:20: on its way (Sending)' }).waitFor();
    await page
      .getByRole('article', { name: 'Ada Lovelace, 09:20: not sent (Not sent. The disk is full.)' })
      .waitFor();
    await host.setPending([]);
    await page.locator('[data-delivery=sending]').waitFor({ state: 'detached' });
  });

  it('opens the menu with its button and closes it with the same', async () => {
    const button = page.getByRole('button', { name: 'More actions' });
    const menu = page.getByRole('menu', { name: 'More actions' });
    await button.click();
    await menu.waitFor();
    await page.locator('lc-menu [aria-expanded=true]').waitFor();
    await page.getByRole('menuitem', { name: 'Open Room…' }).and(page.locator(':focus')).waitFor();
    await button.click();
    await menu.waitFor({ state: 'hidden' });
    await page.locator('lc-menu [aria-expanded=false]').waitFor();
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Open Room…' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'More actions' }).and(page.locator(':focus')).waitFor();
  });

  it('groups messages of one author and draws a line per day', async () => {
    assert.equal(await at(6).locator('.avatar').count(), 1);
    assert.equal(await at(7).locator('.avatar').count(), 0);
    assert.equal(await at(7).locator('.side time').isVisible(), false);
    await at(7).hover();
    assert.equal(await at(7).locator('.side time').isVisible(), true);
    assert.deepEqual(await page.locator('.line').allInnerTexts(), ['Yesterday', 'Today']);
  });

  it('shows the tools over a message without moving its text', async () => {
    await page.mouse.move(0, 0);
    const before = await at(4).locator('.text').boundingBox();
    const toolbar = at(4).getByRole('toolbar');
    const opacity = () => toolbar.evaluate((element) => getComputedStyle(element).opacity);
    assert.equal(await opacity(), '0');
    await at(4).hover();
    assert.equal(await opacity(), '1');
    assert.deepEqual(await at(4).locator('.text').boundingBox(), before);
    await toolbar.getByRole('button', { name: 'Copy text' }).click();
    assert.deepEqual((await host.heard('copyText')).params, { text: messages[3]?.content });
    await toolbar.getByRole('button', { name: 'Copy link' }).click();
    assert.deepEqual((await host.heard('copyLink')).params, { roomId, messageId: messages[3]?.id });
  });

  it('copies a code block, highlights it and folds it beyond 14 lines', async () => {
    const short = at(5).locator('lc-code-block');
    await short.locator('.hljs-keyword').first().waitFor();
    assert.equal(await short.locator('.card-foot').count(), 0);
    await short.getByRole('button', { name: 'Copy code' }).click();
    const { text } = (await host.heard('copyText')).params as { text: string };
    assert.equal(text, messages[4]?.content.replace(/^```ts\n/, '').replace(/\n```$/, ''));

    const long = at(12).locator('lc-code-block');
    const unfold = long.getByRole('button', { name: 'Show 9 more lines' });
    await unfold.scrollIntoViewIfNeeded();
    // Colouring gives the code its final height, in the cards above as well.
    await long.locator('[class^=hljs]').first().waitFor();
    const folded = await long.boundingBox();
    await unfold.click();
    await long.getByRole('button', { name: 'Show less' }).waitFor();
    const unfolded = await long.boundingBox();
    assert.ok((unfolded?.height ?? 0) > (folded?.height ?? 0) + 100);
    assert.ok(Math.abs((unfolded?.y ?? 0) - (folded?.y ?? 0)) < 1, 'the card moved while it was unfolded');
  });

  it('asks the host to open a link, and goes nowhere itself', async () => {
    const address = page.url();
    await at(1).getByRole('link').click();
    assert.deepEqual((await host.heard('openLink')).params, {
      href: 'https://example.org/local-chat/pull/214',
    });
    host.asked.length = 0;
    await at(17).getByRole('link', { name: 'spec' }).click({ button: 'middle' });
    await host.heard('openLink');
    assert.equal(page.url(), address);
    assert.equal(page.context().pages().length, 1);
  });

  it('moves through messages, their actions and back to the composer by the keyboard', async () => {
    await page.getByRole('textbox').focus();
    await at(16).evaluate((element) => element.focus());
    await page.keyboard.press('ArrowUp');
    assert.equal(await focused(), '15');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(), '17');
    await page.keyboard.press('Home');
    assert.equal(await focused(), '1');
    assert.equal(await at(1).isVisible(), true);
    await page.keyboard.press('End');
    assert.equal(await focused(), String(messages.length));
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    assert.equal(await focused(), 'Copy text');
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(), 'Copy link');
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(), 'Copy text');
    await page.keyboard.press('Enter');
    await host.heard('copyText');
    await page.keyboard.press('Escape');
    assert.equal(await focused(), '1');
    await page.keyboard.press('Escape');
    assert.equal(await focused(), 'Message #general');
  });

  it('has one stop of the Tab key in the list, and the links of that message', async () => {
    const stops = () =>
      page.getByRole('log').evaluate((log) => {
        const all = [...log.querySelectorAll<HTMLElement>('*')].filter((element) => element.tabIndex >= 0);
        return [...new Set(all.map((element) => element.closest('lc-message')?.getAttribute('data-seq')))];
      });
    await at(1).evaluate((element) => element.focus());
    await page.waitForFunction(
      () =>
        document
          .querySelector('lc-page')
          ?.shadowRoot?.querySelector('lc-message-list')
          ?.shadowRoot?.querySelector('[data-seq="1"] .text a')
          ?.getAttribute('tabindex') === '0',
    );
    assert.deepEqual(await stops(), ['1']);
  });

  it('announces what others write, and not the history it loads', async () => {
    const spoken = page.locator('lc-announcer .only-spoken[aria-live=polite]');
    await host.add(message(50, 'Hello **there**', { by: people.grace, minute: 18 }));
    await spoken.filter({ hasText: 'Grace Hopper: Hello there' }).waitFor({ state: 'attached' });
    await host.add(message(51, 'What I typed', { by: people.ada, minute: 18 }));
    await host.add(message(52, 'by my agent', { by: people.ada, kind: 'agent', minute: 18 }));
    await spoken.filter({ hasText: 'Ada Lovelace: by my agent' }).waitFor({ state: 'attached' });
  });

  it('speaks two equal sentences in a row, and that something was copied', async () => {
    const log = page.locator('lc-announcer').evaluate(
      (announcer) =>
        new Promise<string[]>((resolve) => {
          const region = announcer.shadowRoot?.querySelector('[aria-live]');
          const said: string[] = [];
          new MutationObserver(() => {
            said.push(region?.textContent ?? '');
            if (said.filter((text) => text === 'Copied').length === 2) resolve(said);
          }).observe(region as Element, { childList: true, characterData: true, subtree: true });
        }),
    );
    await at(4).hover();
    await at(4).getByRole('button', { name: 'Copy text' }).click();
    await page.locator('lc-announcer', { hasText: 'Copied' }).waitFor({ state: 'attached' });
    await at(5).getByRole('button', { name: 'Copy code' }).click();
    assert.deepEqual((await log).slice(-3), ['Copied', '', 'Copied']);
  });

  it('lets text be selected over several messages', async () => {
    await at(1).scrollIntoViewIfNeeded();
    const from = await at(1).locator('.text').boundingBox();
    const to = await at(3).locator('.text').boundingBox();
    assert.ok(from !== null && to !== null);
    await page.mouse.move(from.x + 2, from.y + 10);
    await page.mouse.down();
    await page.mouse.move(to.x + 60, to.y + 10, { steps: 5 });
    await page.mouse.up();
    const copied = await page.evaluate(() => {
      const root = document
        .querySelector('lc-page')
        ?.shadowRoot?.querySelector('lc-message-list')?.shadowRoot;
      const scoped = root as unknown as { getSelection?(): Selection | null } | null | undefined;
      return String(scoped?.getSelection?.() ?? document.getSelection());
    });
    assert.match(copied, /parser branch is up[\s\S]*after the stand-up[\s\S]*The lexer/);
  });

  it('changes names and colours everywhere when a profile changes', async () => {
    const profiles = Object.values(people).map((profile) =>
      profile.id === people.grace.id ? { ...profile, name: 'Grace H', colour: 'olive' as const } : profile,
    );
    await host.notify('didChangeProfiles', { profiles });
    await at(4).locator('.name').getByText('Grace H', { exact: true }).waitFor();
    await at(4).locator('.avatar[data-colour=olive]').waitFor();
    await host.notify('didChangeProfiles', { profiles: Object.values(people) });
  });
});
