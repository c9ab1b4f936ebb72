import { message, pageState, people, room } from '../../page/builders.ts';
import { type LabPage, PageLab } from '../../page/lab.ts';
import { ScriptedHost } from '../../page/scripted-host.ts';
import { limits } from '../../../src/model/limits.ts';
import type { Course } from '../part.ts';
import { inspectMessages, reportExecution } from './inspect-messages.ts';
import { type Edit, editing } from './variant.ts';

/** Messages that are on the page at a time. */
const BATCH = 120;

export interface PageTotals {
  renderings: number;
  elements: number;
  links: number;
  /** Links that the page asked its host to open. */
  opened: number;
  topics: number;
  requests: number;
  readonly violations: string[];
}

/** The real page, with messages that others wrote in bad faith. */
export async function showInPage(
  texts: readonly string[],
  topics: readonly string[],
  course: Course,
  edits: Readonly<Record<string, Edit>> = {},
): Promise<PageTotals> {
  const totals: PageTotals = {
    renderings: 0,
    elements: 0,
    links: 0,
    opened: 0,
    topics: 0,
    requests: 0,
    violations: [],
  };
  const { plugin, check } = editing(edits);
  const lab = await PageLab.start([plugin]);
  try {
    check();
    const host = new ScriptedHost(pageState([]), []);
    const opened = await lab.open(host, { before: reportExecution });
    watch(opened, totals);
    await showMessages(opened, texts, totals, course);
    await showTopics(opened, topics, totals);
    totals.violations.push(...opened.problems());
    for (const { name, params } of host.asked) {
      if (name !== 'openLink') continue;
      totals.opened += 1;
      const { href } = params as { href: string };
      if (!/^(https?|mailto):/.test(href)) totals.violations.push(`The host was asked to open ${href}`);
    }
  } finally {
    await lab.close();
  }
  return totals;
}

/** From here on the page has all it needs: whatever it asks the network for, it asks for on behalf of a message. */
function watch({ page }: LabPage, totals: PageTotals): void {
  const context = page.context();
  context.on('request', (request) => {
    totals.requests += 1;
    totals.violations.push(`request: ${request.method()} ${request.url().slice(0, 200)}`);
  });
  context.on('page', () => totals.violations.push('A window was opened.'));
  page.on('frameattached', (frame) => totals.violations.push(`A frame was added: ${frame.url()}`));
  page.on('framenavigated', (frame) => totals.violations.push(`A document was left for ${frame.url()}`));
  page.on('dialog', (dialog) => {
    totals.violations.push(`A dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('download', (download) => totals.violations.push(`A download: ${download.url()}`));
  page.on('websocket', (socket) => totals.violations.push(`A socket: ${socket.url()}`));
  page.on('worker', (worker) => totals.violations.push(`A worker: ${worker.url()}`));
}

async function showMessages(
  { page, host }: LabPage,
  texts: readonly string[],
  totals: PageTotals,
  course: Course,
): Promise<void> {
  for (let from = 0; from < texts.length; from += BATCH) {
    const batch = texts.slice(from, from + BATCH);
    await host.notify('didReset', pageState([]));
    const messages = batch.map((text, index) => message(from + index + 1, text, { by: people.linus }));
    await host.notify('didAddMessages', { messages });
    await page.locator(`lc-message[data-seq="${from + batch.length}"] .text`).waitFor({ state: 'attached' });
    // The colours of code come when the page is idle.
    await page.evaluate(
      () => new Promise((resolve) => requestIdleCallback(() => setTimeout(resolve, 50), { timeout: 1_000 })),
    );
    const found = await page.evaluate(inspectMessages);
    totals.renderings += found.messages;
    totals.elements += found.elements;
    totals.links += found.links;
    totals.violations.push(...found.bad);
    if (found.messages !== batch.length)
      totals.violations.push(`${found.messages} messages are shown of ${batch.length}.`);
    course.progress(`${from + batch.length} of ${texts.length} messages`);
  }
}

/** A topic is shown as the text it is. */
async function showTopics(
  { page, host }: LabPage,
  topics: readonly string[],
  totals: PageTotals,
): Promise<void> {
  for (const text of topics) {
    const topic = [...text.trim()].slice(0, limits.topicLength).join('');
    if (topic === '') continue;
    await host.notify('didChangeRoom', { room: room({ topic }), label: 'general', here: 1 });
    const shown = await page.evaluate(() => {
      const header = document.querySelector('lc-page')?.shadowRoot?.querySelector('lc-header');
      const element = (header?.shadowRoot ?? header)?.querySelector('.topic');
      return { text: element?.textContent ?? null, children: element?.childElementCount ?? -1 };
    });
    totals.topics += 1;
    // Its first line only.
    if (shown.text !== topic.split('\n', 1)[0] || shown.children !== 0)
      totals.violations.push(`The topic ${JSON.stringify(topic)} is shown as ${JSON.stringify(shown)}`);
  }
}
