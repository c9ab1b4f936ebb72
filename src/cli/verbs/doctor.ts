import { describeFinding } from '../../client/finding-words.ts';
import type { Examination, Finding, FindingLevel } from '../../model/findings.ts';
import { isSound } from '../../model/findings.ts';
import { padEnd } from '../layout.ts';
import { type Output, type Style, styleOf } from '../output.ts';
import { sanitiseLine } from '../sanitise.ts';
import { defineVerb } from '../verb.ts';

/** Columns of the words on the left. */
const LEVEL = 7;
const ABOUT = 10;

/** SGR colours of the levels. */
const COLOURS: Readonly<Record<FindingLevel, number>> = { ok: 32, note: 33, problem: 31 };

function rows(finding: Finding, style: Style): string[] {
  const { about, text, advice } = describeFinding(finding);
  const level = style.colour(COLOURS[finding.level], padEnd(finding.level, LEVEL));
  const code = finding.level === 'problem' ? ` (${finding.code})` : '';
  const indent = ' '.repeat(LEVEL + ABOUT + 4);
  return [
    `${level}  ${style.dim(padEnd(about, ABOUT))}  ${sanitiseLine(text)}${code}`,
    ...(advice === undefined ? [] : [`${indent}${sanitiseLine(advice)}`]),
  ];
}

function summary({ findings }: Examination): string {
  const problems = findings.filter(({ level }) => level === 'problem').length;
  if (problems === 0) return 'No problem was found.';
  return problems === 1 ? '1 problem was found.' : `${problems} problems were found.`;
}

async function print(out: Output, examination: Examination): Promise<void> {
  const style = styleOf(out);
  const lines = examination.findings.flatMap((finding) => rows(finding, style));
  await out.write([...lines, '', style.bold(summary(examination)), ''].join('\n'));
}

export const doctor = defineVerb({
  name: 'doctor',
  summary: 'Examine the directory of the chat, also a damaged one, and say what to do',
  operands: [],
  options: {
    adopt: {
      kind: 'flag',
      summary: 'Take over a directory that another machine led; only when nobody there uses it',
    },
  },
  notes: [
    'It only looks: nothing is written, no hub is started, and none is disturbed. It tells sizes, numbers and names of files, never what anybody wrote.',
    'Exit code 0: no problem. 1: there is one, and the line below it says what to do.',
    'A directory that was copied or moved from another machine still says that the other one leads. With --adopt this machine begins the next epoch there, if nobody answers and nothing changes for three seconds. Whether the other machine still lives cannot be seen for sure, least of all on a network folder: end its windows and terminals first, or what is written there from then on is refused, or lost.',
  ],
  run: async (call, { adopt = false }) => {
    const examination = await call.examine(adopt);
    const ok = isSound(examination);
    const { directory, findings } = examination;
    if (call.json) {
      const flat = findings.map(({ code, level, params }) => ({ code, level, ...params }));
      await call.out.json({ type: 'doctor', ok, directory, findings: flat });
    } else {
      await print(call.out, examination);
    }
    return ok ? 0 : 1;
  },
});
