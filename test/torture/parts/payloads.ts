import type { Course, Outcome, Part } from '../part.ts';
import { makeLabels } from '../support/editor-labels.ts';
import { type PageTotals, showInPage } from '../support/hostile-page.ts';
import { payloads, sets, wrappings } from '../support/payloads/sets.ts';
import { showInWindow } from '../support/editor-window.ts';
import { missingForTerminal, showOnTerminal } from '../support/terminal-screen.ts';
import { type Edit, replacing } from '../support/variant.ts';

/** Payloads that the short form shows; each time others. */
const SAMPLE = 60;
/** Rooms in the window of the real editor, in the long form. */
const ROOMS = 50;

function inWrappings(chosen: readonly string[]): string[] {
  return chosen.flatMap((payload) => wrappings.map((wrap) => wrap(payload)));
}

async function onTerminal(chosen: readonly string[], isLong: boolean): Promise<Outcome> {
  const missing = missingForTerminal();
  if (missing !== null) return { figures: [`on a terminal: skipped: needs ${missing}`], violations: [] };
  const sizes = isLong ? { topics: 60, folders: 12, faults: 20 } : { topics: 1, folders: 1, faults: 1 };
  const shown = await showOnTerminal(chosen, sizes);
  return {
    figures: [
      `on a terminal: ${shown.messages} messages, ${shown.topics} rooms, ${shown.folders} folders and ${shown.faults} faults in ${shown.characters} characters`,
    ],
    violations: shown.violations.map((text) => `terminal: ${text}`),
  };
}

async function inWindow(course: Course): Promise<Outcome> {
  const shown = await showInWindow(course.random.shuffle(payloads).slice(0, ROOMS));
  return {
    figures: [`in a window of the editor: ${shown.rooms} rooms, looked at in ${shown.places} places`],
    violations: shown.violations.map((text) => `window: ${text}`),
  };
}

async function run(course: Course): Promise<Outcome> {
  const isLong = course.form === 'long';
  const chosen = isLong ? payloads : course.random.shuffle(payloads).slice(0, SAMPLE);
  const page = await showInPage(inWrappings(chosen), chosen, course);
  course.progress('labels of the editor');
  const labels = await makeLabels(chosen);
  course.progress('a terminal');
  const terminal = await onTerminal(chosen, isLong);
  if (isLong) course.progress('a window of the editor');
  const window = isLong ? await inWindow(course) : { figures: [], violations: [] };
  const count = [...labels.counts.values()].reduce((sum, each) => sum + each, 0);
  return {
    figures: [
      `${chosen.length} payloads (of ${Object.entries(sets)
        .map(([name, set]) => `${name} ${set.length}`)
        .join(', ')}) × ${wrappings.length} wrappings`,
      ...describe(page),
      `labels of the editor: ${count} texts in ${[...labels.counts.keys()].join(', ')}`,
      ...terminal.figures,
      ...window.figures,
    ],
    violations: [page, labels, terminal, window].flatMap(({ violations }) => violations),
  };
}

function describe(page: PageTotals): string[] {
  return [
    `page: ${page.renderings} messages of ${page.elements} elements and ${page.links} links, ${page.opened} of them clicked, ${page.topics} topics`,
    `${page.requests} requests`,
  ];
}

/** Only the page: what is broken is in it. */
async function broken(course: Course, edits: Readonly<Record<string, Edit>>): Promise<Outcome> {
  const chosen = course.random.shuffle(payloads).slice(0, SAMPLE);
  const page = await showInPage(inWrappings(chosen), [], course, edits);
  return { figures: describe(page), violations: page.violations };
}

export const part: Part = {
  name: 'payloads',
  title:
    'Payloads against sanitisers, naughty strings and our own, as messages in the real page, in labels of the editor and on a terminal.',
  demand:
    '0 executions, 0 requests, 0 forbidden links, nothing outside of its message, no sign, link or control',
  minutes: 3,
  run,
  planted: [
    {
      fault: 'markup of a message is let through, and not cleaned',
      inShortForm: true,
      run: (course) =>
        broken(course, {
          'webview/markdown/render.ts': replacing('html: false', 'html: true'),
          'webview/markdown/sanitize.ts': replacing(
            'return purifier.sanitize(markup, MARKDOWN);',
            'return markup;',
          ),
        }),
    },
    {
      fault: 'links to anything',
      inShortForm: false,
      run: (course) =>
        broken(course, {
          'webview/markdown/links.ts': replacing(
            'PROTOCOLS.includes(url.protocol) ?',
            'PROTOCOLS.length > 0 ?',
          ),
        }),
    },
  ],
};
