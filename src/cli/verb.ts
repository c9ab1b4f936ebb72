import type { Client } from '../client/api.ts';
import type { Examination } from '../model/findings.ts';
import type { Input } from './input.ts';
import type { OptionSpecs, OptionValues, Values } from './options.ts';
import type { Output } from './output.ts';

/** 0: done. 1: it failed. 2: the words on the command line were wrong. */
export type ExitCode = 0 | 1 | 2;

/** One word a verb takes. `form` is how the usage line shows it, if not as `NAME` or `[NAME]`. */
export interface Operand {
  readonly name: string;
  readonly required: boolean;
  readonly form?: string;
  /** It is the text of a message, whose length has a limit and an error of its own. */
  readonly isMessage?: true;
  /** It names something that is there, so it cannot be blank. A new name can: it is refused with the rules for names. */
  readonly refersTo?: 'room' | 'profile';
}

/** All that a verb can see and do. */
export interface Call {
  /** As many as the verb requires, or more up to its optional ones. */
  readonly operands: readonly string[];
  readonly json: boolean;
  readonly input: Input;
  readonly out: Output;
  readonly err: Output;
  /** Fires on SIGINT and SIGTERM, for verbs that are `interruptible`; never for others, which just end. */
  readonly signal: AbortSignal;
  /** The client with an open session; the same one each time. */
  connect(): Promise<Client>;
  /** Looks at the data directory, whatever state it is in, without a hub. `adopt`: see `local-chat doctor --adopt`. */
  examine(adopt: boolean): Promise<Examination>;
}

interface VerbSpec<O extends OptionSpecs> {
  /** One word, or two for a verb of a group: `room create`. */
  readonly name: string;
  readonly summary: string;
  readonly operands: readonly Operand[];
  readonly options: O;
  /** Paragraphs below the usage in the verb's help. */
  readonly notes?: readonly string[];
  /** It runs until it is told to stop, and then ends in order. */
  readonly interruptible?: boolean;
  readonly run: (call: Call, values: Values<O>) => Promise<ExitCode>;
}

export interface Verb extends Omit<VerbSpec<OptionSpecs>, 'run' | 'notes' | 'interruptible'> {
  readonly notes: readonly string[];
  readonly interruptible: boolean;
  run(call: Call, values: OptionValues): Promise<ExitCode>;
}

export function defineVerb<const O extends OptionSpecs>(spec: VerbSpec<O>): Verb {
  return {
    name: spec.name,
    summary: spec.summary,
    operands: spec.operands,
    options: spec.options,
    notes: spec.notes ?? [],
    interruptible: spec.interruptible ?? false,
    // The parser checked the values against these very options.
    run: (call, values) => spec.run(call, values as Values<O>),
  };
}

/** `send ROOM [TEXT|-] [--id UUID]` */
export function usageLine(verb: Pick<Verb, 'name' | 'operands' | 'options'>): string {
  const operands = verb.operands.map(({ name, required, form }) => form ?? (required ? name : `[${name}]`));
  const options = Object.entries(verb.options).map(([name, option]) =>
    option.kind === 'flag' ? `[--${name}]` : `[--${name} ${option.value}]`,
  );
  return [verb.name, ...operands, ...options].join(' ');
}
