import { violations } from '../../integration/support/history.ts';
import type { Course, Outcome, Part } from '../part.ts';
import { describeStorm, shortcomings } from '../support/storm/figures.ts';
import { STORMS, type StormSize } from '../support/storm/plan.ts';
import { storm } from '../support/storm/storm.ts';
import { buildVariant, replacing } from '../support/variant.ts';

async function weather(course: Course, size: StormSize, bundle?: string): Promise<Outcome> {
  const { seed } = course;
  const result = await storm({
    seed,
    size,
    progress: (text) => course.progress(text),
    ...(bundle === undefined ? {} : { bundle }),
  });
  return {
    figures: describeStorm(result),
    violations: [
      ...result.stuck,
      ...violations(result.observation),
      ...(size === STORMS.long ? shortcomings(result) : []),
    ],
  };
}

const fenceThatAlwaysHolds = replacing(
  '): FenceReading {',
  "): FenceReading {\n  if (epoch > 0) return 'ours';",
);

export const part: Part = {
  name: 'storm',
  title:
    'Eight programs write and follow while they are killed and stopped, most often the one that holds the hub.',
  demand:
    '500 faults, 50,000 acks: none lost, moved or there twice; first ack after a kill p95 ≤ 1 s, after a stop p95 ≤ 8 s',
  minutes: 9,
  run: (course) => weather(course, STORMS[course.form]),
  planted: [
    {
      fault: 'a fence that always holds',
      inShortForm: false,
      run: async (course) => {
        const bundle = await buildVariant({ edits: { 'src/hub/fence.ts': fenceThatAlwaysHolds } });
        return weather(course, STORMS.sleepers, bundle);
      },
    },
  ],
};
