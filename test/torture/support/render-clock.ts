import type { CDPSession } from 'playwright-core';
import { message, pageState } from '../../page/builders.ts';
import type { LabPage } from '../../page/lab.ts';
import type { Pattern } from './patterns.ts';

/** What one message cost its page, in milliseconds that the page's thread was at work: other programs on the machine do not count. */
export interface Rendering {
  /** From the news of the message until it is laid out. */
  readonly shown: number;
  /** Each piece of work that followed when the page was idle: the colours of code. */
  readonly coloured: number;
  /** Characters of the markup it became in the end, the buttons and colours of its code included. */
  readonly markup: number;
}

declare global {
  interface Window {
    /** Pieces of work that wait for the page to be idle, and that were done. */
    idleWork: { waiting: number; done: number };
  }
}

/** For a page that is opened with this as its first script: counts what is done when it is idle. */
export function countIdleWork(): void {
  const work = { waiting: 0, done: 0 };
  window.idleWork = work;
  const request = window.requestIdleCallback.bind(window);
  window.requestIdleCallback = (job, options) => {
    work.waiting += 1;
    return request((deadline) => {
      job(deadline);
      work.waiting -= 1;
      work.done += 1;
    }, options);
  };
}

/** Takes the time of one page of the lab. */
export class RenderClock {
  readonly #lab: LabPage;
  readonly #devtools: CDPSession;
  #seq = 0;

  private constructor(lab: LabPage, devtools: CDPSession) {
    this.#lab = lab;
    this.#devtools = devtools;
  }

  static async of(lab: LabPage): Promise<RenderClock> {
    const devtools = await lab.page.context().newCDPSession(lab.page);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    return new RenderClock(lab, devtools);
  }

  /** Shows the text as the one message of an empty room, under an id of its own so that nothing is remembered. */
  async render({ content }: Pattern): Promise<Rendering> {
    const { page, host } = this.#lab;
    await host.notify('didReset', pageState([]));
    await page.evaluate(untilEmpty);
    this.#seq += 1;
    const packet = {
      k: 'note',
      name: 'didAddMessages',
      params: { messages: [message(this.#seq, content)] },
    };
    const started = await this.#busy();
    await page.evaluate(show, { packet, seq: this.#seq });
    const shown = await this.#busy();
    const { pieces, markup } = await page.evaluate(untilIdle);
    const idle = await this.#busy();
    return { shown: shown - started, coloured: pieces === 0 ? 0 : (idle - shown) / pieces, markup };
  }

  /** The least of several: the first ones bring code to life, and rubbish of others is collected in between. */
  async least(pattern: Pattern, times: number): Promise<Rendering> {
    const all: Rendering[] = [];
    for (let time = 0; time < times; time += 1) all.push(await this.render(pattern));
    return {
      shown: Math.min(...all.map(({ shown }) => shown)),
      coloured: Math.min(...all.map(({ coloured }) => coloured)),
      markup: Math.max(...all.map(({ markup }) => markup)),
    };
  }

  /** Milliseconds that the page's thread has worked so far. */
  async #busy(): Promise<number> {
    const { metrics } = await this.#devtools.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN) * 1_000;
  }
}

/** Runs in the page. */
async function untilEmpty(): Promise<void> {
  const list = document.querySelector('lc-page')?.shadowRoot?.querySelector('lc-message-list')?.shadowRoot;
  while (list?.querySelector('lc-message') != null) await new Promise((resolve) => setTimeout(resolve, 1));
  window.idleWork.done = 0;
}

/** Runs in the page: resolves when the message is laid out. */
async function show({ packet, seq }: { packet: unknown; seq: number }): Promise<void> {
  const list = document.querySelector('lc-page')?.shadowRoot?.querySelector('lc-message-list')?.shadowRoot;
  window.dispatchEvent(new MessageEvent('message', { data: packet }));
  let text: Element | null | undefined = null;
  while (text == null) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    text = list?.querySelector(`lc-message[data-seq="${seq}"] .text`);
  }
  text.getBoundingClientRect();
  await new Promise((resolve) => requestAnimationFrame(resolve));
}

/** Runs in the page: resolves when nothing is left to do, with the number of pieces of work there were. */
async function untilIdle(): Promise<{ pieces: number; markup: number }> {
  do await new Promise((resolve) => setTimeout(resolve, 10));
  while (window.idleWork.waiting > 0);
  await new Promise((resolve) => requestAnimationFrame(resolve));
  const list = document.querySelector('lc-page')?.shadowRoot?.querySelector('lc-message-list')?.shadowRoot;
  return {
    pieces: window.idleWork.done,
    markup: list?.querySelector('lc-message .text')?.innerHTML.length ?? 0,
  };
}
