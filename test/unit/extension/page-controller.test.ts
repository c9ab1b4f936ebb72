import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Emitter } from '../../../src/common/emitter.ts';
import { silentLogger } from '../../../src/common/logger.ts';
import { PageController, type PageControllerOptions } from '../../../src/extension/pages/page-controller.ts';
import type { PageServices } from '../../../src/extension/pages/page-services.ts';
import { Drafts } from '../../../src/extension/unsent/drafts.ts';
import { Outbox } from '../../../src/extension/unsent/outbox.ts';
import { UnsentFiles } from '../../../src/extension/unsent/unsent-files.ts';
import { ChatError } from '../../../src/model/errors.ts';
import { newId } from '../../../src/model/ids.ts';
import type { PageSnapshot } from '../../../src/protocol/page.ts';
import { id, people, room, roomId } from '../../page/builders.ts';
import { ChatFake, settled } from './chat-fake.ts';

const otherRoom = room({ id: id(2), name: 'web' });

/** The host's end of a webview: a page that asks and remembers what it was told. */
class PageFake {
  readonly #received = new Emitter<unknown>();
  readonly onDidReceiveMessage = this.#received
    .event as PageControllerOptions['webview']['onDidReceiveMessage'];
  readonly posted: {
    k: string;
    n?: number;
    name?: string;
    params?: unknown;
    result?: unknown;
    code?: string;
  }[] = [];
  #last = 0;

  postMessage(packet: (typeof this.posted)[number]): Promise<boolean> {
    this.posted.push(packet);
    return Promise.resolve(true);
  }

  /** Asks, and gives what came back within a moment. */
  async ask(name: string, params: object = {}): Promise<(typeof this.posted)[number] | undefined> {
    const n = ++this.#last;
    this.#received.fire({ k: 'request', n, name, params });
    await settled();
    return this.posted.find((packet) => packet.n === n);
  }

  tell(name: string, params: object): void {
    this.#received.fire({ k: 'note', name, params });
  }

  told(name: string): readonly unknown[] {
    return this.posted
      .filter((packet) => packet.k === 'note' && packet.name === name)
      .map(({ params }) => params);
  }

  /** What the page would show: the last snapshot it was given. */
  get shown(): PageSnapshot | undefined {
    return this.posted
      .flatMap(({ name, params, result }) =>
        name === 'didReset' ? [params] : result === undefined ? [] : [result],
      )
      .filter((each): each is PageSnapshot => typeof each === 'object' && each !== null && 'shows' in each)
      .at(-1);
  }

  /** Texts on screen: those of the snapshot, and those told since. */
  get texts(): readonly string[] {
    const { shown } = this;
    if (shown?.shows !== 'room') return [];
    const reset = this.posted.findLastIndex(({ params, result }) => params === shown || result === shown);
    const later = this.posted
      .slice(reset)
      .filter(({ name }) => name === 'didAddMessages')
      .flatMap(({ params }) => (params as { messages: { content: string }[] }).messages);
    return [...shown.history.messages, ...later].map(({ content }) => content);
  }
}

describe('PageController', function () {
  this.timeout(20_000);
  let directory: string;
  let chat: ChatFake;
  let page: PageFake;
  let controller: PageController;
  let owned: { dispose(): void }[];
  const ran: string[] = [];

  const services: PageServices = {
    settings: { enterSends: true, locale: 'en' },
    onDidChangeSettings: new Emitter<void>().event,
    copyText: () => Promise.resolve(),
    copyLink: () => Promise.resolve(),
    openLink: () => Promise.resolve(),
    runCommand: (command, ofRoom) => Promise.resolve(ran.push(`${command} ${ofRoom}`)),
  };

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'lc-page-'));
    chat = new ChatFake();
    chat.rooms.set(otherRoom.id, otherRoom);
    page = new PageFake();
    const files = new UnsentFiles(silentLogger);
    files.use(directory);
    const outbox = new Outbox(chat, files, silentLogger);
    const drafts = new Drafts(chat, outbox, files, silentLogger);
    const attention = { isLookedAt: false, onDidChange: new Emitter<void>().event };
    controller = new PageController({
      webview: page,
      place: 'view',
      client: chat,
      outbox,
      drafts,
      attention,
      log: silentLogger,
      services,
    });
    owned = [controller, drafts, outbox];
    controller.showRoom(roomId);
  });
  afterEach(() => {
    for (const each of owned) each.dispose();
    rmSync(directory, { recursive: true, force: true });
  });

  const label = (): string | undefined =>
    page.shown?.shows === 'room' ? page.shown.label : page.shown?.shows;

  it('gives the room and then its changes', async () => {
    chat.add('before');
    await page.ask('ready');
    chat.add('after');
    assert.deepEqual(page.texts, ['before', 'after']);
  });

  it('says at once that there is no chat yet, why not, and gives the room when there is one', async () => {
    chat.me = null;
    chat.connect('connecting');
    await page.ask('ready');
    assert.equal(label(), 'nothing');
    chat.connect('unreachable');
    assert.deepEqual(page.told('didChangeConnection').at(-1), {
      state: 'unreachable',
      fault: { code: 'AUTH_FAILED', params: {} },
    });
    chat.me = people.ada;
    chat.connect('ready', 'fresh');
    await settled();
    assert.equal(label(), 'general');
  });

  it('refuses a room that the chat does not have, and gives it should it come', async () => {
    chat.rooms.delete(roomId);
    assert.equal((await page.ask('ready'))?.code, 'NO_SUCH_ROOM');
    chat.rooms.set(roomId, room());
    chat.tell({ rooms: new Set([roomId]) });
    await settled();
    assert.equal(label(), 'general');
  });

  it('puts texts where the page says they belong, also while it is being moved to another room', async () => {
    await page.ask('ready');
    const answer = chat.hold();
    controller.showRoom(otherRoom.id);
    await settled();
    assert.equal(label(), 'general', 'the page still shows the room it was typed in');
    const address = { roomId, profileId: people.ada.id };
    await page.ask('saveDraft', { ...address, content: 'half a sentence' });
    await page.ask('send', { ...address, id: newId(), content: 'for general' });
    answer();
    await settled();
    assert.equal(label(), 'web');
    assert.deepEqual(
      chat.messages.map((message) => [message.roomId, message.content]),
      [[roomId, 'for general']],
    );
  });

  it('opens a room from memory when nothing is unread, and has what came while it was hidden', async () => {
    chat.add('before');
    await page.ask('ready');
    controller.pageWent();
    chat.add('while hidden');
    const asked = chat.askedFor('history.page').length;
    await page.ask('ready');
    assert.deepEqual(page.texts, ['before', 'while hidden']);
    assert.equal(chat.askedFor('history.page').length, asked, 'without asking the hub');
  });

  it('keeps a bounded part of what a hidden page misses', async () => {
    await page.ask('ready');
    controller.pageWent();
    for (let number = 1; number <= 200; number += 1) chat.add(String(number));
    await page.ask('ready');
    assert.equal(page.texts.length, 60);
    assert.equal(page.texts.at(-1), '200');
    assert.ok(page.shown?.shows === 'room' && !page.shown.history.reachedStart);
  });

  it('can be read while there is no hub', async () => {
    chat.add('still here');
    await page.ask('ready');
    controller.pageWent();
    chat.connect('reconnecting');
    await page.ask('ready');
    assert.deepEqual(page.texts, ['still here']);
    assert.equal(page.shown?.connection.state, 'reconnecting');
  });

  it('closes the gap that a lost connection left, in order', async () => {
    chat.add('one');
    await page.ask('ready');
    chat.connect('reconnecting');
    const [first] = chat.messages;
    assert.ok(first);
    chat.messages.push({ ...first, id: newId(), seq: 2, content: 'two' });
    chat.rooms.set(roomId, { ...room(), lastSeq: 2 });
    const answer = chat.hold();
    chat.connect('ready', 'continued');
    chat.add('three');
    answer();
    await settled();
    assert.deepEqual(page.texts, ['one', 'two', 'three']);
    controller.pageWent();
    await page.ask('ready');
    assert.deepEqual(page.texts, ['one', 'two', 'three'], 'also from memory');
  });

  it('comes back after history could not be had', async () => {
    chat.refusals.set('history.page', new ChatError('TIMEOUT', { seconds: 30 }));
    await page.ask('ready');
    assert.equal(label(), 'nothing');
    chat.refusals.clear();
    chat.add('after all');
    await settled();
    assert.deepEqual(page.texts, ['after all']);
  });

  it('asks again by itself for history that could not be had', async () => {
    chat.refusals.set('history.page', new ChatError('TIMEOUT', { seconds: 30 }));
    await page.ask('ready');
    chat.refusals.clear();
    await settled(2_300);
    assert.equal(label(), 'general');
  });

  it('goes on as the other profile when that changes while a gap is being closed', async () => {
    chat.add('one');
    await page.ask('ready');
    chat.connect('reconnecting');
    const answer = chat.hold();
    chat.connect('ready', 'continued');
    chat.switchTo(people.grace);
    answer();
    await settled();
    assert.ok(page.shown?.shows === 'room');
    assert.equal(page.shown.me, people.grace.id);
    chat.add('two');
    assert.deepEqual(page.texts, ['one', 'two']);
  });

  it('tells a page that waits that there is a chat, also when its room is not in it', async () => {
    chat.me = null;
    chat.connect('connecting');
    await page.ask('ready');
    chat.me = people.ada;
    chat.rooms.delete(roomId);
    chat.connect('ready', 'fresh');
    await settled();
    assert.equal(page.shown?.shows, 'nothing');
    assert.equal(page.shown?.connection.state, 'ready');
  });

  it('asks the hub when something is unread, and after whatever may have been missed', async () => {
    chat.add('one');
    await page.ask('ready');
    const asked = (): number => chat.askedFor('history.page').length;
    controller.pageWent();
    chat.add('two', { isUnread: true });
    let before = asked();
    await page.ask('ready');
    assert.ok(asked() > before, 'unread');

    chat.rooms.set(roomId, { ...room(), lastSeq: 2 });
    controller.pageWent();
    chat.connect('reconnecting');
    chat.connect('ready', 'continued');
    before = asked();
    await page.ask('ready');
    assert.ok(asked() > before, 'a lost connection while hidden');

    controller.pageWent();
    chat.switchTo(people.grace);
    before = asked();
    await page.ask('ready');
    assert.ok(asked() > before, 'another profile while hidden');
  });

  it('has no gap in memory when it was hidden while something was being gathered', async () => {
    chat.add('one');
    chat.add('two');
    await page.ask('ready');
    const answer = chat.hold();
    chat.connect('reconnecting');
    chat.connect('ready', 'continued');
    chat.add('three');
    controller.pageWent();
    answer();
    chat.add('four');
    await page.ask('ready');
    assert.deepEqual(page.texts, ['one', 'two', 'three', 'four']);
  });

  it('stays as it is when the hub goes again before a gap was closed, and closes it later', async () => {
    chat.add('one');
    await page.ask('ready');
    chat.connect('reconnecting');
    chat.refusals.set('history.page', new ChatError('CONNECTION_CLOSED'));
    const answer = chat.hold();
    chat.connect('ready', 'continued');
    await settled();
    chat.connect('reconnecting');
    answer();
    await settled();
    assert.equal(label(), 'general');
    assert.deepEqual(page.texts, ['one']);
    chat.refusals.clear();
    const [first] = chat.messages;
    assert.ok(first);
    chat.messages.push({ ...first, id: newId(), seq: 2, content: 'two' });
    chat.rooms.set(roomId, { ...room(), lastSeq: 2 });
    chat.connect('ready', 'continued');
    await settled();
    assert.deepEqual(page.texts, ['one', 'two']);
  });

  it('lists what was sent while a gap is being closed', async () => {
    await page.ask('ready');
    chat.connect('reconnecting');
    const answer = chat.hold();
    chat.connect('ready', 'continued');
    await page.ask('send', { roomId, profileId: people.ada.id, id: newId(), content: 'hello' });
    const told = page.told('didChangePending').at(-1) as { pending: { content: string }[] } | undefined;
    assert.deepEqual(
      told?.pending.map(({ content }) => content),
      ['hello'],
    );
    answer();
  });

  it('does not empty the composer for a message that was handed over again', async () => {
    await page.ask('ready');
    const address = { roomId, profileId: people.ada.id };
    const message = { ...address, id: newId(), content: 'hello' };
    await page.ask('send', message);
    await page.ask('saveDraft', { ...address, content: 'a long new draft' });
    await settled(650);
    await page.ask('send', message);
    assert.equal(chat.draft(), 'a long new draft');
    await page.ask('send', { ...address, id: newId(), content: 'of a page of before' });
    await settled(650);
    assert.equal(chat.draft(), 'a long new draft');
    assert.deepEqual(chat.contents, ['hello', 'of a page of before']);
  });

  it('says whether a failed message was taken back', async () => {
    await page.ask('ready');
    chat.refusals.set('message.send', new ChatError('STORAGE_FULL'));
    const failed = newId();
    await page.ask('send', { roomId, profileId: people.ada.id, id: failed, content: 'hello' });
    chat.refusals.clear();
    const answer = chat.hold();
    chat.connect('ready');
    assert.deepEqual((await page.ask('takeBack', { id: failed }))?.result, { taken: false });
    answer();
    await settled();
    assert.deepEqual(chat.contents, ['hello']);
  });

  it('does not take what another profile has on screen for seen', async () => {
    chat.add('one');
    await page.ask('ready');
    page.tell('seen', { roomId, profileId: people.grace.id, seq: 1, hasFocus: true });
    await settled(400);
    assert.deepEqual(chat.askedFor('read.mark'), []);
  });

  it('does not take what another room has on screen for seen', async () => {
    chat.add('one');
    await page.ask('ready');
    page.tell('seen', { roomId: otherRoom.id, profileId: people.ada.id, seq: 1, hasFocus: true });
    await settled(400);
    assert.deepEqual(chat.askedFor('read.mark'), []);
  });

  it('shows a failed message once: not in the composer, too', async () => {
    await page.ask('ready');
    const address = { roomId, profileId: people.ada.id };
    await page.ask('saveDraft', { ...address, content: 'hello' });
    chat.refusals.set('message.send', new ChatError('ROOM_ARCHIVED'));
    await page.ask('send', { ...address, id: newId(), content: 'hello' });
    controller.pageWent();
    await page.ask('ready');
    assert.ok(page.shown?.shows === 'room');
    assert.equal(page.shown.draft, '');
    assert.equal(page.shown.pending[0]?.state, 'failed');
  });

  it('refuses what does not fit the wire', async () => {
    assert.equal((await page.ask('send', { content: 'without an address' }))?.code, 'BAD_REQUEST');
    assert.equal((await page.ask('deleteEverything'))?.code, 'BAD_REQUEST');
    assert.deepEqual(chat.contents, []);
  });
});
