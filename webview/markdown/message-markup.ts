import { renderMarkdown } from './render.ts';
import { sanitizeMarkdown } from './sanitize.ts';

/** Rendered messages that are kept: the ones on the page, and some it has just left. */
const CACHE_LIMIT = 1000;

const cache = new Map<string, string>();

/** Sanitised markup of a message. The text of a message changes with its `rev` only, so the pair is the key. */
export function messageMarkup(id: string, rev: number, content: string): string {
  const key = `${id} ${rev}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const markup = sanitizeMarkdown(renderMarkdown(content));
  cache.set(key, markup);
  if (cache.size > CACHE_LIMIT) {
    for (const oldest of [...cache.keys()].slice(0, CACHE_LIMIT / 4)) cache.delete(oldest);
  }
  return markup;
}
