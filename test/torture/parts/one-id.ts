import { Chat } from '../../integration/support/chat.ts';
import type { Course, Outcome, Part } from '../part.ts';
import { SameIds } from '../support/one-id.ts';
import { type Edit, replacing } from '../support/variant.ts';
import { wokenHub } from '../support/woken-hub.ts';

async function sameIds(course: Course, bundle?: string): Promise<Outcome> {
  const [rounds, idsEach] = course.form === 'long' ? [50, 20] : [3, 20];
  const chat = new Chat(bundle === undefined ? {} : { bundle });
  try {
    const ids = new SameIds(chat, course);
    await ids.start();
    for (let round = 1; round <= rounds; round += 1) {
      await ids.round(idsEach);
      if (round % 25 === 0 || rounds < 25) course.progress(`${round} of ${rounds} rounds`);
      if (round !== Math.ceil(rounds / 2)) continue;
      await ids.compact();
      await ids.round(1);
    }
    const wrong = await ids.judge();
    return {
      figures: [
        `${ids.ids} ids from 8 processes over ${ids.takeovers} takeovers: ${ids.acked} acknowledgements, ${ids.conflicts} times CONFLICT`,
      ],
      violations: wrong,
    };
  } finally {
    await chat.close();
  }
}

/** A message that is known is acknowledged the moment it is found to be, whatever becomes of the group that made it known. */
const duplicatesAtOnce: Edit = (source) =>
  [
    replacing(
      'return { ok: decision.acknowledgement };',
      'return { ok: decision.acknowledgement, known: true } as Outcome;',
    ),
    replacing(
      'settled.push({ waiting, outcome: this.#stage(group, waiting.proposal) });',
      `const outcome = this.#stage(group, waiting.proposal);
        if ('known' in outcome && 'ok' in outcome) waiting.answer.resolve(outcome.ok);
        settled.push({ waiting, outcome });`,
    ),
    replacing('this.#host.onFenced();\n', 'await nextTurn();\n        this.#host.onFenced();\n'),
  ].reduce((text, edit) => edit(text), source);

export const part: Part = {
  name: 'one-id',
  title:
    'The same ids from eight processes at once, and other words under these ids, while one hub after the other is killed.',
  demand:
    'exactly one message for each id, all acknowledgements of it agree, and other words or authors get CONFLICT every time',
  minutes: 4,
  run: async (course) => {
    const [same, woken] = await Promise.all([sameIds(course), wokenHub()]);
    return {
      figures: [...same.figures, 'a hub that woke up told nobody of what only its own log has'],
      violations: [...same.violations, ...woken],
    };
  },
  planted: [
    {
      fault: 'duplicates are acknowledged without the fence',
      inShortForm: true,
      run: async () => ({
        figures: [],
        violations: await wokenHub({ 'src/hub/commit-loop.ts': duplicatesAtOnce }),
      }),
    },
  ],
};
