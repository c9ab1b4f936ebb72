/** Longest link that is offered; the host accepts no longer one. Characters. */
const LINK_LENGTH = 4096;

const PROTOCOLS = ['http:', 'https:', 'mailto:'];

/**
 * The link as it may be opened, or null. Only absolute http, https and mailto links lead out of the page: nothing that the
 * editor or the system would run (command:, vscode:, file:, data:) and nothing relative to the page itself.
 */
export function safeLink(href: string): string | null {
  if (href.length > LINK_LENGTH || !URL.canParse(href)) return null;
  const url = new URL(href);
  return PROTOCOLS.includes(url.protocol) ? url.href : null;
}
