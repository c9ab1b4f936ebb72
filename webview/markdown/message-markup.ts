import { renderMarkdown } from './render.ts';
import { sanitizeMarkdown } from './sanitize.ts';

/** Rendered messages that are kept: the ones on the page, and some it has just left. */
const CACHE_LIMIT = 1000;

const cache = new Map<string, { readonly content: string; readonly markup: string }>();

/** Sanitised markup of a message. Only the latest text of an id is kept. */
export function messageMarkup(id: string, content: string): string {
  const known = cache.get(id);
  if (known?.content === content) return known.markup;
  const markup = sanitizeMarkdown(renderMarkdown(content));
  cache.set(id, { content, markup });
  if (cache.size > CACHE_LIMIT) {
    for (const oldest of [...cache.keys()].slice(0, CACHE_LIMIT / 4)) cache.delete(oldest);
  }
  return markup;
}
