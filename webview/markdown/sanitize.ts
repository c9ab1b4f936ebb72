import DOMPurify, { type Config } from 'dompurify';
import { safeLink } from './links.ts';
import { CODE_ELEMENT } from './render.ts';

const TAGS =
  'a blockquote br code del div em h1 h2 h3 h4 h5 h6 hr li ol p pre s span strong table tbody td th thead tr ul';

const MARKDOWN: Config = {
  ALLOWED_TAGS: [...TAGS.split(' '), CODE_ELEMENT],
  ALLOWED_ATTR: ['href', 'title', 'dir', 'class', 'start', 'tabindex', 'data-language'],
  FORBID_ATTR: ['style'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  CUSTOM_ELEMENT_HANDLING: {
    tagNameCheck: (name: string) => name === CODE_ELEMENT,
    attributeNameCheck: (name: string) => name === 'data-language',
    allowCustomizedBuiltInElements: false,
  },
};

const CODE: Config = {
  ALLOWED_TAGS: ['span'],
  ALLOWED_ATTR: ['class'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

/** An instance of our own: hooks of the shared one would be everyone's. */
const purifier = DOMPurify(window);

purifier.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName !== 'A') return;
  const href = node.getAttribute('href');
  const link = href === null ? null : safeLink(href);
  if (link === null) node.removeAttribute('href');
  else node.setAttribute('rel', 'noopener noreferrer');
});

/** The second line of defence behind the renderer, which lets no markup of a message through. */
export function sanitizeMarkdown(markup: string): string {
  return purifier.sanitize(markup, MARKDOWN);
}

/** What the highlighter made: text and classed spans, nothing else. */
export function sanitizeCode(markup: string): string {
  return purifier.sanitize(markup, CODE);
}
