import { chmodSync, copyFileSync, cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../harness/paths.ts';
import { builtCli, Chat } from '../../integration/support/chat.ts';
import { until } from '../../integration/support/until.ts';
import type { Course, Outcome, Part } from '../part.ts';
import { listing } from '../support/listing.ts';
import {
  AS_STRANGER,
  privateFolder,
  publicFolder,
  type Refusal,
  refusals,
  STRANGER,
} from '../support/refusals.ts';
import { isLinuxRoot, works } from '../support/tools.ts';
import { buildVariant, replacing } from '../support/variant.ts';

/** What people and scripts say; some only read. */
const VERBS: readonly (readonly string[])[] = [
  ['send', 'general', 'let me in'],
  ['status'],
  ['read', 'general'],
  ['tail'],
  ['rooms'],
  ['who'],
  ['pipe'],
  ['room', 'create', 'mine'],
  ['profile', 'create', 'Stranger'],
];

/** A copy that everybody may run. */
function forEverybody(bundle: string): string {
  const folder = publicFolder();
  const dist = path.join(folder, 'dist');
  mkdirSync(dist);
  copyFileSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  for (const name of ['local-chat.cjs', 'hub.cjs', 'sql-wasm.wasm'])
    copyFileSync(path.join(path.dirname(bundle), name), path.join(dist, name));
  chmodSync(dist, 0o755);
  return path.join(dist, 'local-chat.cjs');
}

/** What is wrong with the way one verb is refused. */
async function refused(refusal: Refusal, words: readonly string[], bundle: string): Promise<string[]> {
  const { who, code, dir, watched, asStranger = false } = refusal;
  const home = privateFolder(asStranger ? STRANGER : 0);
  // Also the place for temporary files: the one of the tests is root's.
  const env = { HOME: home, TMPDIR: home, XDG_STATE_HOME: home };
  const chat = new Chat({ dir, bundle, env, through: asStranger ? AS_STRANGER : [] });
  const before = listing(watched);
  const ended = await chat.run(words, { cwd: '/', timeout: 30_000 }).catch(() => null);
  await chat.close();
  // Who is let in by `tail` or `pipe` stays.
  if (ended === null) return [`${who}, ${words.join(' ')}: not refused within 30 s`];
  const found: string[] = [];
  if (ended.code !== 1) found.push(`exit code ${String(ended.code)}`);
  if (ended.errorCode !== code) found.push(`${String(ended.errorCode)} in place of ${code}`);
  if (!/^local-chat: .{20,} \([A-Z_]+\)\n$/.test(ended.stderr))
    found.push(`no one sentence: ${ended.stderr}`);
  if (ended.stdout !== '') found.push(`printed: ${ended.stdout}`);
  const after = new Set(listing(watched));
  const changed = before.filter((line) => !after.has(line));
  if (changed.length > 0 || after.size !== before.length)
    found.push(`something was written: ${changed[0] ?? [...after].join(', ')}`);
  return found.map((what) => `${who}, ${words.join(' ')}: ${what}`);
}

async function turnsAway(course: Course, built: string): Promise<Outcome> {
  const bundle = forEverybody(built);
  const verbs = course.form === 'long' ? VERBS : [course.random.pick(VERBS)];
  const chat = new Chat({ dir: privateFolder(), bundle });
  await chat.ok(['send', 'general', 'private']);
  const original = privateFolder();
  cpSync(chat.dir, original, { recursive: true });
  chat.spawn(['tail']);
  try {
    await until('a hub', () => chat.hub());
    const hub = (await chat.ok(['status', '--json'])).json[0]?.['pid'];
    const all = refusals(chat.dir, original);
    const violations: string[] = [];
    for (const words of verbs) {
      course.progress(words.join(' '));
      const found = await Promise.all(all.map((refusal) => refused(refusal, words, bundle)));
      violations.push(...found.flat());
    }
    if (chat.hub()?.pid !== hub) violations.push('the chat that was running does not run any more');
    const figure = `${all.length} refusals × ${verbs.length} verbs: a sentence, a code and exit code 1 each time, and no file, directory or time changed`;
    return { figures: [figure], violations };
  } finally {
    await chat.close();
  }
}

export const part: Part = {
  name: 'strangers',
  title:
    'Another user, root in a user’s directory, links, files and open or foreign directories, and a claim of another host.',
  demand: 'each is refused with a sentence and a code, and nothing is written',
  minutes: 1,
  missing: () => {
    if (!isLinuxRoot()) return 'root on Linux, to be another user';
    return works(...AS_STRANGER, 'true') ? null : 'setpriv';
  },
  run: (course) => turnsAway(course, builtCli),
  planted: [
    {
      fault: 'a directory of whoever it may be',
      inShortForm: false,
      run: async (course) => {
        const edit = replacing('if (target.uid !== user) throw', 'if (target.uid === -1) throw');
        return turnsAway(
          { ...course, form: 'short' },
          await buildVariant({ edits: { 'src/rendezvous/directory.ts': edit } }),
        );
      },
    },
    {
      fault: 'a claim of another host taken for one of this',
      inShortForm: false,
      run: async (course) => {
        const edit = replacing('if (claim.hostId !== hostId)', "if (claim.hostId === '')");
        return turnsAway(
          { ...course, form: 'short' },
          await buildVariant({ edits: { 'src/client/find-hub.ts': edit } }),
        );
      },
    },
  ],
};
