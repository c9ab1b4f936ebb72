import { figure, type Exploration, explore } from '../model/explorer.ts';
import { type Planted, planted } from '../model/planted.ts';
import { protocolModel } from '../model/protocol.ts';
import { shortWorld, type TriedWorld, longWorlds } from '../model/worlds.ts';
import type { Course, Outcome, Part, PlantedFault } from '../part.ts';

/** Every world of this form, and every planted variant: how many steps it takes to refute it. */
function check(course: Course): Outcome {
  const worlds = course.form === 'long' ? longWorlds : [shortWorld];
  const visits = worlds.map((world) => visit(course, world));
  const refutations = planted.map(refute);
  return {
    figures: [
      ...visits.flatMap(({ figures }) => figures),
      `refuted, in so many steps: ${refutations.flatMap(({ figures }) => figures).join(', ')}`,
    ],
    violations: [
      ...visits.flatMap(({ violations }) => violations),
      ...planted
        .filter((_, index) => refutations[index]?.violations.length === 0)
        .map(({ fault }) => `not refuted: ${fault}`),
    ],
  };
}

/** The rules of the product, in one world. */
function visit(course: Course, { title, bounds, states }: TriedWorld): Outcome {
  const found = explore(protocolModel(bounds), {
    progress: (text) => course.progress(`${title}: ${text}`),
  });
  const { counterexample, complete, depth, seconds } = found;
  const violations = counterexample === null ? [] : [asText(found)];
  if (counterexample === null && !complete) violations.push(`${title}: not everything was visited`);
  // Fewer mean that the model has lost a step, and says less than it seems to.
  if (counterexample === null && found.states < states)
    violations.push(`${title}: only ${figure(found.states)} states, where there were ${figure(states)}`);
  const size = `${figure(found.states)} states, all that there are, up to ${depth} steps deep`;
  return { figures: [`${title}: ${size}, ${seconds.toFixed(0)} s`], violations };
}

function refute({ fault, bounds, rules }: Planted): Outcome {
  const found = explore(protocolModel(bounds, rules));
  const steps = found.counterexample?.trace.length ?? 0;
  return {
    figures: [`${fault} ${steps}`],
    violations: found.counterexample === null ? [] : [asText(found)],
  };
}

function asText({ counterexample }: Exploration): string {
  if (counterexample === null) return '';
  const { trace, violation } = counterexample;
  const lines = trace.map((step, index) => `${String(index + 1).padStart(6)}  ${step}`);
  return [`${violation}, in ${trace.length} steps:`, ...lines].join('\n');
}

function plantedFault(variant: Planted): PlantedFault {
  return {
    fault: variant.fault,
    inShortForm: true,
    run: (course) => {
      const outcome = refute(variant);
      for (const text of outcome.violations) course.progress(text);
      return Promise.resolve(outcome);
    },
  };
}

export const part: Part = {
  name: 'model',
  title:
    'Every state is visited that hubs can get into which claim, fence, publish, acknowledge, fail and tidy up on one directory.',
  demand:
    'at least a million states without a violation, and each planted variant of the protocol refuted by a shortest trace',
  minutes: 6,
  run: (course) => Promise.resolve(check(course)),
  planted: planted.map(plantedFault),
};
