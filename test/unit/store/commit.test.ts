import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import type { EventDraft } from '../../../src/core/ports.ts';
import { ChatError, type ErrorCode } from '../../../src/model/errors.ts';
import { newId } from '../../../src/model/ids.ts';
import { FencedError } from '../../../src/store/errors.ts';
import { nodeFiles } from '../../../src/store/files.ts';
import type { StoreCheckpoint } from '../../../src/store/store.ts';
import { FaultyFiles } from './faulty-files.ts';
import { Chat, refusal } from './support.ts';

describe('store: commit', () => {
  let chat: Chat;
  let files: FaultyFiles;
  let passed: StoreCheckpoint[];
  let ada: ReturnType<Chat['join']>;
  let general: string;

  beforeEach(async () => {
    chat = new Chat();
    files = new FaultyFiles();
    passed = [];
    await chat.open({ files, checkpoint: (name) => passed.push(name) });
    ada = chat.join('Ada');
    general = chat.room('general');
  });

  afterEach(() => chat.dispose());

  const message = (content: string, roomId = general): EventDraft => {
    const id = newId();
    const body = { roomId, kind: 'person' as const, content };
    return {
      id,
      type: 'message.posted',
      audience: { to: 'room', roomId },
      body,
      subject: id,
      intent: content,
    };
  };

  it('gives consecutive seqs and writes one line for the whole group', () => {
    const lines = (): number => readFileSync(chat.file(1, 'log'), 'utf8').split('\n').length;
    const [seq, before] = [chat.store.seq, lines()];
    const committed = chat.store.commit(
      (group) => {
        for (const content of ['one', 'two', 'three']) group.add(message(content), ada);
      },
      () => true,
    );
    assert.deepEqual(
      committed.events.map(({ envelope }) => envelope.seq),
      [seq + 1, seq + 2, seq + 3],
    );
    assert.equal(committed.seq, seq + 3);
    assert.equal(chat.store.seq, seq + 3);
    assert.equal(lines(), before + 1);
    assert.equal(chat.store.facts.logBytes, statSync(chat.file(1, 'log')).size);
    for (const { envelope, json } of committed.events) assert.deepEqual(JSON.parse(json), envelope);
  });

  it('shows the rules what is staged, and readers only what counts', async () => {
    chat.store.commit(
      (group) => {
        group.add(message('one'), ada);
        assert.equal(chat.store.ledger.lastSeq, chat.store.seq + 1);
        assert.equal(chat.store.ledger.room(general)?.lastSeq, chat.store.seq + 1);
        assert.equal(group.count, 1);
        assert.ok(group.stagedBytes > 100);
      },
      () => true,
    );
    assert.deepEqual(await chat.contents(ada, general), ['one']);
  });

  it('asks the fence after the sync, before anything counts', () => {
    passed.length = 0;
    chat.store.commit(
      (group) => group.add(message('one'), ada),
      () => {
        assert.deepEqual(passed, ['commit staged', 'commit written', 'commit synced']);
        return true;
      },
    );
    assert.deepEqual(passed.at(-1), 'commit fenced');
  });

  it('writes nothing for an empty group, but asks the fence', () => {
    const { logBytes } = chat.store.facts;
    const { seq, chain } = chat.store;
    let asked = 0;
    const result = chat.store.commit(
      () => undefined,
      () => ++asked > 0,
    );
    assert.deepEqual(result, { events: [], seq, chain });
    assert.equal(asked, 1);
    assert.equal(chat.store.facts.logBytes, logBytes);
    assert.throws(
      () =>
        chat.store.commit(
          () => undefined,
          () => false,
        ),
      FencedError,
    );
    assert.equal(chat.store.writable, false);
  });

  it('behind a fence takes everything back and never writes again', async () => {
    chat.say(ada, general, 'before');
    const { seq, chain } = chat.store;
    const add = (): void => {
      chat.store.commit(
        (group) => group.add(message('lost'), ada),
        () => false,
      );
    };
    assert.throws(add, FencedError);
    assert.deepEqual([chat.store.seq, chat.store.chain, chat.store.writable], [seq, chain, false]);
    assert.equal(chat.store.ledger.lastSeq, seq);
    assert.deepEqual(await chat.contents(ada, general), ['before']);
    const { touched } = files;
    assert.throws(() => chat.say(ada, general, 'again'), FencedError);
    assert.equal(files.touched, touched);
  });

  it('goes on where the file system numbers each name of a file on its own', async () => {
    const isStill = (): boolean => false;
    await chat.open({ files: { ...nodeFiles, isStill } });
    assert.equal(chat.store.isInPlace, true);
    const { seq } = chat.store;
    assert.equal(
      chat.store.commit(
        () => undefined,
        () => true,
      ).seq,
      seq,
    );
    assert.equal(chat.say(chat.join('Lin'), chat.room('general'), 'here').seq, seq + 2);
  });

  it('leaves no trace of a group whose making failed', async () => {
    const { seq } = chat.store;
    const fault = new Error('made by the test');
    assert.throws(
      () =>
        chat.store.commit(
          (group) => {
            group.add(message('half'), ada);
            throw fault;
          },
          () => true,
        ),
      fault,
    );
    assert.equal(chat.store.writable, true);
    assert.equal(chat.say(ada, general, 'whole').seq, seq + 1);
    assert.deepEqual(await chat.contents(ada, general), ['whole']);
  });

  it('leaves out an event that cannot be applied and keeps the others of its group', async () => {
    chat.store.commit(
      (group) => {
        group.add(message('one'), ada);
        assert.throws(() => group.add(message('nowhere', newId()), ada), { name: 'UnappliableEventError' });
        group.add(message('two'), ada);
      },
      () => true,
    );
    const before = await chat.everything(ada.profileId);
    assert.deepEqual(await chat.contents(ada, general), ['one', 'two']);
    await chat.open();
    assert.deepEqual(await chat.everything(ada.profileId), before);
  });

  describe('on a disk that fails', () => {
    const faults: [string, (files: FaultyFiles) => void, ErrorCode][] = [
      ['a full disk that writes less', (disk) => disk.shorten(1), 'STORAGE_FULL'],
      ['a full disk that writes nothing', (disk) => disk.shorten(1_000_000), 'STORAGE_FULL'],
      ['ENOSPC', (disk) => disk.fail('write', 'ENOSPC'), 'STORAGE_FULL'],
      ['EDQUOT at the sync', (disk) => disk.fail('syncData', 'EDQUOT'), 'STORAGE_FULL'],
      ['EROFS', (disk) => disk.fail('write', 'EROFS'), 'STORAGE_READONLY'],
      ['EIO at the write', (disk) => disk.fail('write', 'EIO'), 'STORAGE_ERROR'],
      ['EIO at the sync', (disk) => disk.fail('syncData', 'EIO'), 'STORAGE_ERROR'],
    ];
    for (const [name, breakDisk, code] of faults) {
      it(`${name}: ${code}, nothing counts, nothing is tried again, the next epoch goes on`, async () => {
        chat.say(ada, general, 'before');
        const { seq } = chat.store;
        breakDisk(files);
        assert.throws(() => chat.say(ada, general, 'lost'), refusal(code));
        files.heal();
        const { touched } = files;
        assert.throws(() => chat.say(ada, general, 'again'), refusal(code));
        assert.equal(files.touched, touched);
        assert.equal(chat.store.seq, seq);
        assert.deepEqual(await chat.contents(ada, general), ['before']);

        await chat.open();
        chat.say(ada, general, 'after');
        const contents = await chat.contents(ada, general);
        // What was written in full though its sync failed may be there: it was never acknowledged, nor said to be lost.
        assert.deepEqual(
          contents.filter((content) => content !== 'lost'),
          ['before', 'after'],
        );
      });
    }

    it('says so when the fence itself fails, and takes the group back', () => {
      const broken = Object.assign(new Error('stat'), { code: 'EIO' });
      assert.throws(
        () =>
          chat.store.commit(
            (group) => group.add(message('one'), ada),
            () => {
              throw broken;
            },
          ),
        (error) => error instanceof ChatError && error.code === 'STORAGE_ERROR' && error.cause === broken,
      );
      assert.equal(chat.store.writable, false);
    });
  });
});
