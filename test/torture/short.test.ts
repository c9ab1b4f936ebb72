import assert from 'node:assert/strict';
import { freshSeed } from '../integration/support/random.ts';
import type { Outcome } from './part.ts';
import { allParts, newCourse } from './parts.ts';

const parts = await allParts();

describe('torture, in its short form', () => {
  for (const part of parts) {
    it(`${part.name}: ${part.demand}`, async function () {
      const missing = part.missing?.() ?? null;
      if (missing !== null) {
        console.log(`    skipped: needs ${missing}`);
        this.skip();
      }
      const outcome = await printed(part.run);
      assert.deepEqual(outcome.violations, []);
    });

    for (const { fault, run } of (part.planted ?? []).filter(({ inShortForm }) => inShortForm)) {
      it(`${part.name} finds this fault: ${fault}`, async function () {
        if ((part.missing?.() ?? null) !== null) this.skip();
        const { violations } = await run(newCourse('short', freshSeed(), () => undefined));
        assert.notDeepEqual(violations, [], 'The check is content with a broken product.');
      });
    }
  }
});

async function printed(run: (typeof parts)[number]['run']): Promise<Outcome> {
  const seed = freshSeed();
  console.log(`    seed ${seed}`);
  const outcome = await run(newCourse('short', seed, () => undefined));
  for (const figure of outcome.figures) console.log(`    ${figure}`);
  return outcome;
}
