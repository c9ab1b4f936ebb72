import type { Acknowledgement } from '../model/commands.ts';
import type { Actor, EventDraft, Ledger } from './ports.ts';

/** What the rules need besides the ledger. */
export interface DecisionTools {
  /** Id for an event that nobody named. */
  newId(): string;
  /** Short, collision-free fingerprint of a text; the same in every version, it is stored. */
  digest(text: string): string;
}

/** All that a rule looks at. */
export interface RuleContext {
  readonly ledger: Ledger;
  readonly tools: DecisionTools;
  readonly actor: Actor;
}

/**
 * `event`: to be stored, `draft.subject` is what it is about. `known`: this very command was stored before. `unchanged`: all
 * is already as asked; it is answered with the seq of the last event.
 */
export type Decision =
  | { readonly kind: 'event'; readonly draft: EventDraft }
  | { readonly kind: 'known'; readonly acknowledgement: Acknowledgement }
  | { readonly kind: 'unchanged'; readonly subject: string };

export const event = (draft: EventDraft): Decision => ({ kind: 'event', draft });
export const unchanged = (subject: string): Decision => ({ kind: 'unchanged', subject });
