import type { PageHandlers } from './page-link.ts';
import type { PageNewsOptions } from './page-news.ts';
import type { PageServices } from './page-services.ts';

/** What the controller of a page answers itself, since it depends on what the page shows. */
type OfController = Pick<PageHandlers, 'ready' | 'seen' | 'runCommand'>;

/**
 * Answers to what a page asks. What belongs to a room or a profile says to which: the page may still show another one than the
 * window by now.
 *
 * @param composer the page, as {@link Drafts} tells one composer from another
 */
export function pageHandlers(
  { client, outbox, drafts, services }: PageNewsOptions & { readonly services: PageServices },
  composer: object,
  ofController: OfController,
): PageHandlers {
  return {
    ...ofController,
    loadHistory: (params) => client.request('history.page', params),
    send: ({ id, content, ...address }) => {
      const composed = drafts.composedFor(address, content);
      if (outbox.send({ id, content, ...address, composed })) drafts.sent(address, content, composer);
      return {};
    },
    retry: ({ id }) => {
      outbox.retry(id);
      return {};
    },
    takeBack: ({ id }) => ({ taken: outbox.takeBack(id) }),
    saveDraft: ({ content, ...address }) => {
      drafts.typed(address, content, composer);
      return {};
    },
    copyText: async ({ text }) => {
      await services.copyText(text);
      return {};
    },
    copyLink: async (target) => {
      await services.copyLink(target);
      return {};
    },
    openLink: async ({ href }) => {
      await services.openLink(href);
      return {};
    },
    ping: () => ({}),
  };
}
