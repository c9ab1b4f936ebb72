/** One option of a verb. `value` is what stands for its value in a usage line. */
export type OptionSpec =
  | { readonly kind: 'flag'; readonly summary: string; readonly short?: string }
  | {
      readonly kind: 'text';
      readonly value: string;
      readonly summary: string;
      /** Blank says nothing here, and must not pass for "not given". */
      readonly notBlank?: true;
    }
  | { readonly kind: 'number'; readonly value: string; readonly min: number; readonly summary: string }
  | {
      readonly kind: 'choice';
      readonly value: string;
      readonly of: readonly string[];
      readonly summary: string;
    };

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;
export type OptionValue = string | number | boolean;
export type OptionValues = Readonly<Record<string, OptionValue>>;

type ValueOf<S extends OptionSpec> = S extends { kind: 'flag' }
  ? boolean
  : S extends { kind: 'number' }
    ? number
    : S extends { kind: 'choice'; of: readonly (infer V)[] }
      ? V
      : string;

/** What the command line gave for a set of options; an option that was not given is absent. */
export type Values<O extends OptionSpecs> = { readonly [K in keyof O]?: ValueOf<O[K]> };

/** Kinds a terminal program can speak as; `system` is Local Chat's own. */
export const CHOSEN_KINDS = ['person', 'script', 'agent'] as const;
export type ChosenKind = (typeof CHOSEN_KINDS)[number];

/** Options every verb takes. */
export const globalOptions = {
  json: { kind: 'flag', summary: 'One JSON object a line on standard output' },
  'data-dir': {
    kind: 'text',
    value: 'DIR',
    notBlank: true,
    summary: 'Directory of the chat (or LOCAL_CHAT_DIR)',
  },
  as: {
    kind: 'text',
    value: 'PROFILE',
    notBlank: true,
    summary: 'Speak as this profile (or LOCAL_CHAT_PROFILE)',
  },
  kind: {
    kind: 'choice',
    value: 'KIND',
    of: CHOSEN_KINDS,
    summary: 'person, script or agent (or LOCAL_CHAT_KIND); person on a terminal, else script',
  },
  help: { kind: 'flag', short: 'h', summary: 'What a verb does and takes' },
  version: { kind: 'flag', summary: 'Version of this program' },
} as const satisfies OptionSpecs;
export type GlobalValues = Values<typeof globalOptions>;
