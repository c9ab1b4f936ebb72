import type { Course, Outcome, Part } from '../part.ts';
import { runOn, template } from '../support/disk-errors.ts';
import { type Call, CALLS, FailingFiles, type Injection } from '../support/failing-files.ts';
import { injectedRuns } from '../support/injected-runs.ts';

const NTH = 20;
const SHORT_FORM_RUNS = 12;

/** Every kind of call, every fault, every place; once, and from there on. */
function allInjections(): Injection[] {
  const injections: Injection[] = [];
  for (const call of CALLS) {
    for (const fault of faultsOf(call)) {
      for (let nth = 1; nth <= NTH; nth += 1) injections.push({ call, fault, nth, goesOn: nth % 2 === 0 });
    }
  }
  return injections;
}

function faultsOf(call: Call): Injection['fault'][] {
  return call === 'write' ? ['EIO', 'ENOSPC', 'EMFILE', 'short'] : ['EIO', 'ENOSPC', 'EMFILE'];
}

async function inProcess(
  course: Course,
  makeFiles: (injection: Injection) => FailingFiles = (injection) => new FailingFiles(injection),
): Promise<Outcome> {
  const all = course.random.shuffle(allInjections());
  const injections = course.form === 'long' ? all : all.slice(0, SHORT_FORM_RUNS);
  const found: string[] = [];
  let met = 0;
  let acked = 0;
  let refused = 0;
  const from = await template();
  try {
    for (const [index, injection] of injections.entries()) {
      if (index % 40 === 39) course.progress(`${index + 1} of ${injections.length} faults`);
      const files = makeFiles(injection);
      const result = await runOn(files, from);
      if (files.hit) met += 1;
      acked += result.acked;
      refused += result.refused;
      const { call, fault, nth, goesOn } = injection;
      const what = `${fault} at ${call} ${nth}${goesOn ? ' and after' : ''}`;
      found.push(...result.violations.map((text) => `${what}: ${text}`));
    }
  } finally {
    await from.hubs.dispose();
  }
  return {
    figures: [
      `${injections.length} faults at the calls of the store, ${met} of them met; ${acked} acknowledgements, ${refused} times refused or without a hub`,
    ],
    violations: found,
  };
}

/** Says that all was written when half of it was. */
class LyingFiles extends FailingFiles {
  override write(...call: Parameters<FailingFiles['write']>): number {
    super.write(...call);
    return call[3];
  }
}

export const part: Part = {
  name: 'disk-errors',
  title: 'Each call to the disk fails, or does half of it, the first to the twentieth time it is made.',
  demand: 'nothing acknowledged is lost; a file of which a write or sync failed is never touched again',
  minutes: 6,
  run: async (course) => {
    const outcomes = [await inProcess(course), await injectedRuns(course)];
    return {
      figures: outcomes.flatMap(({ figures }) => figures),
      violations: outcomes.flatMap(({ violations }) => violations),
    };
  },
  planted: [
    {
      fault: 'writes that come out short are not noticed',
      inShortForm: true,
      run: (course) =>
        inProcess(
          { ...course, form: 'short' },
          ({ nth }) =>
            // The second of a life is the first line of its log.
            new LyingFiles({ call: 'write', fault: 'short', nth: 2 * Math.ceil(nth / 10), goesOn: true }),
        ),
    },
  ],
};
