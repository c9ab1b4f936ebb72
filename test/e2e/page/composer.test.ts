import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { after, before, describe, it } from 'mocha';
import type { Page } from 'playwright-core';
import { deferred } from '../../../src/common/deferred.ts';
import { id, pageState, people, roomId } from '../../page/builders.ts';
import { type LabPage, PageLab } from '../../page/lab.ts';
import { ScriptedHost } from '../../page/scripted-host.ts';
import { wall } from '../../page/talk.ts';

describe('page: composer', function () {
  this.timeout(60_000);
  let lab: PageLab;
  let opened: LabPage;
  let page: Page;
  let host: ScriptedHost;

  before(async () => {
    lab = await PageLab.start();
  });
  after(() => lab.close());
  afterEach(async () => {
    assert.deepEqual(opened.problems(), []);
    await opened.close();
  });

  async function open(changes: Parameters<typeof pageState>[1] = {}): Promise<void> {
    const messages = wall(30);
    host = new ScriptedHost(pageState(messages, changes), messages);
    opened = await lab.open(host, { height: 600 });
    ({ page } = opened);
  }
  const composer = () => page.getByRole('textbox', { name: 'Message #general' });
  const draftOf = (content: string) => ({ roomId, profileId: people.ada.id, content });
  const same = isDeepStrictEqual;
  const waitForText = (text: string) =>
    page.waitForFunction((wanted) => {
      const shadow = document.querySelector('lc-page')?.shadowRoot?.querySelector('lc-composer')?.shadowRoot;
      return shadow?.querySelector('textarea')?.value === wanted;
    }, text);
  const send = () => page.getByRole('button', { name: 'Send', exact: true });
  const sent = () =>
    host.asked
      .filter(({ name }) => name === 'send')
      .map(({ params }) => (params as { content: string }).content);

  it('sends with Enter and breaks the line with Shift+Enter', async () => {
    await open();
    await composer().pressSequentially('one');
    await page.keyboard.press('Shift+Enter');
    await composer().pressSequentially('two');
    await page.keyboard.press('Enter');
    await host.heard('send');
    assert.deepEqual(sent(), ['one\ntwo']);
    assert.equal(await composer().inputValue(), '');
    assert.equal(await composer().evaluate((element) => element.matches(':focus')), true);
  });

  it('breaks the line with Enter in a code block that is not closed', async () => {
    await open();
    await composer().fill('```ts');
    await page.keyboard.press('Enter');
    await page.keyboard.type('const a = 1;');
    await page.keyboard.press('Enter');
    await page.keyboard.type('```');
    assert.equal(await composer().inputValue(), '```ts\nconst a = 1;\n```');
    await page.keyboard.press('Enter');
    const { params } = await host.heard('send');
    assert.equal((params as { content: string }).content, '```ts\nconst a = 1;\n```');
  });

  it('is turned round by the setting, at once', async () => {
    await open({ settings: { enterSends: false, locale: 'en' } });
    await composer().pressSequentially('one');
    await page.keyboard.press('Enter');
    await composer().pressSequentially('two');
    await page.keyboard.press('Control+Enter');
    await host.heard('send');
    assert.deepEqual(sent(), ['one\ntwo']);
    await host.notify('didChangeSettings', { enterSends: true, locale: 'en' });
    await page.getByText('Enter sends', { exact: true }).waitFor();
    await composer().pressSequentially('three');
    await page.keyboard.press('Enter');
    await host.heard('send', (params) => (params as { content: string }).content === 'three');
  });

  it('does not send the Enter that ends a composition of an input method', async () => {
    await open();
    await composer().focus();
    const session = await page.context().newCDPSession(page);
    await session.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 3, selectionEnd: 3 });
    await session.send('Input.dispatchKeyEvent', {
      type: 'rawKeyDown',
      key: 'Enter',
      code: 'Enter',
      windowsVirtualKeyCode: 13,
    });
    await session.send('Input.insertText', { text: '日本' });
    assert.equal(await composer().inputValue(), '日本');
    assert.deepEqual(sent(), []);
    await page.keyboard.press('Enter');
    await host.heard('send');
    assert.deepEqual(sent(), ['日本']);
  });

  it('sends with the button, and nothing that is empty', async () => {
    await open();
    assert.equal(await send().isDisabled(), true);
    await composer().fill(' \n\t ');
    assert.equal(await send().isDisabled(), true);
    await page.keyboard.press('Enter');
    await composer().fill('now');
    await send().click();
    await host.heard('send');
    assert.deepEqual(sent(), ['now']);
  });

  it('grows with its text to a third of the page', async () => {
    await open();
    const height = async (): Promise<number> => (await composer().boundingBox())?.height ?? 0;
    const one = await height();
    await composer().fill('1\n2\n3');
    const three = await height();
    assert.ok(three > one + 35 && three < one + 50, `${one} to ${three}`);
    await composer().fill(Array.from({ length: 60 }, (_, line) => String(line)).join('\n'));
    const sixty = await height();
    assert.ok(sixty <= 600 * 0.34, `${sixty}`);
    await composer().fill('');
    assert.equal(await height(), one);
  });

  it('says how many bytes are too many, before sending', async () => {
    await open();
    await composer().fill('ü'.repeat(8000));
    await page.getByText('16,000 of 16,384 bytes').waitFor();
    assert.equal(await send().isEnabled(), true);
    await composer().fill('ü'.repeat(8193));
    await page.getByText('Too long: 16,386 of 16,384 bytes').waitFor();
    assert.equal(await send().isDisabled(), true);
    await page.keyboard.press('Enter');
    assert.equal((await composer().inputValue()).length, 8193);
  });

  it('speaks once of a text that becomes too long, not at each key', async () => {
    await open();
    await page.locator('lc-announcer').evaluate((announcer) => {
      const region = announcer.shadowRoot?.querySelector('[aria-live]');
      Object.assign(window, { said: [] });
      new MutationObserver(() => {
        const text = region?.textContent ?? '';
        if (text !== '') (window as unknown as { said: string[] }).said.push(text);
      }).observe(region as Element, { childList: true, characterData: true, subtree: true });
    });
    await composer().fill('x'.repeat(16_384));
    await composer().press('End');
    await composer().pressSequentially('yz!');
    await page.getByText('Too long: 16,387 of 16,384 bytes').waitFor();
    await page.waitForTimeout(300);
    const said = () => page.evaluate(() => (window as unknown as { said: string[] }).said);
    assert.deepEqual(await said(), ['Too long: 16,385 of 16,384 bytes']);
    assert.equal(await page.getByRole('alert').count(), 0);
  });

  it('hands a draft over a moment after a key, and takes one from another window', async () => {
    await open({ draft: 'begun' });
    assert.equal(await composer().inputValue(), 'begun');
    await composer().press('End');
    await composer().pressSequentially(' here');
    await host.heard('saveDraft', (params) => same(params, draftOf('begun here')));
    await host.notify('didChangeDraft', { content: 'begun there' });
    await waitForText('begun there');
  });

  it('does not let another window overwrite what is being typed', async () => {
    await open();
    await composer().pressSequentially('mine');
    await host.notify('didChangeDraft', { content: 'theirs' });
    await host.heard('saveDraft', (params) => same(params, draftOf('mine')));
    assert.equal(await composer().inputValue(), 'mine');
  });

  it('hands over a draft that is too long for a message', async () => {
    await open();
    await composer().fill('ü'.repeat(8193));
    await host.heard('saveDraft', (params) => same(params, draftOf('ü'.repeat(8193))));
  });

  it('hands a draft over to its own room when the host shows another', async () => {
    await open();
    await composer().fill('here');
    const other = { ...host.state.room, id: id(2), name: 'other' };
    await host.notify('didReset', { ...pageState([]), room: other, label: 'other', draft: 'there' });
    await host.heard('saveDraft', (params) => same(params, draftOf('here')));
    assert.equal(await page.getByRole('textbox', { name: 'Message #other' }).inputValue(), 'there');
  });

  it('does not save the draft of a message that was sent, and takes one from another window after it', async () => {
    await open();
    await composer().pressSequentially('gone');
    await page.keyboard.press('Enter');
    await host.heard('send');
    host.asked.length = 0;
    await composer().pressSequentially('next');
    await host.heard('saveDraft', (params) => same(params, draftOf('next')));
    assert.ok(!host.asked.some(({ params }) => same(params, draftOf('gone'))));
    // Sent while the draft is still being saved.
    const held = deferred<object>();
    host.answer('saveDraft', () => held.promise);
    host.asked.length = 0;
    await composer().pressSequentially(' one');
    await host.heard('saveDraft');
    await page.keyboard.press('Enter');
    held.resolve({});
    await host.heard('send');
    await host.notify('didChangeDraft', { content: 'from another window' });
    await waitForText('from another window');
  });

  it('puts the selection into a code block, and Undo takes it out again', async () => {
    await open();
    await composer().fill('see\nlet x;\nok');
    await composer().evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(4, 10));
    await page.getByRole('button', { name: 'Code block' }).click();
    assert.equal(await composer().inputValue(), 'see\n```\nlet x;\n```\nok');
    await page.keyboard.press('Control+z');
    assert.equal(await composer().inputValue(), 'see\nlet x;\nok');
  });

  it('takes the focus when the host asks for it', async () => {
    await open();
    await host.notify('focusComposer', {});
    await page.waitForFunction(() => {
      const shadow = document.querySelector('lc-page')?.shadowRoot?.querySelector('lc-composer')?.shadowRoot;
      return shadow?.activeElement?.tagName === 'TEXTAREA';
    });
  });
});
