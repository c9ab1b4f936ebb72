import type { Disposable } from '../../src/common/disposable.ts';
import { DisposableStore } from '../../src/common/disposable.ts';
import type { PageRequests } from '../../src/protocol/page.ts';
import type { ParamsOf } from '../../src/protocol/rpc.ts';
import type { Fault } from '../faults.ts';
import type { HostLink } from '../host.ts';
import { Draft } from './draft.ts';
import { Handover } from './handover.ts';
import { HostNews } from './host-news.ts';
import { KeptDraft } from './kept-draft.ts';
import type { PageCommand, PageView, PageWait } from './page-view.ts';
import { RoomHistory } from './room-history.ts';
import { Sending } from './sending.ts';
import { Shown } from './shown.ts';

/**
 * What the components know: the page as it is now, and what the person can do. It is rebuilt from a snapshot of the host at any time.
 * What is asked of the host names the room that is on screen at that moment: the host may be about to show another.
 */
export class RoomPage implements Disposable {
  readonly #host: HostLink;
  readonly #owned = new DisposableStore();
  readonly #shown = this.#owned.add(new Shown());
  readonly #history: RoomHistory;
  readonly #sending: Sending;
  readonly #draft: Draft;
  readonly #news: HostNews;

  /** @param storage where what a host has not taken yet outlives this page; null for none */
  constructor(host: HostLink, storage: Storage | null) {
    this.#host = host;
    const shown = this.#shown;
    this.#history = new RoomHistory((question) => host.request('loadHistory', question), shown);
    this.#sending = this.#owned.add(new Sending(host, new Handover(storage), shown));
    this.#draft = this.#owned.add(
      new Draft((seat, content) => host.request('saveDraft', { ...seat, content }), new KeptDraft(storage)),
    );
    this.#news = this.#owned.add(
      new HostNews(host, { shown, history: this.#history, sending: this.#sending, draft: this.#draft }),
    );
  }

  get onDidChange(): Shown['onDidChange'] {
    return this.#shown.onDidChange;
  }

  /** New messages, as they come, for those who cannot see them appear. */
  get onDidAdd(): HostNews['onDidAdd'] {
    return this.#news.onDidAdd;
  }

  get onDidAskFocus(): HostNews['onDidAskFocus'] {
    return this.#news.onDidAskFocus;
  }

  /** Null until the host has answered once. */
  get now(): PageView | PageWait | null {
    return this.#shown.now;
  }

  /** Why there is nothing to show, when the host says so. */
  get trouble(): Fault | null {
    return this.#news.trouble;
  }

  start(): void {
    this.#news.start();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** Takes a typed message over. Returns false, and changes nothing, when it is empty. */
  send(content: string): boolean {
    if (content.trim() === '' || this.#shown.room === null) return false;
    this.#draft.sent();
    this.#sending.send(content);
    this.showNewest();
    return true;
  }

  retry(id: string): void {
    this.#sending.retry(id);
  }

  /** Puts a failed message back into the composer, in front of what stands there; not one that is on its way again by now. */
  async takeBack(id: string): Promise<void> {
    const content = await this.#sending.takeBack(id);
    if (content === null) return;
    const rest = this.#draft.text;
    this.#draft.typed(rest.trim() === '' ? content : `${content}\n${rest}`);
    this.#shown.write(this.#draft.text);
    this.#news.askFocus();
  }

  typed(text: string): void {
    this.#draft.typed(text);
  }

  /** Hands over at once what the draft still waits with: the page may be about to go. */
  flush(): void {
    this.#draft.flush();
  }

  loadOlder(): void {
    this.#history.loadOlder();
  }

  loadNewer(): void {
    this.#history.loadNewer();
  }

  showNewest(): void {
    void this.#history.showNewest();
  }

  /** The list tells whether the end is on screen and followed. */
  follow(following: boolean): void {
    this.#history.follow(following);
  }

  /** The newest message on screen; `hasFocus`: the page has the keyboard's focus. */
  seen(seq: number, hasFocus: boolean): void {
    const now = this.#shown.room;
    if (now === null) return;
    this.#host.report('seen', { roomId: now.room.id, profileId: now.me, seq, hasFocus });
  }

  /** Resolves when the text is in the clipboard. */
  async copyText(text: string): Promise<void> {
    await this.#host.request('copyText', { text });
  }

  /** Resolves when a link to the message is in the clipboard. */
  async copyLink(messageId: string): Promise<void> {
    const room = this.#shown.room?.room;
    if (room !== undefined) await this.#host.request('copyLink', { roomId: room.id, messageId });
  }

  openLink(href: string): void {
    this.#ask('openLink', { href });
  }

  run(command: PageCommand): void {
    this.#ask('runCommand', { command });
  }

  /** A request whose failure the host itself tells the person about. */
  #ask<K extends keyof PageRequests>(name: K, params: ParamsOf<PageRequests, K>): void {
    this.#host.request(name, params).catch(() => undefined);
  }
}
