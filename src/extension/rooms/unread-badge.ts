/** The most characters that the editor draws at the right of a tree item. */
const BADGE_LENGTH = 2;

/** An unread count in at most two characters: `7`, `42`, and `9+` for what would need three. Empty for none. */
export function unreadBadge(count: number): string {
  if (count <= 0) return '';
  const exact = String(count);
  return exact.length <= BADGE_LENGTH ? exact : '9+';
}
