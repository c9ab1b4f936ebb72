import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../harness/paths.ts';
import { Chat, refusal } from './support.ts';

const fixture = path.join(root, 'test/fixtures/store-v1');

interface Content {
  readonly name: string;
  readonly state: { readonly profiles: readonly { id: string; name: string }[] };
}

describe('store: the frozen store of format 1', () => {
  let chat: Chat;
  let expected: readonly Content[];

  beforeEach(() => {
    chat = new Chat();
    for (const name of ['000000000002.base', '000000000002.log']) {
      cpSync(path.join(fixture, name), path.join(chat.directory, name));
    }
    expected = JSON.parse(readFileSync(path.join(fixture, 'contents.json'), 'utf8')) as Content[];
    assert.equal(expected.length, 3);
  });

  afterEach(() => chat.dispose());

  async function assertSame(): Promise<void> {
    const profiles = chat.store.ledger.profiles();
    assert.deepEqual(
      profiles.map(({ name }) => name),
      expected.map(({ name }) => name),
    );
    for (const [index, { id, name }] of profiles.entries()) {
      assert.deepEqual({ name, ...(await chat.everything(id)) }, expected[index]);
    }
  }

  for (const exported of [false, true]) {
    it(`holds what it held, ${exported ? 'also exported anew' : 'taken over'}`, async () => {
      await chat.openAfter(2, { export: exported });
      await assertSame();
      await chat.open();
      await assertSame();
    });
  }

  it('knows what was asked for, and goes on', async () => {
    const { ledger, seq } = await chat.openAfter(2);
    const grace = ledger.profileByName('grace h.');
    assert.ok(grace);
    const who = { sessionId: null, profileId: grace.id, kind: 'person' } as const;
    const general = chat.room('general');
    const { messages } = await chat.store.history.page({ profileId: grace.id, roomId: general, limit: 200 });
    const said = messages.find(({ content }) => content === 'After the export');
    assert.ok(said);
    assert.equal(chat.say(who, general, said.content, said.id).seq, said.seq);
    assert.throws(
      () => chat.say(who, general, 'something else', said.id),
      refusal('CONFLICT', { id: said.id }),
    );
    assert.equal(chat.say(who, general, 'goes on').seq, seq + 1);
  });
});
