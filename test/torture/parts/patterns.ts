import { plainText } from '../../../src/extension/plain-text.ts';
import { wrap } from '../../../src/cli/layout.ts';
import { jsonLine, sanitiseText } from '../../../src/cli/sanitise.ts';
import { endsInCode } from '../../../webview/markdown/fence.ts';
import { OUTPUT_LIMIT } from '../../../webview/markdown/render.ts';
import { spokenText } from '../../../webview/markdown/spoken.ts';
import { pageState } from '../../page/builders.ts';
import { PageLab } from '../../page/lab.ts';
import { ScriptedHost } from '../../page/scripted-host.ts';
import type { Course, Outcome, Part } from '../part.ts';
import { codePatterns, floor, markdownPatterns, type Pattern } from '../support/patterns.ts';
import { type Edit, editing, replacing } from '../support/variant.ts';
import { countIdleWork, RenderClock, type Rendering } from '../support/render-clock.ts';

/** Milliseconds of work for one message. */
const LIMIT = 100;
/** Patterns that the short form takes; each time others. */
const SAMPLE = 24;

const patterns = [...markdownPatterns, ...codePatterns];

/** What is done with a text outside of the page, on whose thread others wait. */
const outside: Readonly<Record<string, (text: string) => unknown>> = {
  'made harmless for a terminal': sanitiseText,
  'broken into lines of a terminal': (text) =>
    sanitiseText(text)
      .split('\n')
      .flatMap((line) => wrap(line, 80)),
  'made a line of JSON': (text) => jsonLine({ text }),
  'made a label': (text) => plainText(text),
  'searched for an open fence': endsInCode,
  'read out': (text) => spokenText(text, 300),
};

interface Measured {
  readonly pattern: Pattern;
  readonly rendering: Rendering;
}

async function inPage(
  chosen: readonly Pattern[],
  times: number,
  course: Course,
  edits: Readonly<Record<string, Edit>> = {},
): Promise<Measured[]> {
  const { plugin, check } = editing(edits);
  const lab = await PageLab.start([plugin]);
  try {
    check();
    const page = await lab.open(new ScriptedHost(pageState([]), []), {
      realTime: true,
      before: countIdleWork,
    });
    const clock = await RenderClock.of(page);
    const measured: Measured[] = [];
    for (const pattern of [floor, ...chosen]) {
      measured.push({ pattern, rendering: await clock.least(pattern, times) });
      if (measured.length % 10 === 0) course.progress(`${measured.length} patterns`);
    }
    const problems = page.problems();
    if (problems.length > 0) throw new Error(`The page complains: ${problems.join('; ')}`);
    return measured;
  } finally {
    await lab.close();
  }
}

function tooMuch(measured: readonly Measured[]): string[] {
  const violations: string[] = [];
  for (const { pattern, rendering } of measured) {
    for (const what of ['shown', 'coloured'] as const) {
      if (rendering[what] > LIMIT)
        violations.push(`${pattern.name}: ${what} in ${rendering[what].toFixed(0)} ms`);
    }
    if (rendering.markup > OUTPUT_LIMIT) violations.push(`${pattern.name}: ${rendering.markup} characters`);
  }
  return violations;
}

/** Milliseconds that this process works on it, the least of three. */
function cost(work: (text: string) => unknown, text: string): number {
  const once = (): number => {
    const { user, system } = process.cpuUsage();
    work(text);
    const spent = process.cpuUsage({ user, system });
    return (spent.user + spent.system) / 1_000;
  };
  return Math.min(once(), once(), once());
}

async function run(course: Course): Promise<Outcome> {
  const isLong = course.form === 'long';
  const chosen = isLong ? patterns : course.random.shuffle(patterns).slice(0, SAMPLE);
  const [plain, ...measured] = await inPage(chosen, isLong ? 5 : 2, course);
  if (plain === undefined || measured.length < chosen.length) throw new Error('Nothing was measured.');
  const violations = tooMuch(measured);
  const worst = (of: (measured: Measured) => number): Measured =>
    measured.reduce((most, one) => (of(one) > of(most) ? one : most));
  const shown = worst(({ rendering }) => rendering.shown);
  const coloured = worst(({ rendering }) => rendering.coloured);
  const markup = worst(({ rendering }) => rendering.markup);
  const ratio = (shown.rendering.shown / plain.rendering.shown).toFixed(1);

  const costs = Object.entries(outside).map(([what, work]) => {
    const most = chosen
      .map((pattern) => ({ pattern, milliseconds: cost(work, pattern.content) }))
      .reduce((worst, one) => (one.milliseconds > worst.milliseconds ? one : worst));
    if (most.milliseconds > LIMIT)
      violations.push(`${most.pattern.name}: ${what} in ${most.milliseconds.toFixed(0)} ms`);
    return `${what} ≤ ${most.milliseconds.toFixed(1)} ms`;
  });
  return {
    figures: [
      `${chosen.length} patterns of 16 KiB, milliseconds of the page's own thread, the least of ${isLong ? 5 : 2}`,
      `shown ≤ ${shown.rendering.shown.toFixed(0)} ms (${shown.pattern.name}), ${ratio} × plain text (${plain.rendering.shown.toFixed(1)} ms)`,
      `coloured ≤ ${coloured.rendering.coloured.toFixed(0)} ms (${coloured.pattern.name})`,
      `markup ≤ ${(markup.rendering.markup / 1024).toFixed(0)} KiB (${markup.pattern.name})`,
      `outside of the page: ${costs.join(', ')}`,
    ],
    violations,
  };
}

export const part: Part = {
  name: 'patterns',
  title: 'Texts of 16 KiB that parsers, searches, grammars and layouts are slow with, in the real page.',
  demand: 'each is shown, and its code coloured, within 100 ms; at most 512 KiB of markup',
  minutes: 2,
  run,
  planted: [
    {
      fault: 'any number of elements',
      inShortForm: false,
      run: async (course) => {
        const edits = {
          'webview/markdown/render.ts': replacing(
            'const ELEMENT_LIMIT = 2_000;',
            'const ELEMENT_LIMIT = 1e9;',
          ),
        };
        const measured = await inPage(markdownPatterns, 2, course, edits);
        return { figures: [], violations: tooMuch(measured) };
      },
    },
  ],
};
