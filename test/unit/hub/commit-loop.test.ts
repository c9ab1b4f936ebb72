import assert from 'node:assert/strict';
import { silentLogger } from '../../../src/common/logger.ts';
import { decide } from '../../../src/core/decide.ts';
import { GroupFrames } from '../../../src/hub/broadcast.ts';
import { CommitLoop } from '../../../src/hub/commit-loop.ts';
import type { Command } from '../../../src/model/commands.ts';
import { ChatError, toChatError } from '../../../src/model/errors.ts';
import { newId } from '../../../src/model/ids.ts';
import { limits } from '../../../src/model/limits.ts';
import { FaultyFiles } from '../store/faulty-files.ts';
import { Chat, tools } from '../store/support.ts';

describe('a commit group', () => {
  let chat: Chat;
  beforeEach(async () => {
    chat = new Chat();
    await chat.open();
  });
  afterEach(() => chat.dispose());

  it('goes out in one frame, however long what is said', async () => {
    const ada = chat.join('Ada');
    const roomId = chat.room('general');
    const frames: number[] = [];
    const loop = new CommitLoop({
      clock: chat.clock,
      log: silentLogger,
      store: chat.store,
      refusal: null,
      fence: () => true,
      onCommitted: (committed) =>
        frames.push(new GroupFrames(committed, (id) => chat.store.ledger.room(id)).for(ada.profileId).length),
      onFenced: () => assert.fail('fenced'),
      onStorageFault: (error) => assert.fail(error),
    });
    const say = (content: string): Promise<unknown> => {
      const command = { type: 'message.send', params: { id: newId(), roomId, content } } as Command;
      return loop.propose({ origin: ada, decide: (ledger) => decide(ledger, tools, ada, command) });
    };
    // Each byte of the long one is six in JSON; every number of the others comes before it once.
    const answers = [...Array(9).keys()].flatMap((before) => [
      ...Array.from({ length: before }, () => say('x'.repeat(limits.contentBytes))),
      say('\u0001'.repeat(limits.contentBytes)),
    ]);
    loop.start();
    await Promise.all(answers);
    assert.ok(frames.length > 9);
    assert.deepEqual(new Set(frames), new Set([1]));
    loop.stop();
  });

  describe('that can not be written', () => {
    let attempts: number;
    beforeEach(async () => {
      attempts = 0;
      const files = new FaultyFiles();
      await chat.open({
        files,
        checkpoint: (name) => {
          if (name !== 'commit staged') return;
          attempts += 1;
          if (attempts > 1) files.fail('write', 'ENOSPC');
        },
      });
    });

    /** What a message is answered whose group fails; meanwhile `meanwhile` happens. */
    async function answerTo(meanwhile: (host: { refusal: ChatError | null }, loop: CommitLoop) => void) {
      const ada = chat.join('Ada');
      const roomId = chat.room('general');
      assert.equal(attempts, 1);
      const host = {
        clock: chat.clock,
        log: silentLogger,
        store: chat.store,
        refusal: null as ChatError | null,
        fence: () => true,
        onCommitted: () => assert.fail('committed'),
        onFenced: () => assert.fail('fenced'),
        onStorageFault: async (error: ChatError) => {
          assert.equal(error.code, 'STORAGE_FULL');
          meanwhile(host, loop);
        },
      };
      const loop = new CommitLoop(host);
      const command: Command = { type: 'message.send', params: { id: newId(), roomId, content: 'x' } };
      const said = loop.propose({ origin: ada, decide: (ledger) => decide(ledger, tools, ada, command) });
      loop.start();
      const answer = await said.then(
        () => 'stored',
        (error: unknown) => toChatError(error).code,
      );
      loop.stop();
      return answer;
    }

    it('is answered by the end of a hub that ends over it: who leads next may find it', async () => {
      assert.equal(await answerTo((_, loop) => loop.stop()), 'CONNECTION_CLOSED');
      assert.equal(attempts, 2);
    });

    it('is not tried again where nothing can be written, and its senders hear why it was not', async () => {
      const readonly = new ChatError('STORAGE_READONLY');
      const answer = await answerTo((host) => {
        host.refusal = readonly;
      });
      assert.equal(answer, 'STORAGE_FULL');
      assert.equal(attempts, 2);
    });
  });
});
