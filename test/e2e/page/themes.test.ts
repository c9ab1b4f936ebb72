import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Page } from 'playwright-core';
import { pageState, room } from '../../page/builders.ts';
import { PageLab } from '../../page/lab.ts';
import { ScriptedHost } from '../../page/scripted-host.ts';
import { longTalk, talk } from '../../page/talk.ts';
import { type ThemeName, themes } from '../../page/themes.ts';

interface Faint {
  readonly text: string;
  readonly ratio: number;
  readonly colours: string;
}

/** Texts whose colour stands off what is behind them by less than 4.5:1, as painted. */
async function faintTexts(page: Page): Promise<readonly Faint[]> {
  return page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    if (canvas === null) throw new Error('no canvas');
    type Colour = [number, number, number, number];
    const parse = (colour: string): Colour => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0, alpha = 0] = canvas.getImageData(0, 0, 1, 1).data;
      return [red, green, blue, alpha / 255];
    };
    const over = ([r, g, b, a]: Colour, [R, G, B]: Colour): Colour => [
      r * a + R * (1 - a),
      g * a + G * (1 - a),
      b * a + B * (1 - a),
      1,
    ];
    const light = ([r, g, b]: Colour): number => {
      const [x = 0, y = 0, z = 0] = [r, g, b].map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const parentOf = (element: Element): Element | null =>
      element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as ShadowRoot).host ?? null;
    const behind = (element: Element): Colour => {
      const layers: Colour[] = [];
      for (let at: Element | null = element; at !== null; at = parentOf(at)) {
        layers.push(parse(getComputedStyle(at).backgroundColor));
      }
      return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255, 1] as Colour);
    };
    const all: Element[] = [];
    const gather = (root: ParentNode): void => {
      for (const element of root.querySelectorAll('*')) {
        all.push(element);
        if (element.shadowRoot !== null) gather(element.shadowRoot);
      }
    };
    gather(document);
    const faint = [];
    for (const element of all) {
      const text = [...element.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE)
        .map((node) => node.textContent)
        .join('')
        .trim();
      if (text === '' || ['SCRIPT', 'STYLE', 'TITLE'].includes(element.tagName) || !element.checkVisibility())
        continue;
      const back = behind(element);
      const { color } = getComputedStyle(element);
      const front = over(parse(color), back);
      const [low = 0, high = 0] = [light(front), light(back)].sort((a, b) => a - b);
      const ratio = (high + 0.05) / (low + 0.05);
      if (ratio < 4.5)
        faint.push({ text: text.slice(0, 30), ratio, colours: `${color} on ${back.join(' ')}` });
    }
    return faint;
  });
}

describe('page: themes, sizes and motion', function () {
  this.timeout(60_000);
  let lab: PageLab;
  before(async () => {
    lab = await PageLab.start();
  });
  after(() => lab.close());

  const messages = [...talk(), ...longTalk()];
  const state = () =>
    pageState(messages, { room: room({ topic: 'topic', lastSeq: messages.length }), unreadAfter: 10 });

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`is readable in ${theme}: every text stands off its ground by 4.5:1`, async () => {
      const host = new ScriptedHost(state(), messages);
      host.sending = 'fail';
      const opened = await lab.open(host, { theme });
      await opened.page.getByRole('textbox').fill('fails');
      await opened.page.keyboard.press('Enter');
      await opened.page.locator('lc-message[data-delivery=failed]').waitFor();
      await opened.page.getByRole('textbox').fill('typed');
      await opened.page.locator('.hljs-keyword').first().waitFor();
      assert.deepEqual(await faintTexts(opened.page), []);
      assert.deepEqual(opened.problems(), []);
      await opened.close();
    });
  }

  for (const [width, size] of [
    [220, 13],
    [300, 13],
    [700, 26],
    [1400, 13],
  ] as const) {
    it(`never scrolls sideways at ${width} px with text of ${size} px`, async () => {
      const opened = await lab.open(new ScriptedHost(state(), messages), { width });
      const { page } = opened;
      await page.evaluate(
        (px) => document.documentElement.style.setProperty('--vscode-font-size', `${px}px`),
        size,
      );
      const wide = await page.evaluate(() => {
        const root = document.querySelector('lc-page')?.shadowRoot;
        const log = root?.querySelector('lc-message-list')?.shadowRoot?.querySelector('.scroller');
        const found: string[] = [];
        const limit = document.documentElement.clientWidth;
        for (const element of log?.querySelectorAll('lc-message, .text, .head, .card, .line') ?? []) {
          const { left, right } = element.getBoundingClientRect();
          if (left < 0 || right > limit + 0.5)
            found.push(`${element.className || element.localName} ${left} ${right}`);
        }
        if ((log?.scrollWidth ?? 0) > (log?.clientWidth ?? 0)) found.push('the list');
        if (document.documentElement.scrollWidth > limit) found.push('the page');
        for (const name of ['lc-header', 'lc-composer']) {
          const send = root?.querySelector(name)?.shadowRoot?.querySelector('.send, lc-menu');
          const { right } = send?.getBoundingClientRect() ?? { right: Infinity };
          if (right > limit) found.push(`${name} ends at ${right}`);
        }
        return found;
      });
      assert.deepEqual(wide, []);
      await opened.close();
    });
  }

  for (const width of [300, 700, 1400]) {
    it(`hangs lines, avatars and the composer on the same edges at ${width} px`, async () => {
      const opened = await lab.open(new ScriptedHost(state(), messages), { width });
      const edges = await opened.page.evaluate(() => {
        const page = document.querySelector('lc-page')?.shadowRoot;
        const list = page?.querySelector('lc-message-list')?.shadowRoot;
        const composer = page?.querySelector('lc-composer')?.shadowRoot;
        const box = (element: Element | null | undefined) => element?.getBoundingClientRect();
        const field = box(composer?.querySelector('.field'));
        const line = box(list?.querySelector('.line'));
        const avatar = box(list?.querySelector('.avatar'));
        const space = window.innerWidth - (field?.right ?? 0);
        return { left: [field?.left, line?.left, avatar?.left], right: [field?.right, line?.right], space };
      });
      assert.equal(new Set(edges.left).size, 1, `left: ${edges.left.join(', ')}`);
      assert.equal(new Set(edges.right).size, 1, `right: ${edges.right.join(', ')}`);
      assert.equal(edges.space, edges.left[0], 'not in the middle');
      await opened.close();
    });
  }

  it('can still be read and written in a view of 130 px', async () => {
    const opened = await lab.open(new ScriptedHost(state(), messages), { width: 280, height: 130 });
    const { page, host } = opened;
    await page.getByRole('textbox').fill('one\ntwo\nthree\nfour');
    assert.ok(((await page.getByRole('log').boundingBox())?.height ?? 0) > 20);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await host.heard('send');
    await opened.close();
  });

  it('moves nothing, with reduced motion or without', async () => {
    const opened = await lab.open(new ScriptedHost(state(), messages), { reducedMotion: true });
    const running = await opened.page.evaluate(() =>
      document
        .getAnimations()
        .map((animation) => Number(animation.effect?.getComputedTiming().duration ?? 0))
        .filter((duration) => duration > 1),
    );
    assert.deepEqual(running, []);
    await opened.close();
  });
});
