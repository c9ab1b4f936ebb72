// Takes pictures of the page with a realistic talk, for people to look at: tsx test/page/shots.ts [FOLDER] [WORD…]
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { buildDir } from '../harness/paths.ts';
import { message, pageState, pageWait, people, room } from './builders.ts';
import { type OpenOptions, PageLab } from './lab.ts';
import { ScriptedHost } from './scripted-host.ts';
import { longTalk, talk, wall } from './talk.ts';
import type { LabPage } from './lab.ts';

const folder = process.argv[2] ?? path.join(buildDir, 'shots');
const words = process.argv.slice(3);
mkdirSync(folder, { recursive: true });

const topic = 'parser rewrite · fix/utf8 is green by noon';

function talking(changes: Parameters<typeof pageState>[1] = {}): ScriptedHost {
  const messages = talk();
  return new ScriptedHost(
    pageState(messages, { room: room({ topic, lastSeq: messages.length }), unreadAfter: 10, ...changes }),
    messages,
  );
}

interface Shot {
  readonly name: string;
  readonly host: () => ScriptedHost;
  readonly options: OpenOptions;
  readonly act?: (lab: LabPage) => Promise<void>;
}

const scroller = '[role=log]';
const toTop = (lab: LabPage): Promise<void> =>
  lab.page.locator(scroller).evaluate((element) => element.scrollTo(0, 0));
const toEnd = (lab: LabPage): Promise<void> =>
  lab.page.locator(scroller).evaluate((element) => element.scrollTo(0, element.scrollHeight));

const sizes: [string, OpenOptions][] = [
  ['1400', { width: 1400, height: 900 }],
  ['700', { width: 700, height: 900 }],
  ['300', { width: 300, height: 800 }],
];

const shots: Shot[] = [];
for (const theme of ['dark', 'light', 'contrast', 'contrastLight'] as const) {
  for (const [size, options] of sizes) {
    const place = size === '300' ? 'view' : 'panel';
    shots.push({
      name: `${theme}-${size}`,
      host: () => talking({ place }),
      options: { ...options, theme },
      act: async (lab) => {
        await toEnd(lab);
        await lab.page.getByRole('textbox').fill('Yes, apply it in ');
      },
    });
    shots.push({
      name: `${theme}-${size}-top`,
      host: () => talking({ place }),
      options: { ...options, theme },
      act: async (lab) => {
        await toTop(lab);
        await lab.page.locator('lc-message').nth(3).hover();
      },
    });
  }
}
const middle: OpenOptions = { width: 700, height: 700 };
shots.push(
  { name: 'state-opened', host: () => talking(), options: middle },
  {
    name: 'state-empty',
    host: () => new ScriptedHost(pageState([]), []),
    options: middle,
  },
  {
    name: 'state-empty-wide',
    host: () => new ScriptedHost(pageState([]), []),
    options: { width: 1400, height: 700 },
  },
  {
    name: 'state-empty-narrow',
    host: () => new ScriptedHost(pageState([], { place: 'view' }), []),
    options: { width: 220, height: 500, theme: 'light' },
  },
  {
    name: 'state-loading',
    host: () => {
      const host = talking();
      host.silent = true;
      return host;
    },
    options: middle,
    act: (lab) => lab.page.waitForTimeout(400),
  },
  {
    name: 'state-connecting',
    host: () => {
      const host = talking();
      host.wait = pageWait('connecting');
      return host;
    },
    options: middle,
    act: (lab) => lab.page.waitForTimeout(2_200),
  },
  {
    name: 'state-nothing',
    host: () => {
      const host = talking();
      const fault = { code: 'DIRECTORY_OPEN', params: { mode: '0777' } };
      host.wait = pageWait('unreachable', { connection: { state: 'unreachable', fault } });
      return host;
    },
    options: { ...middle, theme: 'light' },
  },
  {
    name: 'state-history-failed',
    host: () => {
      const messages = wall(100);
      const state = pageState(messages, {}, 40);
      const history = { ...state.history, reachedEnd: false };
      const host = new ScriptedHost({ ...state, history }, messages);
      host.answer('loadHistory', () => Promise.reject(new Error('no')));
      return host;
    },
    options: middle,
    act: async (lab) => {
      await toEnd(lab);
      await lab.page.waitForTimeout(200);
      await toEnd(lab);
    },
  },
  {
    name: 'state-archived',
    host: () => talking({ room: room({ topic, archived: true, lastSeq: 17 }) }),
    options: middle,
  },
  {
    name: 'state-failed',
    host: () => {
      const host = talking();
      host.sending = 'fail';
      return host;
    },
    options: middle,
    act: async (lab) => {
      await lab.page.getByRole('textbox').fill('This one does not get through.');
      await lab.page.keyboard.press('Enter');
      lab.host.sending = 'manual';
      await lab.page
        .getByRole('textbox')
        .fill('And this one is on its way, while the window waits for the hub.');
      await lab.page.keyboard.press('Enter');
      await lab.host.notify('didChangeConnection', { state: 'reconnecting', fault: null });
      await lab.page.waitForTimeout(600);
    },
  },
  {
    name: 'state-readonly',
    host: () => talking({ connection: { state: 'readonly', fault: { code: 'STORAGE_FULL', params: {} } } }),
    options: middle,
  },
  {
    name: 'state-unreachable',
    host: () =>
      talking({
        connection: { state: 'unreachable', fault: { code: 'DIRECTORY_OPEN', params: { mode: '0777' } } },
      }),
    options: { ...middle, theme: 'light' },
  },
  {
    name: 'state-jump',
    host: () => talking(),
    options: middle,
    act: async (lab) => {
      await toTop(lab);
      await lab.host.add(
        message(30, 'Something new.', { minute: 20 }),
        message(31, 'And more.', { minute: 20.2 }),
      );
      await lab.page.waitForTimeout(200);
    },
  },
  {
    name: 'state-menu',
    host: () => talking({ place: 'view' }),
    options: { width: 300, height: 500 },
    act: (lab) => lab.page.getByRole('button', { name: 'More actions' }).click(),
  },
  {
    name: 'state-keyboard',
    host: () => talking(),
    options: middle,
    act: async (lab) => {
      await toEnd(lab);
      await lab.page.getByRole('textbox').focus();
      await lab.page.keyboard.press('Shift+Tab');
      for (let press = 0; press < 3; press++) await lab.page.keyboard.press('ArrowUp');
    },
  },
  {
    name: 'state-long-draft',
    host: () =>
      talking({ draft: Array.from({ length: 30 }, (_, line) => `draft line ${line + 1}`).join('\n') }),
    options: middle,
  },
  {
    name: 'state-too-long',
    host: () => talking({ draft: 'ü'.repeat(9000) }),
    options: { ...middle, theme: 'light' },
  },
  { name: 'state-low', host: () => talking({ place: 'view' }), options: { width: 280, height: 150 } },
  {
    name: 'long',
    host: () => {
      const messages = [...talk(), ...longTalk()];
      return new ScriptedHost(pageState(messages, { room: room({ topic }) }), messages);
    },
    options: { width: 700, height: 1300 },
  },
  {
    name: 'wall',
    host: () => {
      const messages = wall(300);
      return new ScriptedHost(pageState(messages), messages);
    },
    options: middle,
    act: (lab) => lab.page.locator('lc-message').nth(-6).hover(),
  },
  {
    name: 'direct',
    host: () => {
      const messages = [message(1, 'Just between us.', { by: people.grace })];
      return new ScriptedHost(
        pageState(messages, {
          label: '@Grace Hopper',
          room: room({ kind: 'direct', name: null }),
          place: 'view',
        }),
        messages,
      );
    },
    options: { width: 300, height: 400, theme: 'light' },
  },
);

const lab = await PageLab.start();
for (const shot of shots) {
  if (words.length > 0 && !words.some((word) => shot.name.includes(word))) continue;
  const opened = await lab.open(shot.host(), { scale: 1.5, ...shot.options });
  if (opened.host.state.place === 'view')
    await opened.page.evaluate(() =>
      document.documentElement.style.setProperty('--lab-background', 'var(--vscode-sideBar-background)'),
    );
  await shot.act?.(opened);
  await opened.page.waitForTimeout(150);
  await opened.page.screenshot({ path: path.join(folder, `${shot.name}.png`) });
  console.log(shot.name, opened.problems().join(' | '));
  await opened.close();
}
await lab.close();
