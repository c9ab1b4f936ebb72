import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { epochFileName, type EpochFileKind, temporaryFileName } from '../../../src/model/epoch-files.ts';
import { QUARANTINE } from '../../../src/model/salvage.ts';
import { publishedEpochs, removeOldGenerations } from '../../../src/store/generations.ts';
import { encodeLine } from '../../../src/store/log-line.ts';
import { readSalvages } from '../../../src/store/quarantine.ts';
import { migrate } from '../../../src/store/schema.ts';
import { Sql } from '../../../src/store/sql.ts';
import { exportIsDue, type StoreCheckpoint } from '../../../src/store/store.ts';
import path from 'node:path';
import { FaultyFiles, systemError } from './faulty-files.ts';
import { Chat, engine, refusal } from './support.ts';
import { unsyncedFiles } from './unsynced-files.ts';

describe('store: epochs', () => {
  let chat: Chat;
  let ada: ReturnType<Chat['join']>;
  let grace: ReturnType<Chat['join']>;
  let general: string;

  beforeEach(async () => {
    chat = new Chat();
    await chat.open();
    ada = chat.join('Ada');
    grace = chat.join('Grace');
    general = chat.room('general');
  });

  afterEach(() => chat.dispose());

  /** A bit of everything. */
  function talk(): void {
    for (let n = 0; n < 20; n++) chat.say(n % 3 === 0 ? grace : ada, general, `line ${n}`);
    const direct = chat.ask(ada, 'direct.open', { profileIds: [grace.profileId] }).subject;
    chat.say(grace, direct, 'between us');
    chat.ask(ada, 'room.create', { name: 'build', topic: 'red' });
    chat.ask(ada, 'room.change', { roomId: chat.room('build'), archived: true });
    chat.ask(grace, 'read.mark', { roomId: general, upTo: chat.store.seq - 10 });
    chat.ask(ada, 'draft.save', { roomId: general, content: 'unsent' });
    chat.ask(grace, 'draft.save', { roomId: direct, content: 'unsent' });
    chat.ask(grace, 'draft.save', { roomId: direct, content: '' });
    chat.ask(grace, 'profile.use', { profileId: grace.profileId });
    chat.ask(grace, 'profile.change', { profileId: ada.profileId, colour: 'red' });
  }

  const log = (epoch = chat.epoch): Buffer => readFileSync(chat.file(epoch, 'log'));
  const setLog = (bytes: Buffer, epoch = chat.epoch): void => writeFileSync(chat.file(epoch, 'log'), bytes);
  const names = (): string[] => readdirSync(chat.directory).sort();

  const quarantined = (name: string): Buffer[] =>
    readdirSync(path.join(chat.directory, QUARANTINE)).map((folder) =>
      readFileSync(path.join(chat.directory, QUARANTINE, folder, name)),
    );

  it('begin with files of their own, for the owner only, and leave no temporary ones', () => {
    assert.deepEqual(names(), ['000000000001.base', '000000000001.log']);
    for (const name of names()) assert.equal(statSync(path.join(chat.directory, name)).mode & 0o777, 0o600);
  });

  it('pass their checkpoints in order', async () => {
    const passed: StoreCheckpoint[] = [];
    await chat.open({ checkpoint: (name) => passed.push(name) });
    const writing = ['base published', 'log written', 'log verified', 'log linked', 'log published'];
    assert.deepEqual(passed, ['loading', 'previous loaded', ...writing]);
    passed.length = 0;
    await chat.open({ export: true, checkpoint: (name) => passed.push(name) });
    assert.deepEqual(passed, ['loading', 'previous loaded', 'exporting', 'exported', ...writing]);
  });

  for (const exported of [false, true]) {
    describe(exported ? 'with a fresh export' : 'with the base of the one before', () => {
      it('hold exactly what the one before held', async () => {
        talk();
        const before = await Promise.all([ada, grace].map((who) => chat.everything(who.profileId)));
        const marks = { unread: chat.store.ledger.unreadAfter(ada.profileId, general, 5) };
        for (let round = 0; round < 3; round++) {
          await chat.open({ export: exported });
          const after = await Promise.all([ada, grace].map((who) => chat.everything(who.profileId)));
          assert.deepEqual(after, before);
          assert.equal(chat.store.ledger.lastUsedProfile(), grace.profileId);
          assert.deepEqual({ unread: chat.store.ledger.unreadAfter(ada.profileId, general, 5) }, marks);
          assert.equal(chat.store.facts.tornTail, null);
        }
      });

      it('know what was asked for under an id', async () => {
        const id = '0190a0a0-0000-7000-8000-000000000001';
        const first = chat.say(ada, general, 'once', id);
        await chat.open({ export: exported });
        await chat.open({ export: exported });
        assert.deepEqual(chat.say(ada, general, 'once', id), first);
        assert.throws(() => chat.say(ada, general, 'twice', id), refusal('CONFLICT', { id }));
      });

      it('go on with the same chain', async () => {
        talk();
        const { seq, chain } = chat.store;
        const earlier = chat.store.chainAt(seq - 3);
        assert.ok(earlier !== null && earlier !== chain);
        await chat.open({ export: exported });
        chat.say(ada, general, 'more');
        await chat.open({ export: exported });
        assert.equal(chat.store.chainAt(seq), chain);
        assert.equal(chat.store.chainAt(seq - 3), earlier);
        assert.equal(chat.store.chainAt(seq + 1), chat.store.chain);
        assert.equal(chat.store.chainAt(seq + 2), null);
      });

      it('never change files of other epochs', async () => {
        talk();
        const hashes = (): string[] =>
          (['base', 'log'] as const).map((kind) =>
            createHash('sha256')
              .update(readFileSync(chat.file(1, kind)))
              .digest('hex'),
          );
        const before = hashes();
        await chat.open({ export: exported });
        talk2();
        await chat.open({ export: exported });
        assert.deepEqual(hashes(), before);
      });
    });
  }

  const talk2 = (): void => void chat.say(ada, general, 'more');

  it('share the base until it is exported, then begin with an empty log', async () => {
    talk();
    const inode = (epoch: number): number => statSync(chat.file(epoch, 'base')).ino;
    await chat.open();
    assert.equal(inode(2), inode(1));
    const { logBytes } = chat.store.facts;
    await chat.open({ export: true });
    assert.notEqual(inode(3), inode(1));
    assert.ok(chat.store.facts.logBytes < logBytes);
    assert.equal(log().toString().split('\n').length, 2);
    assert.ok(chat.store.facts.baseBytes === statSync(chat.file(3, 'base')).size);
  });

  it('copy the base where there are no links', async () => {
    talk();
    const before = await chat.everything(ada.profileId);
    const files = new FaultyFiles();
    files.fail('link', 'EPERM');
    await chat.open({ files });
    assert.notEqual(statSync(chat.file(2, 'base')).ino, statSync(chat.file(1, 'base')).ino);
    assert.deepEqual(await chat.everything(ada.profileId), before);
    assert.deepEqual(
      names().filter((name) => name.endsWith('.tmp')),
      [],
    );
  });

  it('are due for an export by the size of the log beside the base', () => {
    const MiB = 1024 * 1024;
    const due = (baseMiB: number, logMiB: number): boolean =>
      exportIsDue({ baseBytes: baseMiB * MiB, logBytes: logMiB * MiB });
    assert.deepEqual([due(0.1, 0.9), due(0.1, 1.1)], [false, true]);
    assert.deepEqual([due(16, 1.9), due(16, 2.1)], [false, true]);
    assert.deepEqual([due(400, 4.9), due(400, 5.1)], [false, true]);
  });

  describe('after a write that was torn', () => {
    it('hold the groups before it, for every place it can be torn at', async () => {
      chat.say(ada, general, 'kept');
      const whole = log();
      chat.say(ada, general, 'torn');
      const full = log();
      chat.close();
      for (let length = whole.length; length <= full.length; length++) {
        setLog(full.subarray(0, length), 1);
        const torn = new Chat(chat.directory);
        const store = await torn.openAfter(1, { epoch: length + 10, files: unsyncedFiles });
        // The last byte is the line break; without it the line says all the same.
        const complete = length >= full.length - 1;
        assert.deepEqual(await torn.contents(ada, general), complete ? ['kept', 'torn'] : ['kept']);
        const tail = { file: '000000000001.log', offset: whole.length, bytes: length - whole.length };
        assert.deepEqual(store.facts.tornTail, complete || tail.bytes === 0 ? null : tail);
        torn.close();
      }
    }).timeout(60_000);

    it('drop zeros at the end and say so', async () => {
      talk();
      const before = await chat.everything(ada.profileId);
      const whole = log();
      setLog(Buffer.concat([whole, Buffer.alloc(4096)]));
      await chat.open();
      assert.deepEqual(await chat.everything(ada.profileId), before);
      const torn = { file: '000000000001.log', offset: whole.length, bytes: 4096 };
      assert.deepEqual(chat.store.facts.tornTail, torn);
      assert.equal(names().includes('quarantine'), false);
    });

    for (const [name, tail] of [
      ['noise with line breaks', Buffer.from(Array.from({ length: 5000 }, (_, n) => (n * 7919) % 251))],
      ['a line of another log', encodeLine('othernonce', '{"seq":99,"events":[],"intents":[]}')],
      ['half a line twice', Buffer.from('0123456789abcdef\n0123456789abcdef\n')],
    ] as const) {
      it(`drop ${name} at the end, keep a copy and leave its seqs out`, async () => {
        talk();
        const { seq } = chat.store;
        const before = await chat.contents(ada, null);
        const whole = log();
        setLog(Buffer.concat([whole, tail]));
        await chat.open();
        assert.deepEqual(await chat.contents(ada, null), before);
        const torn = { file: '000000000001.log', offset: whole.length, bytes: tail.length };
        assert.deepEqual(chat.store.facts.tornTail, torn);
        assert.ok(chat.store.seq > seq);
        assert.equal(chat.store.chainAt(seq), null);
        assert.equal(log(2).includes(tail), false);
        const [salvage] = readSalvages(chat.directory);
        assert.deepEqual([salvage?.outcome, salvage?.lost, salvage?.lostAfter], ['cut off', [], seq]);
        assert.deepEqual(quarantined('000000000001.log'), [Buffer.concat([whole, tail])]);
      });
    }
  });

  describe('refuse a store of a newer version', () => {
    it('by the header of its log, whatever else it says', async () => {
      const header = JSON.stringify({ format: 2, nonce: 'nonce1', anything: ['new'] });
      setLog(encodeLine('nonce1', header));
      await assert.rejects(chat.open(), refusal('FORMAT_NEWER', { found: 2, known: 1 }));
      setLog(Buffer.from(`00000000000000000000000000000000 ${header}\n`));
      await assert.rejects(chat.open(), refusal('FORMAT_NEWER', { found: 2, known: 1 }));
      assert.deepEqual(names(), ['000000000001.base', '000000000001.log']);
    });

    it('by the version in its base, without touching it', async () => {
      const sql = new Sql(await engine());
      migrate(sql);
      sql.script('PRAGMA user_version = 2');
      const before = sql.export();
      assert.throws(() => migrate(sql), refusal('FORMAT_NEWER', { found: 2, known: 1 }));
      assert.deepEqual(sql.export(), before);
      sql.close();
    });
  });

  it('migrate an older database step by step, all or nothing', async () => {
    const sql = new Sql(await engine());
    const first = 'CREATE TABLE one (n); INSERT INTO one VALUES (1)';
    assert.equal(migrate(sql, [first]), true);
    assert.equal(migrate(sql, [first]), false);
    assert.throws(() => migrate(sql, [first, 'CREATE TABLE two (n)', 'CREATE TABLE two (n)']));
    assert.deepEqual(sql.all('SELECT name FROM sqlite_schema'), [['one']]);
    migrate(sql, [first, 'CREATE TABLE two (n); INSERT INTO two SELECT n + 1 FROM one']);
    assert.deepEqual(sql.all('SELECT n FROM two'), [[2]]);
    sql.close();
  });

  describe('that cannot be written', () => {
    for (const call of ['write', 'sync', 'syncDirectory'] as const) {
      for (const exported of [false, true]) {
        it(`say so when ${call} fails ${exported ? 'with' : 'without'} an export, and leave the one before whole`, async () => {
          talk();
          const before = await chat.everything(ada.profileId);
          const files = new FaultyFiles();
          files.fail(call, 'ENOSPC');
          await assert.rejects(chat.open({ files, export: exported }), refusal('STORAGE_FULL'));
          assert.equal(existsSync(chat.file(2, 'log')), false);
          assert.deepEqual(
            names().filter((name) => name.endsWith('.tmp')),
            [],
          );
          await chat.openAfter(1, { epoch: 3 });
          assert.deepEqual(await chat.everything(ada.profileId), before);
        });
      }
    }

    it('are not published when what is read back differs', async () => {
      for (const exported of [false, true]) {
        const files = new FaultyFiles();
        files.read = (file) => {
          const bytes = readFileSync(file);
          if (file.endsWith('.tmp')) bytes[bytes.length - 2]! ^= 1;
          return bytes;
        };
        const epoch = exported ? 12 : 11;
        await assert.rejects(chat.open({ files, epoch, export: exported }), refusal('STORAGE_ERROR'));
        assert.equal(existsSync(chat.file(epoch, 'log')), false);
      }
    });
  });

  describe('make old ones needless', () => {
    const touch = (epoch: number, ...kinds: EpochFileKind[]): void => {
      for (const kind of kinds) writeFileSync(path.join(chat.directory, epochFileName(epoch, kind)), '');
    };

    it('but two generations stay, and claims longer', () => {
      for (const epoch of [30, 35, 36, 98, 99, 100, 101]) touch(epoch, 'claim', 'base', 'log');
      writeFileSync(path.join(chat.directory, temporaryFileName(99, 'log', 'abc')), '');
      writeFileSync(path.join(chat.directory, temporaryFileName(100, 'claim', 'abc')), '');
      writeFileSync(path.join(chat.directory, 'secret'), '');
      const removed = removeOldGenerations(chat.directory, 100);
      assert.deepEqual(publishedEpochs(chat.directory), [99, 100, 101]);
      assert.deepEqual(
        names().filter((name) => name.endsWith('.claim')),
        [36, 98, 99, 100, 101].map((epoch) => epochFileName(epoch, 'claim')),
      );
      assert.deepEqual(
        names().filter((name) => name.endsWith('.tmp')),
        [temporaryFileName(100, 'claim', 'abc')],
      );
      assert.ok(names().includes('secret'));
      assert.deepEqual(removeOldGenerations(chat.directory, 100), []);
      assert.deepEqual(
        removed.filter((name) => name.endsWith('.claim')),
        [30, 35].map((epoch) => epochFileName(epoch, 'claim')),
      );
    });

    it('counting generations, not numbers', () => {
      for (const epoch of [3, 5, 9]) touch(epoch, 'claim', 'base', 'log');
      for (const epoch of [4, 6, 7, 8]) touch(epoch, 'claim', 'base');
      removeOldGenerations(chat.directory, 9);
      assert.deepEqual(publishedEpochs(chat.directory), [5, 9]);
      assert.ok(names().includes(epochFileName(5, 'base')));
    });

    it('but no claim after one that can not be removed, so that a hub of that time stays fenced', () => {
      for (const epoch of [3, 4, 5, 90]) touch(epoch, 'claim');
      const files = new FaultyFiles();
      files.remove = (file) => {
        if (file.endsWith(epochFileName(4, 'claim'))) throw systemError('EBUSY');
        rmSync(file);
      };
      removeOldGenerations(chat.directory, 90, files);
      assert.deepEqual(
        names().filter((name) => name.endsWith('.claim')),
        [4, 5, 90].map((epoch) => epochFileName(epoch, 'claim')),
      );
    });
  });
});
