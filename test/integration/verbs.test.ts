import assert from 'node:assert/strict';
import { newId } from '../../src/model/ids.ts';
import { limits } from '../../src/model/limits.ts';
import { Chat } from './support/chat.ts';
import { Follower } from './support/follower.ts';
import { populate } from './support/populated.ts';
import { until, within } from './support/until.ts';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Each test has a store of its own; a window stays open in the background, so that commands are quick. */
describe('the terminal interface', function () {
  this.timeout(60_000);
  let chat: Chat;
  let holder: Follower;

  beforeEach(async () => {
    chat = new Chat();
    holder = await populate(chat);
  });
  afterEach(() => chat.close());

  describe('send', () => {
    it('prints the stored message with --json', async () => {
      const { json, lines } = await chat.ok(['send', 'general', 'Hello', '--json']);
      assert.equal(lines.length, 1);
      const [message] = json;
      const { id, seq, timestamp, ...rest } = message ?? {};
      assert.deepEqual(rest, {
        type: 'message',
        room: 'general',
        sender: 'Ada',
        kind: 'script',
        content: 'Hello',
      });
      assert.match(String(id), UUID);
      assert.ok(Number.isSafeInteger(seq));
      assert.match(String(timestamp), ISO);
      assert.deepEqual((await chat.ok(['read', 'general', '--json'])).json, json);
    });

    it('prints nothing when a program reads, and takes the room with or without #', async () => {
      assert.equal((await chat.ok(['send', '#General', 'one'])).stdout, '');
      const { stdout } = await chat.ok(['read', 'general']);
      assert.match(stdout, /^\S+Z #general Ada: one\n$/);
    });

    it('takes its text from standard input, without the last line end', async () => {
      await chat.ok(['send', 'general'], { stdin: 'first\n\tsecond\n' });
      await chat.ok(['send', 'general', '-'], { stdin: 'third' });
      const { json } = await chat.ok(['read', 'general', '--json']);
      assert.deepEqual(
        json.map(({ content }) => content),
        ['first\n\tsecond', 'third'],
      );
    });

    it('brings every character through, and the biggest message', async () => {
      const texts = [
        'añb 日本語 שלום مرحبا 👩‍👩‍👧 e\u0301 \u0000 \u0007 \u001b[31m \u202e \u2028 \ufeff \ufffd "\\',
        '```ts\nconst a = 1;\n```\n\n- [x] *done* <script>alert(1)</script>',
        `${'é'.repeat(limits.contentBytes / 2 - 1)}\nz`,
        '\u0001'.repeat(limits.contentBytes),
      ];
      for (const text of texts) {
        // A NUL cannot be in an argument; it can in standard input.
        const sent = await chat.ok(['send', 'general', '--json'], { stdin: text });
        // NUL ends a string in a database; it is the one character that is replaced.
        assert.equal(sent.json[0]?.['content'], text.replace('\u0000', '\ufffd'));
      }
      const { json } = await chat.ok(['read', 'general', '--json']);
      assert.deepEqual(
        json.map(({ content }) => content),
        texts.map((text) => text.replace('\u0000', '\ufffd')),
      );
    });

    it('is the same message when the id is the same', async () => {
      const id = newId();
      const first = await chat.ok(['send', 'general', 'once', '--id', id.toUpperCase(), '--json']);
      const again = await chat.ok(['send', 'general', 'once', '--id', id, '--json']);
      assert.equal(first.json[0]?.['id'], id);
      assert.deepEqual(again.json, first.json);
      assert.equal((await chat.ok(['read', 'general', '--json'])).json.length, 1);

      for (const words of [
        ['send', 'general', 'other', '--id', id],
        ['send', 'general', 'once', '--id', id, '--as', 'Grace'],
      ]) {
        const conflict = await chat.run(words);
        assert.deepEqual([conflict.code, conflict.errorCode], [1, 'CONFLICT']);
      }
      assert.equal((await chat.ok(['read', 'general', '--json'])).json.length, 1);
    });

    it('speaks as the profile and kind it is told', async () => {
      const message = async (words: string[], env: Record<string, string> = {}): Promise<unknown> => {
        const { json } = await chat.ok(['send', 'general', 'x', '--json', ...words], { env });
        return [json[0]?.['sender'], json[0]?.['kind']];
      };
      assert.deepEqual(await message([]), ['Ada', 'script']);
      assert.deepEqual(await message(['--as', 'grace', '--kind', 'person']), ['Grace', 'person']);
      assert.deepEqual(await message(['--kind', 'agent'], { LOCAL_CHAT_PROFILE: 'Grace' }), [
        'Grace',
        'agent',
      ]);
      assert.deepEqual(await message(['--as', 'Ada'], { LOCAL_CHAT_PROFILE: 'Grace' }), ['Ada', 'script']);
    });
  });

  describe('dm', () => {
    it('reaches the other side and nobody else', async () => {
      await chat.ok(['profile', 'create', 'Linus']);
      const sent = await chat.ok(['dm', 'Grace', 'psst', '--json']);
      assert.equal(sent.json[0]?.['room'], '@Grace');
      await chat.ok(['send', '@ada', 'yes?', '--as', 'Grace']);

      const contents = async (words: string[]): Promise<unknown[]> =>
        (await chat.ok(['read', '--json', ...words])).json.map(({ content, room }) => [room, content]);
      assert.deepEqual(await contents(['@Grace']), [
        ['@Grace', 'psst'],
        ['@Grace', 'yes?'],
      ]);
      assert.deepEqual(await contents(['@Ada', '--as', 'Grace']), [
        ['@Ada', 'psst'],
        ['@Ada', 'yes?'],
      ]);
      assert.deepEqual(await contents(['@Ada', '--as', 'Linus']), []);

      const rooms = async (words: string[]): Promise<unknown[]> =>
        (await chat.ok(['rooms', '--json', ...words])).json.map(({ room }) => room);
      assert.deepEqual(await rooms([]), ['general', '@Grace']);
      assert.deepEqual(await rooms(['--as', 'Linus']), ['general']);
    });

    it('is not in the tail of others, and their tail has no gap of its own', async () => {
      await chat.ok(['profile', 'create', 'Linus']);
      const other = new Follower(chat, 'other', 0, ['--as', 'Linus']);
      other.start();
      await chat.ok(['dm', 'Grace', 'secret']);
      const { json } = await chat.ok(['send', 'general', 'open', '--json']);
      await within('the open message', other.reached(Number(json[0]?.['seq'])));
      assert.deepEqual(
        other.messages.map(({ content }) => content),
        ['open'],
      );
    });
  });

  describe('read', () => {
    it('pages through any number, before any number, oldest first', async () => {
      const lines = Array.from({ length: 450 }, () => JSON.stringify({ room: 'general', content: 'x' }));
      const acks = (await chat.ok(['pipe'], { stdin: lines.join('\n') })).json;
      const all = acks.map(({ seq }) => Number(seq)).sort((a, b) => a - b);
      const seqs = async (...words: string[]): Promise<number[]> =>
        (await chat.ok(['read', 'general', '--json', ...words])).json.map(({ seq }) => Number(seq));
      assert.deepEqual(await seqs(), all.slice(-50));
      assert.deepEqual(await seqs('--limit', '3'), all.slice(-3));
      assert.deepEqual(await seqs('--limit', '333'), all.slice(-333));
      assert.deepEqual(await seqs('--limit', '100000'), all);
      assert.deepEqual(await seqs('--limit', '2', '--before', String(all[350])), all.slice(348, 350));
    });

    it('ends quietly when its reader goes away', async () => {
      for (let count = 0; count < 5; count += 1)
        await chat.ok(['send', 'general'], { stdin: 'x'.repeat(16_000) });
      const reading = chat.spawn(['read', 'general', '--json', '--limit', '1000']);
      let stderr = '';
      reading.process.stderr?.on('data', (text: Buffer) => (stderr += text.toString()));
      const closed = new Promise((resolve) => reading.process.once('close', resolve));
      reading.process.stdout?.destroy();
      assert.equal(await within('the end', closed), 0);
      assert.equal(stderr, '');
    });
  });

  describe('tail', () => {
    it('without --since prints new messages only, of one room or of all', async () => {
      await chat.ok(['send', 'general', 'old']);
      await chat.ok(['room', 'create', 'build']);
      const lines: string[] = [];
      const tails = [
        ['tail', '--json'],
        ['tail', 'build', '--json'],
      ].map((words) => {
        const tail = chat.spawn(words);
        tail.process.stdout?.setEncoding('utf8').on('data', (text: string) => lines.push(text));
        return tail;
      });
      await until('both to be here', () => tails.every((tail) => tail.process.pid !== undefined));
      await listed(chat, 3);
      await chat.ok(['send', 'general', 'new']);
      await chat.ok(['send', 'build', 'done']);
      await until('three lines', () => lines.join('').split('\n').length > 3);
      const contents = lines
        .join('')
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { content: string }).content);
      assert.deepEqual(contents.sort(), ['done', 'done', 'new']);
    });

    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      it(`ends with 0 on ${signal}`, async () => {
        const follower = new Follower(chat, 'f', 0);
        follower.start();
        await chat.ok(['send', 'general', 'x']);
        await within('a message', follower.reached(1));
        assert.equal(await within('the end', follower.interrupt(signal)), 0);
        assert.equal(follower.stderr, '');
      });
    }
  });

  describe('rooms', () => {
    it('are made, renamed, given a topic, archived and restored', async () => {
      const made = (await chat.ok(['room', 'create', 'Straße', '--topic', 'Paving', '--json'])).json[0];
      assert.deepEqual(
        [made?.['type'], made?.['room'], made?.['topic'], made?.['archived'], made?.['kind']],
        ['room', 'Straße', 'Paving', false, 'room'],
      );
      const row = async (...words: string[]): Promise<Record<string, unknown>> =>
        (await chat.ok([...words, '--json'])).json[0] ?? {};
      assert.equal((await row('room', 'rename', 'STRASSE', '#road'))['room'], 'road');
      assert.equal((await row('room', 'topic', 'road', 'Cars & bikes'))['topic'], 'Cars & bikes');
      assert.equal((await row('room', 'topic', 'road', ''))['topic'], '');
      assert.equal((await row('room', 'archive', 'road'))['archived'], true);
      const archived = await chat.run(['send', 'road', 'x']);
      assert.deepEqual([archived.code, archived.errorCode], [1, 'ROOM_ARCHIVED']);
      assert.match(archived.stderr, /room restore road/);
      assert.equal((await chat.ok(['read', 'road', '--json'])).lines.length, 0);
      assert.equal((await row('room', 'restore', 'road'))['archived'], false);
      await chat.ok(['send', 'road', 'x']);
      assert.equal((await row('room', 'rename', 'road', 'road'))['room'], 'road');
    });

    it('are listed plainly and in JSON', async () => {
      await chat.ok(['room', 'create', 'build', '--topic', 'What broke']);
      await chat.ok(['send', 'build', 'x', '--as', 'Grace']);
      const { lines } = await chat.ok(['rooms']);
      assert.deepEqual(lines, ['ROOM      UNREAD  TOPIC', '#build    1       What broke', '#general']);
      const { json } = await chat.ok(['rooms', '--json']);
      assert.deepEqual(
        json.map(({ type, room, unread }) => [type, room, unread]),
        [
          ['room', 'build', 1],
          ['room', 'general', 0],
        ],
      );
    });
  });

  it('profile: lists, creates and chooses', async () => {
    const made = (await chat.ok(['profile', 'create', 'make test', '--colour', 'teal', '--json'])).json[0];
    assert.deepEqual([made?.['type'], made?.['name'], made?.['colour']], ['profile', 'make test', 'teal']);
    await chat.ok(['profile', 'use', 'Make Test']);
    const { json } = await chat.ok(['profile', 'list', '--json']);
    const current = json.filter((profile) => profile['current'] === true);
    assert.deepEqual(
      current.map(({ name }) => name),
      ['make test'],
    );
    // The first one is the OS user's, made by the very first command.
    assert.equal(json.length, 4);
    assert.match((await chat.ok(['profile', 'list'])).stdout, /^\* +make test +teal$/m);
  });

  it('who: lists the sessions of now', async () => {
    const { json } = await chat.ok(['who', '--json', '--as', 'Grace']);
    const other = json.find(({ self }) => self === false);
    const here = json.map(({ profile, kind, surface, self }) => [profile, kind, surface, self].join(' '));
    // The one in the background began before there was a profile: it speaks as the user of this machine.
    const user = String(other?.['profile']);
    assert.deepEqual(here.sort(), ['Grace script terminal true', `${user} script terminal false`].sort());
    assert.equal(other?.['pid'], holder.pid);
    assert.match(String(other?.['since']), ISO);
    assert.match((await chat.ok(['who'])).stdout, /^Ada +script +terminal .*\(this command\) +\d\d:\d\d$/m);
  });

  it('status: one object that says who holds the chat', async () => {
    const { json, lines } = await chat.ok(['status', '--json']);
    assert.equal(lines.length, 1);
    assert.equal(json[0]?.['pid'], holder.pid);
    assert.equal(json[0]?.['state'], 'ready');
    assert.equal(json[0]?.['directory'], chat.dir);
    const { stdout } = await chat.ok(['status']);
    assert.match(stdout, new RegExp(`process ${holder.pid}`));
    assert.match(stdout, /^Contents +0 messages, 1 room, 3 profiles$/m);
  });

  it('help and version need no chat', async () => {
    const nowhere = { env: { LOCAL_CHAT_DIR: undefined } };
    assert.match((await chat.ok(['--version'], nowhere)).stdout, /^\d+\.\d+\.\d+\n$/);
    assert.match((await chat.ok(['--help'], nowhere)).stdout, /room archive ROOM/);
    assert.match((await chat.ok(['help', 'pipe'], nowhere)).stdout, /"type":"ack"/);
  });
});

/** Waits until so many sessions are connected besides that of the question itself. */
async function listed(chat: Chat, count: number): Promise<void> {
  for (;;) {
    const { json } = await chat.ok(['who', '--json']);
    if (json.filter(({ self }) => self === false).length >= count) return;
  }
}
