import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { processStartTime } from '../../../../src/client/process-identity.ts';
import { silentLogger } from '../../../../src/common/logger.ts';
import { Drafts } from '../../../../src/extension/unsent/drafts.ts';
import {
  type Owner,
  parseUnsentFileName,
  unsentFileName,
} from '../../../../src/extension/unsent/file-name.ts';
import { Outbox } from '../../../../src/extension/unsent/outbox.ts';
import { recoverUnsent, watchForUnsent } from '../../../../src/extension/unsent/recover.ts';
import { UnsentFiles, type UnsentText } from '../../../../src/extension/unsent/unsent-files.ts';
import { ChatError } from '../../../../src/model/errors.ts';
import { newId } from '../../../../src/model/ids.ts';
import { people, roomId } from '../../../page/builders.ts';
import { ChatFake, settled } from '../chat-fake.ts';

const ada = people.ada.id;
const grace = people.grace.id;
/** Whoever shows what is typed. */
const composer = {};
/** Longer than a draft waits for the next key. */
const A_PAUSE = 650;

describe('what the hub does not have yet', function () {
  this.timeout(20_000);
  let directory: string;
  let chat: ChatFake;
  let files: UnsentFiles;
  let outbox: Outbox;
  let drafts: Drafts;

  /** A window on the same store. */
  const open = (): void => {
    files = new UnsentFiles(silentLogger);
    files.use(directory);
    outbox = new Outbox(chat, files, silentLogger);
    drafts = new Drafts(chat, outbox, files, silentLogger);
  };
  const close = (): void => {
    drafts.dispose();
    outbox.dispose();
  };
  const send = (content: string, profileId = ada, id = newId()): string => {
    const address = { profileId, roomId };
    outbox.send({ id, roomId, profileId, content, composed: drafts.composedFor(address, content) });
    drafts.sent(address, content, composer);
    return id;
  };
  const type = (text: string, profileId = ada): void => drafts.typed({ profileId, roomId }, text, composer);
  const folder = (): string => path.join(directory, 'unsent');
  const names = (): string[] => (existsSync(folder()) ? readdirSync(folder()) : []);
  /** Ids of the texts. */
  const onDisk = (): string[] => names().map((name) => parseUnsentFileName(name)?.id ?? name);
  const make = (owner: Owner | null, content: string, composed = '', profileId = ada): string => {
    const id = newId();
    mkdirSync(folder(), { recursive: true });
    const text: UnsentText = { id, roomId, profileId, content, composed };
    writeFileSync(path.join(folder(), unsentFileName(id, owner)), JSON.stringify(text));
    return id;
  };
  /** As an extension host that has ended would leave it. */
  const orphan = (content: string, composed = '', profileId = ada): string =>
    make({ pid: process.pid, startTime: 'of another boot' }, content, composed, profileId);
  const recover = (): Promise<void> =>
    recoverUnsent({ client: chat, files, outbox, drafts, log: silentLogger }, ada);

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'lc-unsent-'));
    chat = new ChatFake();
    open();
  });
  afterEach(() => {
    close();
    rmSync(directory, { recursive: true, force: true });
  });

  describe('a message', () => {
    it('is on disk before anybody is told that it was taken over, and off it once it is stored', async () => {
      chat.connect('reconnecting');
      const id = send('hello');
      assert.deepEqual(onDisk(), [id]);
      assert.equal(statSync(path.join(folder(), names()[0] ?? '')).mode & 0o777, 0o600);
      assert.equal(statSync(folder()).mode & 0o777, 0o700);
      assert.deepEqual(
        outbox.pending(roomId).map(({ state }) => state),
        ['sending'],
      );
      chat.connect('ready');
      await settled();
      assert.deepEqual(chat.contents, ['hello']);
      assert.deepEqual(onDisk(), []);
      assert.deepEqual(outbox.pending(roomId), []);
    });

    it('keeps its place in the queue of its room', async () => {
      chat.connect('reconnecting');
      for (const text of ['one', 'two', 'three']) send(text);
      chat.connect('ready');
      await settled();
      assert.deepEqual(chat.contents, ['one', 'two', 'three']);
    });

    it('is never sent by another profile than its own', async () => {
      chat.connect('reconnecting');
      const first = send('by Ada');
      send('by Ada, too');
      chat.switchTo(people.grace);
      chat.connect('ready');
      await settled();
      assert.deepEqual(chat.contents, []);
      assert.deepEqual(outbox.pending(roomId), [], 'Grace does not see it');
      send('by Grace', grace);
      await settled();
      chat.switchTo(people.ada);
      await settled();
      assert.deepEqual(
        chat.asked.filter(({ name }) => name === 'message.send').map(({ me }) => me),
        [grace, ada, ada],
      );
      assert.deepEqual(chat.contents, ['by Grace', 'by Ada', 'by Ada, too']);
      assert.equal(chat.messages[1]?.id, first);
    });

    it('that failed for the disk waits for its own profile, and then goes by itself', async () => {
      chat.refusals.set('message.send', new ChatError('STORAGE_FULL'));
      send('by Ada');
      await settled();
      assert.equal(outbox.pending(roomId)[0]?.fault?.code, 'STORAGE_FULL');
      chat.refusals.clear();
      chat.switchTo(people.grace);
      chat.connect('ready');
      await settled();
      assert.deepEqual(chat.contents, []);
      chat.switchTo(people.ada);
      chat.connect('ready');
      await settled();
      assert.deepEqual(chat.contents, ['by Ada']);
    });

    it('is the same message when it is handed over twice', async () => {
      const id = send('once');
      send('once', ada, id);
      await settled();
      send('once', ada, id);
      await settled();
      assert.deepEqual(chat.contents, ['once']);
    });

    it('that failed can be sent again or taken back', async () => {
      chat.refusals.set('message.send', new ChatError('ROOM_ARCHIVED'));
      const id = send('closed');
      const other = send('also closed');
      await settled();
      chat.refusals.clear();
      outbox.retry(id);
      outbox.takeBack(other);
      await settled();
      assert.deepEqual(chat.contents, ['closed']);
      assert.deepEqual(onDisk(), []);
    });
  });

  describe('a draft', () => {
    it('is shown at once, and saved once typing has paused', async () => {
      type('hel');
      type('hello');
      assert.equal(drafts.textOf(roomId), 'hello');
      assert.equal(chat.draft(), '');
      await settled(A_PAUSE);
      assert.equal(chat.draft(), 'hello');
      assert.deepEqual(chat.askedFor('draft.save').length, 1);
    });

    it('goes with its message, and not before that is stored', async () => {
      type('hello');
      await settled(A_PAUSE);
      const answer = chat.hold();
      send('hello');
      assert.equal(drafts.textOf(roomId), '');
      assert.equal(chat.draft(), 'hello');
      answer();
      await settled();
      assert.equal(chat.draft(), '');
      assert.equal(drafts.textOf(roomId), '');
    });

    it('goes with its message also when only its beginning was saved', async () => {
      type('hel');
      await settled(A_PAUSE);
      type('hello');
      send('hello');
      await settled(A_PAUSE);
      assert.equal(chat.draft(), '');
    });

    it('does not go when it is another text by then', async () => {
      const answer = chat.hold();
      send('hello');
      type('next');
      answer();
      await settled(A_PAUSE);
      assert.equal(chat.draft(), 'next');
      assert.equal(drafts.textOf(roomId), 'next');
    });

    it('of another window is taken, unless something is being typed here', async () => {
      const changed: string[] = [];
      drafts.onDidChange(({ roomId: id }) => changed.push(id));
      chat.setDraft(ada, roomId, 'from afar');
      assert.equal(drafts.textOf(roomId), 'from afar');
      assert.deepEqual(changed, [roomId]);
      type('mine');
      chat.setDraft(ada, roomId, 'from afar again');
      assert.equal(drafts.textOf(roomId), 'mine');
      await settled(A_PAUSE);
      assert.equal(chat.draft(), 'mine');
      chat.setDraft(ada, roomId, 'the last word');
      assert.equal(drafts.textOf(roomId), 'the last word');
    });

    it('goes with its message when it was being saved while that was sent', async () => {
      type('hel');
      const answer = chat.hold();
      await settled(A_PAUSE);
      type('hello');
      send('hello');
      answer();
      await settled(A_PAUSE);
      assert.equal(drafts.textOf(roomId), '');
      assert.equal(chat.draft(), '');
    });

    it('of another window is shown when it came with the answer to ours', async () => {
      type('mine');
      const answer = chat.hold();
      await settled(A_PAUSE);
      answer();
      chat.setDraft(ada, roomId, 'of another window');
      await settled();
      // Ours came last: it was asked for first and answered after.
      assert.equal(chat.draft(), 'mine');
      assert.equal(drafts.textOf(roomId), 'mine');
      chat.setDraft(ada, roomId, 'the last word');
      assert.equal(drafts.textOf(roomId), 'the last word');
    });

    it('typed in one composer is shown in the other of this window', () => {
      const changes: unknown[] = [];
      drafts.onDidChange(({ by }) => changes.push(by));
      type('hello');
      assert.deepEqual(changes, [composer]);
    });

    it('that was emptied is not on disk any more', async () => {
      chat.connect('unreachable');
      type('never mind');
      await settled(A_PAUSE);
      assert.equal(onDisk().length, 1);
      type('');
      close();
      assert.deepEqual(onDisk(), []);
      open();
    });

    it('does not come back after its message failed', async () => {
      type('hello');
      await settled(A_PAUSE);
      chat.refusals.set('message.send', new ChatError('STORAGE_FULL'));
      send('hello');
      await settled();
      assert.equal(drafts.textOf(roomId), '');
      assert.equal(outbox.pending(roomId).length, 1);
    });

    it('that is too long for a message stays here, and for the next window', async () => {
      const long = 'x'.repeat(20_000);
      type(long);
      await settled(A_PAUSE);
      assert.deepEqual(chat.askedFor('draft.save'), []);
      assert.equal(drafts.textOf(roomId), long);
      assert.equal(onDisk().length, 1);
      type('shortened');
      await settled(A_PAUSE);
      assert.equal(chat.draft(), 'shortened');
      assert.deepEqual(onDisk(), []);
    });

    it('typed without a hub is on disk until there is one', async () => {
      chat.connect('unreachable');
      type('patience');
      await settled(A_PAUSE);
      assert.equal(onDisk().length, 1);
      chat.connect('ready');
      await settled();
      assert.equal(chat.draft(), 'patience');
      assert.deepEqual(onDisk(), []);
    });

    it('of one profile is not saved by another', async () => {
      type('by Ada');
      chat.switchTo(people.grace);
      await settled(A_PAUSE);
      assert.equal(chat.draft(grace), '');
      assert.equal(drafts.textOf(roomId), '');
      chat.switchTo(people.ada);
      await settled();
      assert.equal(chat.draft(ada), 'by Ada');
    });

    it('that was not saved when the window closes is there for the next', async () => {
      type('half a sent');
      close();
      assert.equal(onDisk().length, 1);
      open();
      await recover();
      await settled();
      assert.equal(drafts.textOf(roomId), 'half a sent');
    });
  });

  describe('the texts of a window that has ended', () => {
    it('are back in the draft, and once', async () => {
      orphan('hello');
      await recover();
      await settled();
      assert.equal(chat.draft(), 'hello');
      await recover();
      assert.equal(chat.draft(), 'hello');
      assert.deepEqual(onDisk(), []);
    });

    it('are all back when there are several for one room', async () => {
      chat.setDraft(ada, roomId, 'fir');
      orphan('first', 'fir');
      orphan('second', 'fir');
      orphan('second, and more', 'fir');
      await recover();
      await settled();
      assert.equal(chat.draft(), 'first\nsecond\nsecond, and more');
      assert.deepEqual(onDisk(), []);
    });

    it('stand beside what somebody began to type meanwhile', async () => {
      const id = orphan('lost text');
      const back = recover();
      await settled(50);
      type('I begin to type');
      await back;
      assert.deepEqual(
        outbox.pending(roomId).map(({ content }) => content),
        ['lost text'],
      );
      assert.deepEqual(onDisk(), [id]);
    });

    it('wait for what is being typed when they are found', async () => {
      orphan('lost text');
      type('I was faster');
      await recover();
      assert.equal(drafts.textOf(roomId), 'I was faster');
      assert.deepEqual(
        outbox.pending(roomId).map(({ content }) => content),
        ['lost text'],
      );
    });

    it('are looked for again when there is a hub again', async () => {
      orphan('patience');
      chat.refusals.set('message.get', new ChatError('TIMEOUT', { seconds: 30 }));
      const watching = watchForUnsent({ client: chat, files, outbox, drafts, log: silentLogger });
      await settled();
      assert.equal(chat.draft(), '');
      chat.refusals.clear();
      chat.connect('reconnecting');
      chat.connect('ready');
      await settled();
      assert.equal(chat.draft(), 'patience');
      watching.dispose();
      await settled(600);
    });

    it('are anybody’s again when they could not be looked after', async () => {
      const id = orphan('patience');
      chat.refusals.set('message.get', new ChatError('TIMEOUT', { seconds: 30 }));
      await recover();
      assert.deepEqual(names(), [unsentFileName(id, null)]);
    });

    it('are one with what their page hands over once more', async () => {
      const id = orphan('handed over twice');
      chat.connect('reconnecting');
      send('handed over twice', ada, id);
      assert.deepEqual(onDisk(), [id]);
      chat.connect('ready');
      await recover();
      await settled();
      assert.deepEqual(chat.contents, ['handed over twice']);
      assert.equal(chat.draft(), '');
      assert.deepEqual(onDisk(), []);
    });

    it('stay where they are when this store does not have their room', async () => {
      const id = newId();
      const text: UnsentText = { id, roomId: newId(), profileId: ada, content: 'kept', composed: '' };
      mkdirSync(folder(), { recursive: true });
      writeFileSync(path.join(folder(), unsentFileName(id, null)), JSON.stringify(text));
      await recover();
      assert.deepEqual(names(), [unsentFileName(id, null)]);
    });

    it('are forgotten when the hub has them after all', async () => {
      const id = orphan('stored');
      chat.messages.push({ ...chat.add('another'), id, seq: 9, content: 'stored' });
      await recover();
      assert.equal(chat.draft(), '');
      assert.deepEqual(onDisk(), []);
    });

    it('take their draft with them when that was all that was left to do', async () => {
      chat.setDraft(ada, roomId, 'an older state');
      const id = orphan('what was sent', 'an older state');
      chat.messages.push({ ...chat.add('another'), id, seq: 9, content: 'what was sent' });
      await recover();
      await settled();
      assert.equal(chat.draft(), '');
      assert.deepEqual(onDisk(), []);
    });

    it('are on disk until the draft has gone with the message', async () => {
      chat.setDraft(ada, roomId, 'hello');
      chat.refusals.set('draft.save', new ChatError('STORAGE_FULL'));
      const answer = chat.hold();
      const id = send('hello');
      chat.refusals.clear();
      answer();
      assert.deepEqual(onDisk(), [id]);
      await settled();
      assert.equal(chat.draft(), '');
      assert.deepEqual(onDisk(), []);
    });

    it('wait for their own profile', async () => {
      orphan('by Grace', '', grace);
      await recover();
      assert.equal(chat.draft(), '');
      assert.equal(onDisk().length, 1);
    });

    it('are shown as not sent when the draft cannot take them', async () => {
      for (const sign of ['a', 'b', 'c']) orphan(sign.repeat(9_000));
      orphan('z'.repeat(20_000));
      await recover();
      await settled();
      assert.match(chat.draft(), /^a{9000}$/);
      assert.deepEqual(
        outbox.pending(roomId).map(({ content, fault }) => [content[0], fault?.code]),
        [
          ['b', 'CONNECTION_CLOSED'],
          ['c', 'CONNECTION_CLOSED'],
          ['z', 'MESSAGE_TOO_LONG'],
        ],
      );
      assert.equal(onDisk().length, 3, 'and outlive this window, too');
    });

    it('are left alone while their window lives', async () => {
      const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      try {
        const pid = other.pid ?? 0;
        make({ pid, startTime: processStartTime(pid) ?? '' }, 'hers');
        make({ pid, startTime: '' }, 'hers, of a platform that tells less');
        await recover();
        assert.equal(chat.draft(), '');
        const ended = new Promise((resolve) => other.once('exit', resolve));
        other.kill('SIGKILL');
        await ended;
        await recover();
        await settled();
        assert.equal(chat.draft(), 'hers\nhers, of a platform that tells less');
      } finally {
        other.kill('SIGKILL');
      }
    });

    it('that nobody can read are passed by', async () => {
      orphan('good');
      writeFileSync(path.join(folder(), unsentFileName(newId(), null)), '{"half');
      await recover();
      await settled();
      assert.equal(chat.draft(), 'good');
    });
  });
});
