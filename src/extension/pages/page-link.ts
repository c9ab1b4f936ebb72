import * as v from 'valibot';
import type { Webview } from 'vscode';
import { DisposableStore } from '../../common/disposable.ts';
import type { Logger } from '../../common/logger.ts';
import { ChatError, toChatError } from '../../model/errors.ts';
import {
  pageNotifications,
  pagePacketSchema,
  pageReports,
  pageRequests,
  type PageNotifications,
  type PageReports,
  type PageRequests,
} from '../../protocol/page.ts';
import type { NotificationOf, ParsedParamsOf, ResultOf } from '../../protocol/rpc.ts';

/** Answers to everything a page can ask and tell. */
export type PageHandlers = {
  readonly [K in keyof PageRequests]: (
    params: ParsedParamsOf<PageRequests, K>,
  ) => ResultOf<PageRequests, K> | Promise<ResultOf<PageRequests, K>>;
} & {
  readonly [K in keyof PageReports]: (params: NotificationOf<PageReports, K>) => void;
};

/**
 * The host's end of the wire to one page. Everything is checked against the tables both ways: a page shows text of strangers, so
 * it is not trusted more than they are.
 */
export class PageLink {
  readonly #webview: Pick<Webview, 'onDidReceiveMessage' | 'postMessage'>;
  readonly #handlers: PageHandlers;
  readonly #log: Logger;
  readonly #owned = new DisposableStore();

  constructor(
    webview: Pick<Webview, 'onDidReceiveMessage' | 'postMessage'>,
    handlers: PageHandlers,
    log: Logger,
  ) {
    this.#webview = webview;
    this.#handlers = handlers;
    this.#log = log;
    this.#owned.add(webview.onDidReceiveMessage((data: unknown) => void this.#receive(data)));
  }

  notify<K extends keyof PageNotifications>(name: K, params: NotificationOf<PageNotifications, K>): void {
    this.#post({ k: 'note', name, params: v.parse(pageNotifications[name], params) });
  }

  dispose(): void {
    this.#owned.dispose();
  }

  async #receive(data: unknown): Promise<void> {
    const packet = v.safeParse(pagePacketSchema, data);
    if (!packet.success) {
      this.#log.log('warn', 'a page sent something that is no packet');
      return;
    }
    switch (packet.output.k) {
      case 'request': {
        const { n, name, params } = packet.output;
        this.#post(await this.#answer(n, name, params));
        return;
      }
      case 'note':
        this.#take(packet.output.name, packet.output.params);
        return;
      case 'reply':
      case 'error':
        // Nothing is asked of the page: there is no such table.
        return;
    }
  }

  async #answer(n: number, name: string, params: unknown): Promise<object> {
    try {
      if (!isRequest(name)) throw new ChatError('BAD_REQUEST', { detail: name });
      return { k: 'reply', n, result: await this.#call(name, params) };
    } catch (thrown) {
      const error = toChatError(thrown);
      this.#log.log(error.code === 'INTERNAL' ? 'error' : 'debug', 'a request of a page failed', {
        name,
        error: error.message,
      });
      return { k: 'error', n, code: error.code, params: { ...error.params } };
    }
  }

  async #call(name: keyof PageRequests, params: unknown): Promise<unknown> {
    const checked = v.safeParse(pageRequests[name].params, params);
    if (!checked.success) throw new ChatError('BAD_REQUEST', { detail: name });
    // Handler and schema come from the same row of the table; TypeScript cannot follow a correlated union through it.
    const handler = this.#handlers[name] as (params: unknown) => unknown;
    return v.parse(pageRequests[name].result, await handler(checked.output));
  }

  #take(name: string, params: unknown): void {
    const checked = isReport(name) ? v.safeParse(pageReports[name], params) : null;
    if (checked?.success !== true) {
      this.#log.log('warn', 'a page reported something unknown', { name });
      return;
    }
    this.#handlers.seen(checked.output);
  }

  #post(packet: object): void {
    if (this.#owned.isDisposed) return;
    // False means that the page is hidden or gone. It asks for everything anew when it comes back.
    void this.#webview.postMessage(packet);
  }
}

function isRequest(name: string): name is keyof PageRequests {
  return Object.hasOwn(pageRequests, name);
}

function isReport(name: string): name is keyof PageReports {
  return Object.hasOwn(pageReports, name);
}
