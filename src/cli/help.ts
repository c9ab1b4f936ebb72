import { padEnd, wrap } from './layout.ts';
import { type OptionSpecs, globalOptions } from './options.ts';
import { type Verb, usageLine } from './verb.ts';

/** Wide enough for every line here; help does not ask how wide the terminal is, so that it reads the same everywhere. */
const WIDTH = 100;

function optionRows(options: OptionSpecs): [string, string][] {
  return Object.entries(options).map(([name, option]) => {
    const short = option.kind === 'flag' && option.short !== undefined ? `, -${option.short}` : '';
    return [`--${name}${option.kind === 'flag' ? '' : ` ${option.value}`}${short}`, option.summary];
  });
}

function rows(pairs: readonly [string, string][]): string[] {
  const first = Math.max(...pairs.map(([left]) => left.length));
  return pairs.map(([left, right]) => `  ${padEnd(left, first)}  ${right}`);
}

/** Help of the whole program: every verb in one line. */
export function overview(verbs: readonly Verb[]): string {
  return [
    'Local Chat: one chat across the editor windows, terminals and scripts of this machine.',
    '',
    'Usage: local-chat VERB … [OPTIONS]',
    '',
    'Verbs',
    ...rows(verbs.map((verb): [string, string] => [usageLine(verb), verb.summary])),
    '',
    'Options of every verb',
    ...rows(optionRows(globalOptions)),
    '',
    'ROOM is general, #general, or @Ada for the direct messages with Ada.',
    'Exit codes: 0 done, 1 failed, 2 wrong usage. LOCAL_CHAT_LOG=debug writes a log to standard error.',
    '"local-chat help VERB" says more about one verb.',
    '',
  ].join('\n');
}

/** Help of one verb, or of the verbs of a group. */
export function verbHelp(verbs: readonly Verb[]): string {
  return verbs.map(describe).join('\n');
}

function describe(verb: Verb): string {
  const options = optionRows(verb.options);
  return [
    `Usage: local-chat ${usageLine(verb)}`,
    '',
    `${verb.summary}.`,
    ...verb.notes.flatMap((note) => ['', ...wrap(note, WIDTH)]),
    ...(options.length > 0 ? ['', 'Options', ...rows(options)] : []),
    '',
  ].join('\n');
}
