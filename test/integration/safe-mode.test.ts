import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { epochFileName } from '../../src/model/epoch-files.ts';
import { newId } from '../../src/model/ids.ts';
import { publishedEpochs } from '../../src/store/generations.ts';
import { encodeGroup, LogReader } from '../../src/store/log.ts';
import { encodeLine } from '../../src/store/log-line.ts';
import { buildVariant, replacing } from '../torture/support/variant.ts';
import { Chat, type Ended } from './support/chat.ts';

/** Attempts to read the chat, of which all but the last may fail or be killed. */
const ATTEMPTS = 12;

describe('a store with an event that no hub gets past', function () {
  this.timeout(120_000);
  let chat: Chat;
  beforeEach(async () => {
    chat = new Chat();
    await chat.ok(['send', 'general', 'before']);
  });
  afterEach(() => chat.close());

  /** Reads until it works. Each attempt is a process of its own, and an epoch or several. */
  async function readAtLast(reader: Chat): Promise<Ended> {
    for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
      const result = await reader.run(['read', 'general', '--json'], { timeout: 60_000 });
      if (result.code === 0) return result;
    }
    return reader.ok(['read', 'general', '--json']);
  }

  const contents = ({ json }: Ended): unknown[] => json.map(({ content }) => content);

  /** Appends a message to a room that is not there to the log, as no hub would. */
  function spoilLog(): void {
    const epoch = publishedEpochs(chat.dir).at(-1) ?? 0;
    const file = path.join(chat.dir, epochFileName(epoch, 'log'));
    const reader = new LogReader(readFileSync(file), 'log');
    let last = reader.header.base.seq;
    let envelope: object = {};
    for (const group of reader.groups()) {
      last = group.lastSeq;
      envelope = group.events.at(-1)?.envelope ?? {};
    }
    const body = { roomId: newId(), kind: 'person', content: 'to nowhere' };
    const event = { ...envelope, seq: last + 1, id: newId(), body };
    appendFileSync(
      file,
      encodeLine(reader.header.nonce, encodeGroup(last + 1, [JSON.stringify(event)], ['x'])),
    );
  }

  async function assertSkipped(count: number): Promise<void> {
    const status = await chat.ok(['status', '--json']);
    assert.equal(status.json[0]?.['skipped'], count);
  }

  it('is served without that event after three attempts, and says that it was kept aside', async () => {
    spoilLog();
    assert.deepEqual(contents(await readAtLast(chat)), ['before']);
    await assertSkipped(1);
    await chat.ok(['send', 'general', 'after']);
    assert.deepEqual(contents(await chat.ok(['read', 'general', '--json'])), ['before', 'after']);
    await assertSkipped(1);
  });

  it('is served without it even where each process dies over it', async () => {
    await chat.ok(['send', 'general', 'deadly']);
    await chat.ok(['send', 'general', 'after']);
    const bundle = await buildVariant({
      edits: {
        'src/store/event-writer.ts': replacing(
          'applyEvent(this.#sql, event);',
          `if (JSON.stringify(event).includes('deadly')) process.kill(process.pid, 'SIGKILL');
      applyEvent(this.#sql, event);`,
        ),
      },
    });
    const reader = new Chat({ bundle, dir: chat.dir });
    try {
      assert.deepEqual(contents(await readAtLast(reader)), ['before', 'after']);
    } finally {
      await reader.close();
    }
    await assertSkipped(1);
  });
});
