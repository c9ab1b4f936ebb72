import { violations } from '../../integration/support/history.ts';
import { percentile } from '../support/percentile.ts';
import type { Course, Outcome, Part } from '../part.ts';
import { HandOvers } from '../support/hand-overs.ts';
import { buildVariant, replacing, type VariantOptions } from '../support/variant.ts';
import { WINDOW_PROGRAM } from '../support/window.ts';

const ROUNDS = { short: { polite: 6, raced: 2 }, long: { polite: 100, raced: 30 } } as const;

async function endAndComeBack(course: Course, edits: VariantOptions['edits'] = {}): Promise<Outcome> {
  const { polite, raced } = ROUNDS[course.form];
  const bundle = await buildVariant({ programs: [WINDOW_PROGRAM], edits });
  const world = new HandOvers(bundle, course.random);
  try {
    await world.start();
    for (let round = 1; round <= polite; round += 1) {
      await world.handOver();
      if (round % 10 === 0) course.progress(`${round} of ${polite} hand-overs`);
    }
    for (let round = 1; round <= raced; round += 1) {
      await world.racedHandOver();
      if (round % 10 === 0) course.progress(`${round} of ${raced} hand-overs with a kill`);
    }
    const observation = await world.observe();
    const line = (what: string, values: readonly number[]): string =>
      `${what}: p50 ${percentile(values, 0.5).toFixed(0)} ms, p95 ${percentile(values, 0.95).toFixed(0)} ms, longest ${Math.max(...values).toFixed(0)} ms`;
    return {
      figures: [
        `${polite} hand-overs, and ${raced} with a kill; ${observation.acked.length} messages acknowledged`,
        line(
          'longest time to an acknowledgement over a hand-over',
          world.times.map(({ change }) => change),
        ),
        line(
          'the same in 0.2 s before each',
          world.times.map(({ quiet }) => quiet),
        ),
        line(
          'until the process that held the hub had ended',
          world.times.map(({ exit }) => exit),
        ),
      ],
      violations: [...world.violations, ...violations(observation)],
    };
  } finally {
    await world.close();
  }
}

export const part: Part = {
  name: 'hand-over',
  title:
    'The process that holds the hub is ended politely, again and again, while five programs write and read.',
  demand:
    'nobody is told of a loss of connection, one process claims, nothing is lost or there twice; a kill at any moment changes nothing',
  minutes: 5,
  run: (course) => endAndComeBack(course),
  planted: [
    {
      fault: 'a fence that always holds',
      inShortForm: false,
      run: (course) =>
        endAndComeBack(
          { ...course, form: 'short' },
          {
            // With time for the other to begin, however slow the machine is just now.
            'src/hub/hand-over.ts': replacing('1_500;', '6_000;'),
            'src/client/hub-host.ts': replacing('2_000;', '7_000;'),
            'src/hub/fence.ts': replacing(
              '): FenceReading {',
              "): FenceReading {\n  if (epoch > 0) return 'ours';",
            ),
          },
        ),
    },
    {
      fault: 'windows that tell of every change of hub',
      inShortForm: false,
      run: (course) =>
        endAndComeBack(
          { ...course, form: 'short' },
          {
            'src/client/awaited-hub.ts': replacing(
              'if (this.#isAwaited) {',
              'if (this.#isAwaited && false) {',
            ),
          },
        ),
    },
  ],
};
