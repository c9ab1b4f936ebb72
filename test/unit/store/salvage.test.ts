import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { QUARANTINE, type Salvage } from '../../../src/model/salvage.ts';
import { decodeBase, PAGE_BYTES } from '../../../src/store/base-file.ts';
import { readSalvages } from '../../../src/store/quarantine.ts';
import { FaultyFiles } from './faulty-files.ts';
import { Chat, refusal } from './support.ts';
import { unsyncedFiles } from './unsynced-files.ts';

describe('store: salvage', () => {
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

  const file = (kind: 'base' | 'log', epoch = chat.epoch): string => chat.file(epoch, kind);
  const read = (kind: 'base' | 'log', epoch = chat.epoch): Buffer => readFileSync(file(kind, epoch));
  const salvages = (): readonly Salvage[] => readSalvages(chat.directory);
  const last = (): Salvage => salvages().at(-1) ?? assert.fail('nothing was said to be damaged');

  function talk(count = 20): void {
    for (let n = 0; n < count; n++) chat.say(n % 3 === 0 ? grace : ada, general, `line ${n} of ${count}`);
    chat.ask(ada, 'draft.save', { roomId: general, content: 'unsent' });
    chat.ask(grace, 'read.mark', { roomId: general, upTo: chat.store.seq - 10 });
  }

  /** Files the newest epoch's file anew, changed; a link is cut by it, as another file system would. */
  function change(kind: 'base' | 'log', by: (bytes: Buffer) => Buffer | void, epoch = chat.epoch): Buffer {
    const bytes = read(kind, epoch);
    const changed = by(bytes) ?? bytes;
    writeFileSync(file(kind, epoch), changed);
    return changed;
  }

  const flip = (bytes: Buffer, at: number, bit = at % 8): void => {
    bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  };

  async function everything(): Promise<object[]> {
    return Promise.all([ada, grace].map((who) => chat.everything(who.profileId)));
  }

  /** What the quarantine has of a file, by the last report. */
  function copyOf(name: string): Buffer {
    const folder = readdirSync(path.join(chat.directory, QUARANTINE)).sort().at(-1) ?? '';
    return readFileSync(path.join(chat.directory, QUARANTINE, folder, name));
  }

  describe('of a log', () => {
    it('puts one flipped bit right, wherever it is', async () => {
      talk(3);
      const before = await everything();
      const { epoch } = chat;
      const whole = read('log');
      chat.close();
      for (let at = 0; at < whole.length; at += 53) {
        const damaged = Buffer.from(whole);
        flip(damaged, at, (at / 53) % 8);
        const other = new Chat(chat.directory);
        writeFileSync(file('log', epoch), damaged);
        const store = await other.openAfter(epoch, { epoch: 10 + at, files: unsyncedFiles });
        const after = await Promise.all([ada, grace].map((who) => other.everything(who.profileId)));
        assert.deepEqual(after, before, `byte ${at}`);
        assert.deepEqual([store.facts.salvage?.outcome, store.facts.salvage?.files[0]?.at], ['repaired', at]);
        assert.deepEqual(copyOf('000000000001.log'), damaged);
        other.close();
      }
    }).timeout(60_000);

    it('uses what stands before and after lines that can not be read, and names the gap', async () => {
      chat.say(ada, general, 'one');
      const start = read('log').length;
      const { seq } = chat.say(ada, general, 'two');
      const end = read('log').length;
      chat.say(ada, general, 'three');
      const chain = chat.store.chain;
      const damaged = change('log', (bytes) => {
        bytes.fill('x', start + 40, end - 40);
      });
      await chat.open();
      assert.deepEqual(await chat.contents(ada, general), ['one', 'three']);
      const { outcome, lost, files, lostAfter } = last();
      assert.deepEqual([outcome, lost, lostAfter], ['salvaged', [[seq, seq]], undefined]);
      assert.deepEqual(
        files.map(({ name, bytes, at }) => [name, bytes, at]),
        [['000000000001.log', damaged.length, start]],
      );
      assert.deepEqual(copyOf('000000000001.log'), damaged);
      assert.equal(chat.store.seq, seq + 1);
      assert.notEqual(chat.store.chain, chain);
      assert.equal(chat.store.chainAt(seq - 1), null);
      await chat.open();
      assert.deepEqual(await chat.contents(ada, general), ['one', 'three']);
      assert.equal(salvages().length, 1);
    });

    it('names the gap where a line is missing', async () => {
      chat.say(ada, general, 'one');
      const start = read('log').length;
      const { seq } = chat.say(ada, general, 'two');
      const end = read('log').length;
      chat.say(ada, general, 'three');
      change('log', (bytes) => Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]));
      await chat.open();
      assert.deepEqual(await chat.contents(ada, general), ['one', 'three']);
      assert.deepEqual([last().outcome, last().lost], ['salvaged', [[seq, seq]]]);
    });

    it('keeps aside what speaks of something that is lost', async () => {
      const { subject } = chat.ask(ada, 'room.create', { name: 'build', topic: '' });
      const end = read('log').length;
      const { seq } = chat.say(ada, subject, 'in a room that is gone');
      chat.say(ada, general, 'in one that is not');
      change('log', (bytes) => {
        bytes.fill('x', end - 100, end - 20);
      });
      await chat.open();
      assert.deepEqual(await chat.contents(ada, null), ['in one that is not']);
      assert.deepEqual(last().lost, [[seq - 1, seq]]);
      assert.deepEqual(chat.store.facts.skipped, [seq]);
      assert.deepEqual((await chat.open()).facts.skipped, [seq]);
    });

    it('lets profiles whose making is lost go on under another name', async () => {
      const start = read('log').length;
      const zoe = chat.join('Zoe');
      const { seq } = chat.say(zoe, general, 'said by Zoe');
      change('log', (bytes) => {
        bytes.fill('x', start + 40, start + 90);
      });
      await chat.open();
      assert.deepEqual(await chat.contents(ada, general), ['said by Zoe']);
      assert.deepEqual(last().lost, [[seq - 1, seq - 1]]);
      assert.match(chat.store.ledger.profile(zoe.profileId)?.name ?? '', /^profile /);
    });

    it('does without a header, by the nonce of the claim', async () => {
      talk();
      const before = await everything();
      change('log', (bytes) => {
        bytes.fill('x', 0, 200);
      });
      await chat.open({ nonceOf: (epoch) => `nonce${epoch}` });
      const after = await everything();
      assert.deepEqual(after, before);
      assert.equal(last().outcome, 'repaired');
    });

    it('leaves a million seqs out when nobody knows what was in it', async () => {
      talk();
      await chat.open({ export: true });
      const { seq } = chat.say(ada, general, 'lost with its log');
      rmSync(file('log'));
      await chat.open();
      const { outcome, lost, lostAfter } = last();
      assert.deepEqual([outcome, lost, lostAfter], ['salvaged', [], seq - 1]);
      assert.ok(chat.store.seq > seq + 900_000);
      assert.equal((await chat.contents(ada, general)).length, 20);
    });

    it('says nothing of a write that was cut short', async () => {
      chat.say(ada, general, 'kept');
      const whole = read('log').length;
      chat.say(ada, general, 'torn');
      change('log', (bytes) => bytes.subarray(0, bytes.length - 5));
      await chat.open();
      assert.equal(chat.store.facts.tornTail?.offset, whole);
      assert.equal(existsSync(path.join(chat.directory, QUARANTINE)), false);
    });
  });

  describe('of a base', () => {
    beforeEach(async () => {
      talk(60);
      await chat.open({ export: true });
      // So that the generation before is of no help.
      await chat.open({ export: true });
      await chat.open();
      chat.say(ada, general, 'after the export');
    });

    const forgetTheOthers = (): void => {
      for (let epoch = 1; epoch < chat.epoch; epoch += 1) {
        for (const kind of ['base', 'log'] as const) rmSync(file(kind, epoch), { force: true });
      }
    };

    it('puts one flipped bit right, wherever it is', async () => {
      const before = await everything();
      const { epoch } = chat;
      forgetTheOthers();
      const whole = read('base');
      chat.close();
      for (let n = 0; n < 12; n += 1) {
        const at = Math.floor(((n + 0.5) / 12) * whole.length) + (n === 11 ? 100 : 0);
        const damaged = Buffer.from(whole);
        flip(damaged, Math.min(at, whole.length - 1));
        writeFileSync(file('base', epoch), damaged);
        const other = new Chat(chat.directory);
        const store = await other.openAfter(epoch, { epoch: 20 + n, files: unsyncedFiles });
        const after = await Promise.all([ada, grace].map((who) => other.everything(who.profileId)));
        assert.deepEqual(after, before, `byte ${at}`);
        assert.equal(store.facts.salvage?.outcome, 'repaired');
        assert.deepEqual(copyOf('000000000004.base'), damaged);
        rmSync(file('log', 20 + n));
        rmSync(file('base', 20 + n));
        other.close();
      }
    }).timeout(60_000);

    it('takes what the generation before leads to', async () => {
      await chat.open({ export: true });
      const before = await everything();
      for (const damage of [
        (bytes: Buffer): Buffer => bytes.fill(7, 5000, 40_000),
        (): Buffer => Buffer.alloc(0),
      ]) {
        const { epoch } = chat;
        const whole = read('base', 5);
        change('base', damage, 5);
        await chat.open({ previous: 5 });
        assert.deepEqual(await everything(), before);
        assert.equal(last().outcome, 'repaired');
        writeFileSync(file('base', 5), whole);
        assert.ok(chat.epoch > epoch);
      }
    });

    it('reads what is left, page by page, and names what is not', async () => {
      forgetTheOthers();
      const whole = read('base');
      const pages = decodeBase(whole).database.length / PAGE_BYTES;
      const all = await chat.contents(ada, general);
      const { epoch } = chat;
      const truth = await chat.store.history.page({ profileId: ada.profileId, roomId: general, limit: 200 });
      chat.close();
      for (let page = 0; page < pages; page += 1) {
        const damaged = Buffer.from(whole);
        for (let n = 0; n < 5; n += 1) flip(damaged, page * PAGE_BYTES + n * 700 + 3);
        writeFileSync(file('base', epoch), damaged);
        const other = new Chat(chat.directory);
        const store = await other.openAfter(epoch, { epoch: 100 + page, files: unsyncedFiles });
        const { salvage } = store.facts;
        assert.ok(salvage !== null);
        const found = await store.history.page({ profileId: ada.profileId, roomId: general, limit: 200 });
        const lost = truth.messages.filter(
          ({ seq }) => !salvage.lost.some(([first, end]) => first <= seq && seq <= end),
        );
        assert.deepEqual(
          found.messages.map(({ seq, content }) => [seq, content]),
          lost.map(({ seq, content }) => [seq, content]),
          `page ${page}: ${JSON.stringify(salvage)}`,
        );
        if (found.messages.length < all.length) assert.equal(salvage.outcome, 'salvaged');
        assert.deepEqual(copyOf('000000000004.base'), damaged);
        other.close();
        for (const kind of ['base', 'log'] as const) rmSync(file(kind, 100 + page));
      }
    }).timeout(60_000);

    it('begins anew where nothing is left, and goes on above every seq there was', async () => {
      forgetTheOthers();
      const { seq } = chat.store;
      change('base', () => Buffer.from('nothing'));
      change('log', () => Buffer.from('nothing either'));
      await chat.open();
      assert.equal(last().outcome, 'begun anew');
      assert.ok(chat.store.seq > seq);
      assert.deepEqual([...copyOf('000000000004.base').toString()].join(''), 'nothing');
    });
  });

  describe('of a first epoch', () => {
    it('makes an empty base anew', async () => {
      talk();
      const before = await everything();
      rmSync(file('base'));
      await chat.open();
      assert.deepEqual(await everything(), before);
      assert.equal(last().outcome, 'repaired');
      assert.deepEqual(
        last().files.map(({ name, detail }) => [name, detail]),
        [['000000000001.base', 'missing']],
      );
    });
  });

  describe('leaves the damaged files as they are', () => {
    it('and keeps their copies for the owner only', async () => {
      talk();
      const damaged = change('log', (bytes) => flip(bytes, 500));
      await chat.open();
      assert.deepEqual(read('log', 1), damaged);
      const folder = path.join(chat.directory, QUARANTINE);
      assert.equal(statSync(folder).mode & 0o777, 0o700);
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        assert.equal(statSync(path.join(folder, name)).mode & 0o077, 0, name);
      }
    });

    it('and begins nothing when there is no room for copies', async () => {
      talk();
      change('log', (bytes) => flip(bytes, 500));
      const files = new FaultyFiles();
      files.fail('write', 'ENOSPC');
      await assert.rejects(chat.open({ files }), refusal('STORAGE_FULL'));
      assert.deepEqual(readdirSync(path.join(chat.directory, QUARANTINE)), []);
      assert.equal(existsSync(file('log', 2)), false);
      files.heal();
      files.shorten(10);
      await assert.rejects(chat.open({ files, epoch: 3 }), refusal('STORAGE_FULL'));
    });

    it('when a younger epoch leads, which removed them', async () => {
      rmSync(file('base'));
      await assert.rejects(chat.open({ isOurs: () => false }), refusal('STORE_CORRUPT'));
      assert.equal(existsSync(path.join(chat.directory, QUARANTINE)), false);
    });

    it('and makes no second copy for an attempt that came to nothing', async () => {
      talk();
      change('log', (bytes) => flip(bytes, 500));
      const stop = (name: string): void => {
        if (name === 'base published') throw new Error('stopped by the test');
      };
      await assert.rejects(chat.open({ checkpoint: stop }));
      await chat.openAfter(1, { epoch: 3 });
      assert.equal(salvages().length, 1);
    });

    it('and reports a second damage of the same kind also where there is nothing to copy', async () => {
      talk();
      await chat.open({ export: true });
      for (let round = 0; round < 2; round += 1) {
        rmSync(file('log'));
        await chat.open();
      }
      assert.deepEqual(
        salvages().map(({ epoch, files }) => [epoch, files.map(({ name }) => name)]),
        [
          [3, ['000000000002.log']],
          [4, ['000000000003.log']],
        ],
      );
    });

    it('and drops the oldest copies of logs that were just cut off, and no others', async () => {
      talk();
      const damaged = change('log', (bytes) => flip(bytes, 500));
      await chat.open();
      for (let round = 0; round < 20; round += 1) {
        change('log', (bytes) => Buffer.concat([bytes, Buffer.from(`what is this? ${round}\n`)]));
        await chat.open();
      }
      const outcomes = salvages().map(({ outcome }) => outcome);
      assert.deepEqual(outcomes, ['repaired', ...Array.from({ length: 16 }, () => 'cut off')]);
      const [oldest = ''] = readdirSync(path.join(chat.directory, QUARANTINE)).sort();
      const kept = path.join(chat.directory, QUARANTINE, oldest, '000000000001.log');
      assert.deepEqual(readFileSync(kept), damaged);
    });
  });
});
