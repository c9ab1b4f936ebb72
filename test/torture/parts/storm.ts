import { violations } from '../../integration/support/history.ts';
import { describeStorm, storm, type StormOptions } from '../../integration/support/storm.ts';
import type { Course, Outcome, Part } from '../part.ts';
import { buildVariant, replacing } from '../support/variant.ts';

async function weather({ seed }: Course, options: Omit<StormOptions, 'seed'> = {}): Promise<Outcome> {
  const result = await storm({ seed, ...options });
  return {
    figures: describeStorm(result),
    violations: [...result.stuck, ...violations(result.observation)],
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
  demand: 'nothing acknowledged is lost, moved or there twice',
  minutes: 10,
  run: (course) => weather(course),
  planted: [
    {
      fault: 'a fence that always holds',
      inShortForm: false,
      run: async (course) => {
        const bundle = await buildVariant({ edits: { 'src/hub/fence.ts': fenceThatAlwaysHolds } });
        return weather(course, { bundle });
      },
    },
  ],
};
