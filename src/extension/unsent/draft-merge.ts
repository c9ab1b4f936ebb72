/**
 * What a room's draft becomes when a text that was never stored goes back into it.
 *
 * @param draft what the draft is now, by whomever
 * @param text what was sent and not stored
 * @param composed what the draft was while `text` was written: an older state of the same text
 */
export function mergeIntoDraft(draft: string, text: string, composed: string): string {
  // Empty, or an older state of the same text.
  if (draft.trim() === '' || draft === composed || text.startsWith(draft)) return text;
  return appendToDraft(draft, text);
}

/** As {@link mergeIntoDraft}, for a draft in which another such text has its place already. */
export function appendToDraft(draft: string, text: string): string {
  // It is there already: the draft was never emptied, or an earlier start put it back.
  if (draft === text || draft.endsWith(`\n${text}`)) return draft;
  return `${draft}\n${text}`;
}
