import assert from 'node:assert/strict';
import { silentLogger } from '../../../src/common/logger.ts';
import { decide } from '../../../src/core/decide.ts';
import { GroupFrames } from '../../../src/hub/broadcast.ts';
import { CommitLoop } from '../../../src/hub/commit-loop.ts';
import type { Command } from '../../../src/model/commands.ts';
import { newId } from '../../../src/model/ids.ts';
import { limits } from '../../../src/model/limits.ts';
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
});
