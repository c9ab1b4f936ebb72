import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Page } from 'playwright-core';
import { pageState, pageWait } from '../../page/builders.ts';
import { type LabPage, PageLab } from '../../page/lab.ts';
import { ScriptedHost } from '../../page/scripted-host.ts';
import { wall } from '../../page/talk.ts';

describe('page: without a chat', function () {
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

  async function open(...wait: Parameters<typeof pageWait>): Promise<void> {
    const messages = wall(30);
    host = new ScriptedHost(pageState(messages), messages);
    host.wait = pageWait(...wait);
    opened = await lab.open(host);
    ({ page } = opened);
    await host.heard('ready');
  }
  const placeholders = () => page.getByRole('img', { name: 'Loading messages' });
  const status = () => page.locator('lc-page .status');
  const room = () => page.getByRole('log', { name: 'Messages in #general' });

  it('shows placeholders and how the connection is, until there is a room', async () => {
    await open('connecting');
    await placeholders().waitFor();
    await status().filter({ hasText: 'Connecting…' }).waitFor();
    await host.notify('didChangeConnection', { state: 'reconnecting', fault: null });
    await status().filter({ hasText: 'Reconnecting…' }).waitFor();
    await host.notify('didReset', host.state);
    await room().waitFor();
    assert.equal(await placeholders().count(), 0);
    assert.equal(await status().innerText(), '');
    assert.deepEqual(host.saved, { roomId: host.state.room.id });
  });

  for (const [state, sentence] of [
    ['unreachable', 'Not connected. The data directory is open to other users.'],
    ['readonly', 'Read only. The data directory is open to other users.'],
  ] as const) {
    it(`says in one sentence what stands against it (${state}), and leads to the log`, async () => {
      await open('connecting');
      const fault = { code: 'DIRECTORY_OPEN', params: { mode: '0777' } };
      await host.notify('didChangeConnection', { state, fault });
      await page.getByText(sentence).waitFor();
      assert.equal(await placeholders().count(), 0);
      await page.getByRole('button', { name: 'Show Log' }).click();
      assert.deepEqual((await host.heard('runCommand')).params, { command: 'showLog' });
      await host.notify('didChangeConnection', { state: 'connecting', fault: null });
      await placeholders().waitFor();
      await host.notify('didReset', host.state);
      await room().waitFor();
      assert.equal(await page.getByText(sentence).count(), 0);
    });
  }

  it('has the settings that changed meanwhile', async () => {
    await open('connecting');
    await host.notify('didChangeSettings', { enterSends: false, locale: 'de' });
    await host.notify('focusComposer', {});
    await host.notify('didReset', { ...host.state, settings: { enterSends: false, locale: 'de' } });
    await page.getByText('Ctrl+Enter sends').waitFor();
    assert.equal(await page.getByRole('textbox').evaluate((field) => field.matches(':focus')), true);
  });

  it('keeps what is being typed when the chat goes and comes back', async () => {
    await open('connecting');
    await host.notify('didReset', host.state);
    await page.getByRole('textbox').fill('kept');
    await host.notify('didReset', pageWait('connecting'));
    await placeholders().waitFor();
    await host.heard('saveDraft');
    await host.notify('didReset', { ...host.state, draft: 'kept' });
    assert.equal(await page.getByRole('textbox').inputValue(), 'kept');
  });
});
