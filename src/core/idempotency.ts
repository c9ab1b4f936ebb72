import { ChatError } from '../model/errors.ts';
import type { Decision, RuleContext } from './decision.ts';

/**
 * Fingerprint of who asked for what: the type, the asking profile and the parameters exactly as they were given. What the
 * rules derive from them (a mended text, a default colour, the kind of the sender) is left out, so a retry has the same
 * fingerprint even when the derived part would come out differently today.
 */
export function intentOf(
  context: RuleContext,
  type: string,
  params: Readonly<Record<string, unknown>>,
): string {
  const { id: _id, ...asked } = params;
  return context.tools.digest(canonicalJson([type, context.actor.profileId, asked]));
}

/**
 * What was decided about this id before, null when it is new.
 *
 * @throws ChatError CONFLICT when the id stands for something else.
 */
export function decidedBefore(context: RuleContext, id: string, intent: string): Decision | null {
  const decided = context.ledger.decided(id);
  if (decided === null) return null;
  if (decided.intent !== intent) throw new ChatError('CONFLICT', { id });
  const { seq, timestamp, subject } = decided;
  return { kind: 'known', acknowledgement: { seq, timestamp, subject } };
}

/** JSON with the keys of every object in order and without undefined values: equal things have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
