import type { Random } from '../integration/support/random.ts';

/** `short` runs with every `npm test`, in seconds; `long` is what the table of demands asks for, in minutes. */
export type Form = 'short' | 'long';

/** What a run of a part is given. */
export interface Course {
  readonly form: Form;
  /** Printed with every result; the same one repeats a run, as far as the operating system plays along. */
  readonly seed: number;
  readonly random: Random;
  /** Says how far it is, in one line. */
  progress(text: string): void;
}

/** What a run came to. */
export interface Outcome {
  /** What was measured, each in words with its unit: these are read by people, and stand in the table. */
  readonly figures: readonly string[];
  /** What must not be, in words; empty when all is well. */
  readonly violations: readonly string[];
}

/** A fault built into the product on purpose. A part that is content with it would be worth nothing. */
export interface PlantedFault {
  readonly fault: string;
  /** Runs the part's check on the broken product. Its violations are what it has to find. */
  readonly run: (course: Course) => Promise<Outcome>;
  /** Quick enough, and sure enough to be found, for the short form. */
  readonly inShortForm: boolean;
}

/** One check of the torture tests: what is done to the product, and what has to hold nevertheless. */
export interface Part {
  /** Also the name of its file. */
  readonly name: string;
  /** What is done, and what must hold, each in a sentence. */
  readonly title: string;
  readonly demand: string;
  /** Minutes of the long form on a machine with two cores. */
  readonly minutes: number;
  /** What this machine lacks ("root, to mount a file system"), or null. Nothing of the part is run then. */
  readonly missing?: () => string | null;
  readonly run: (course: Course) => Promise<Outcome>;
  readonly planted?: readonly PlantedFault[];
}
