import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { type FileAccess, nodeFiles } from '../../../src/store/files.ts';
import type { OpenEpochOptions } from '../../../src/store/store.ts';
import { systemError } from './faulty-files.ts';
import { Chat } from './support.ts';

/** A process that is killed the moment it left a trace at the event `seq`: from then on nothing reaches the disk. */
function mortal(seq: number): FileAccess {
  let isDead = false;
  const whileAlive =
    <A extends readonly unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      if (isDead) throw systemError('EIO');
      return call(...args);
    };
  return {
    ...nodeFiles,
    create: whileAlive((path: string) => {
      const fd = nodeFiles.create(path);
      if (!path.endsWith(`.at-${seq}.tmp`)) return fd;
      nodeFiles.close(fd);
      isDead = true;
      throw systemError('EIO');
    }),
    remove: whileAlive(nodeFiles.remove),
    link: whileAlive(nodeFiles.link),
    syncDirectory: whileAlive(nodeFiles.syncDirectory),
  };
}

describe('store: safe mode', () => {
  let chat: Chat;
  let ada: ReturnType<Chat['join']>;
  let general: string;
  let attempts: number;
  beforeEach(async () => {
    chat = new Chat();
    await chat.open();
    ada = chat.join('ada');
    general = chat.room('general');
    for (const word of ['one', 'two', 'three']) chat.say(ada, general, word);
    attempts = 0;
  });
  afterEach(() => chat.dispose());

  async function dies(options: Partial<OpenEpochOptions>): Promise<void> {
    const previous = chat.epoch;
    attempts += 1;
    await assert.rejects(chat.open({ safeMode: true, previous, epoch: previous + attempts, ...options }));
  }

  async function diesAt(seq: number): Promise<void> {
    await dies({ files: mortal(seq) });
  }

  async function diesLater(): Promise<void> {
    await dies({
      checkpoint: (name) => {
        if (name === 'previous loaded') throw new Error('killed by the test');
      },
    });
  }

  async function opens(safeMode = true): Promise<readonly number[]> {
    const previous = chat.epoch;
    await chat.open({ safeMode, previous, epoch: previous + attempts + 1 });
    attempts = 0;
    return chat.store.facts.skipped;
  }

  const traces = (): string[] => readdirSync(chat.directory).filter((name) => name.endsWith('.tmp'));

  it('keeps an event aside that processes died over and nobody got past', async () => {
    const { seq } = chat.store;
    for (let death = 0; death < 3; death += 1) await diesAt(seq - 1);
    assert.deepEqual(await opens(), [seq - 1]);
    assert.deepEqual(await chat.contents(ada, general), ['one', 'three']);
  });

  it('keeps nothing aside for processes that are killed by chance, however many, as long as one gets past it', async () => {
    const { seq } = chat.store;
    for (let storm = 0; storm < 4; storm += 1) {
      await diesAt(seq);
      await diesAt(seq - 2);
      await diesAt(seq - 1);
      await diesLater();
    }
    assert.deepEqual(traces(), []);
    assert.deepEqual(await opens(), []);
    assert.deepEqual(await chat.contents(ada, general), ['one', 'two', 'three']);
  });

  it('counts no deaths before the epoch it begins from', async () => {
    const { seq } = chat.store;
    await diesAt(seq);
    await diesAt(seq);
    assert.deepEqual(await opens(false), []);
    assert.equal(traces().length, 2);
    await diesAt(seq);
    assert.deepEqual(await opens(), []);
  });

  it('leaves no trace at an event that it is past', async () => {
    await diesLater();
    assert.deepEqual(traces(), []);
  });
});
