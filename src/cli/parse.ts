import { parseArgs } from 'node:util';
import { assertNever } from '../common/assert-never.ts';
import { ChatError } from '../model/errors.ts';
import { directReference, namesNothing } from './find-room.ts';
import { truncate } from './layout.ts';
import {
  type GlobalValues,
  type OptionSpec,
  type OptionSpecs,
  type OptionValue,
  type OptionValues,
  globalOptions,
} from './options.ts';
import { type Operand, type Verb, usageLine } from './verb.ts';

/** What the words on the command line ask for. */
export type Invocation =
  | { readonly ask: 'help'; readonly verbs: readonly Verb[]; readonly global: GlobalValues }
  | { readonly ask: 'version'; readonly global: GlobalValues }
  | {
      readonly ask: 'run';
      readonly verb: Verb;
      readonly operands: readonly string[];
      readonly values: OptionValues;
      readonly global: GlobalValues;
    };

/** Wrong words, and the verb they were meant for, if one was named. */
export class UsageError extends ChatError {
  readonly verb: Verb | null;
  readonly #detail: string;

  constructor(detail: string, verb: Verb | null = null) {
    super('USAGE', { detail });
    this.verb = verb;
    this.#detail = detail;
  }

  /** The same about the words of `verb`. */
  of(verb: Verb): UsageError {
    return new UsageError(this.#detail, verb);
  }
}

/** Longer than any name, topic or path; beyond it a word would not fit into what is sent to the hub. */
const WORD_LENGTH = 4_096;

interface GivenOption {
  readonly raw: string;
  readonly name: string;
  readonly value: string | undefined;
}

/**
 * Reads the command line against a table of verbs. Options may stand anywhere; after `--` every word is an operand.
 * Throws {@link UsageError}.
 */
export function parseCommandLine(argv: readonly string[], verbs: readonly Verb[]): Invocation {
  const { words, given } = split(argv, verbs);
  const global = readValues(
    given.filter(({ name }) => Object.hasOwn(globalOptions, name)),
    globalOptions,
    null,
  ) as GlobalValues;

  const wantsHelp = words[0] === 'help';
  const asked = wantsHelp ? words.slice(1) : words;
  if (global.version === true) return { ask: 'version', global };
  if (wantsHelp || global.help === true) return { ask: 'help', verbs: verbsFor(asked, verbs), global };

  const [stray] = given.filter(({ name }) => !isKnown(name, verbs));
  if (asked.length === 0 && stray !== undefined) throw unknownOption(stray, null);
  const { verb, operands } = findVerb(asked, verbs);
  const values = readValues(
    given.filter(({ name }) => !Object.hasOwn(globalOptions, name)),
    verb.options,
    verb,
  );
  checkOperands(operands, verb);
  return { ask: 'run', verb, operands, values, global };
}

/**
 * Node's parser cuts the words apart; whether an option is known and its value fits is decided here, so that a mistake is
 * answered with our own sentence. It has to know the options of all verbs, since the verb may come after them.
 */
function split(
  argv: readonly string[],
  verbs: readonly Verb[],
): { words: readonly string[]; given: readonly GivenOption[] } {
  const known: Record<string, { type: 'boolean' | 'string'; short?: string }> = {};
  for (const specs of [globalOptions, ...verbs.map((verb) => verb.options)] as OptionSpecs[]) {
    for (const [name, spec] of Object.entries(specs)) {
      known[name] = {
        type: spec.kind === 'flag' ? 'boolean' : 'string',
        ...(spec.kind === 'flag' && spec.short !== undefined ? { short: spec.short } : {}),
      };
    }
  }
  const { tokens } = parseArgs({
    args: [...argv],
    options: known,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words: string[] = [];
  const given: GivenOption[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind === 'option') given.push({ raw: token.rawName, name: token.name, value: token.value });
  }
  return { words, given };
}

function findVerb(
  words: readonly string[],
  verbs: readonly Verb[],
): { verb: Verb; operands: readonly string[] } {
  const [first, second] = words;
  if (first === undefined) throw new UsageError('Say what to do.');
  const single = verbs.find(({ name }) => name === first);
  if (single !== undefined) return { verb: single, operands: words.slice(1) };
  const group = verbs.filter(({ name }) => name.startsWith(`${first} `));
  if (group.length === 0) throw new UsageError(`There is no verb "${shortened(first)}".`);
  const member = group.find(({ name }) => name === `${first} ${second ?? ''}`);
  if (member !== undefined) return { verb: member, operands: words.slice(2) };
  const choices = group.map(({ name }) => name.slice(first.length + 1)).join(', ');
  throw new UsageError(`"${first}" needs one of: ${choices}.`);
}

/** The verbs that help is wanted for; all of them when none is named. */
function verbsFor(words: readonly string[], verbs: readonly Verb[]): readonly Verb[] {
  const [first, second] = words;
  if (first === undefined) return verbs;
  const group = verbs.filter(({ name }) => name === first || name.startsWith(`${first} `));
  if (group.length === 0) throw new UsageError(`There is no verb "${shortened(first)}".`);
  const member = group.find(({ name }) => name === `${first} ${second ?? ''}`);
  return member === undefined ? group : [member];
}

function checkOperands(operands: readonly string[], verb: Verb): void {
  const missing = verb.operands.find(({ required }, index) => required && index >= operands.length);
  if (missing !== undefined) throw new UsageError(`"${verb.name}" needs ${missing.name}.`, verb);
  const tooLong = verb.operands.find(
    ({ isMessage }, index) => isMessage !== true && (operands[index] ?? '').length > WORD_LENGTH,
  );
  if (tooLong !== undefined) throw new UsageError(`${tooLong.name} is too long.`, verb);
  const blank = verb.operands.find(({ refersTo }, index) => isBlank(operands[index], refersTo));
  if (blank !== undefined) throw new UsageError(`${blank.name} is empty.`, verb);
  const extra = operands[verb.operands.length];
  if (extra === undefined) return;
  const hint = verb.operands.some(({ name }) => name === 'TEXT')
    ? ' Put a text of several words in quotes.'
    : '';
  throw new UsageError(`"${verb.name}" does not take "${shortened(extra)}".${hint}`, verb);
}

/** Whether a word names nothing: `''`, `'#'`, `'@'`, `'@Ada,'`. */
function isBlank(word: string | undefined, refersTo: Operand['refersTo']): boolean {
  if (word === undefined || refersTo === undefined) return false;
  return namesNothing(refersTo === 'room' ? word : directReference(word));
}

function readValues(given: readonly GivenOption[], specs: OptionSpecs, verb: Verb | null): OptionValues {
  const values: Record<string, OptionValue> = {};
  for (const option of given) {
    const spec = Object.hasOwn(specs, option.name) ? specs[option.name] : undefined;
    if (spec === undefined) throw unknownOption(option, verb);
    values[option.name] = readValue(option, spec, verb);
  }
  return values;
}

function isKnown(option: string, verbs: readonly Verb[]): boolean {
  return [globalOptions, ...verbs.map(({ options }) => options)].some((specs) =>
    Object.hasOwn(specs, option),
  );
}

function unknownOption({ raw }: GivenOption, verb: Verb | null): UsageError {
  const hint = raw.startsWith('--') ? '' : ' A text that starts with "-" comes after "--".';
  const subject = verb === null ? 'Local Chat does' : `"${verb.name}" does`;
  return new UsageError(`${subject} not have the option ${shortened(raw)}.${hint}`, verb);
}

function readValue({ raw, value }: GivenOption, spec: OptionSpec, verb: Verb | null): OptionValue {
  if (spec.kind === 'flag') {
    if (value !== undefined) throw new UsageError(`${raw} takes no value.`, verb);
    return true;
  }
  if (value === undefined) throw new UsageError(`${raw} needs a value: ${raw} ${spec.value}.`, verb);
  if (value.length > WORD_LENGTH) throw new UsageError(`The value of ${raw} is too long.`, verb);
  switch (spec.kind) {
    case 'text':
      if (spec.notBlank === true && value.trim() === '')
        throw new UsageError(`The value of ${raw} is empty.`, verb);
      return value;
    case 'number': {
      const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
      if (Number.isSafeInteger(number) && number >= spec.min) return number;
      throw new UsageError(
        `${raw} needs a whole number from ${spec.min} on, not "${shortened(value)}".`,
        verb,
      );
    }
    case 'choice':
      if (spec.of.includes(value)) return value;
      throw new UsageError(`${raw} is one of ${spec.of.join(', ')}, not "${shortened(value)}".`, verb);
    default:
      return assertNever(spec);
  }
}

/** A wrong word can be of any length; the sentence about it must not be. */
function shortened(word: string): string {
  return truncate(word, 60);
}

/** The usage that goes below a {@link UsageError}. */
export function usageHint(verb: Verb | null): string {
  return verb === null
    ? 'Usage: local-chat VERB … (see "local-chat --help")'
    : `Usage: local-chat ${usageLine(verb)} (see "local-chat help ${verb.name}")`;
}
