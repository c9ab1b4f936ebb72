import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '../../src/model/ids.ts';
import { limits } from '../../src/model/limits.ts';
import { Chat } from './support/chat.ts';
import { violations, type Stored } from './support/history.ts';
import { until, within } from './support/until.ts';
import { Writer } from './support/writer.ts';

interface Answer {
  type: string;
  id: string | null;
  code?: string;
}

/** A signal is sent at once, but each thread stops when it next hears of it. Elsewhere than on Linux nobody can tell. */
function standsStill(pid: number): boolean {
  if (process.platform !== 'linux') return true;
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).every((task) => /\) [Tt] /.test(readFileSync(`${tasks}/${task}/stat`, 'utf8')));
}

describe('local-chat pipe', function () {
  this.timeout(60_000);
  let chat: Chat;
  beforeEach(() => {
    chat = new Chat();
  });
  afterEach(() => chat.close());

  const line = (fields: object): string => JSON.stringify(fields);
  const history = async (room = 'general'): Promise<Stored[]> =>
    (await chat.ok(['read', room, '--limit', '100000', '--json'])).json as unknown as Stored[];

  it('acknowledges every line and ends with the input', async () => {
    const ids = Array.from({ length: 1_000 }, newId);
    const stdin = ids.map((id) => line({ room: 'general', content: `text of ${id}`, id })).join('\n');
    const { json } = await chat.ok(['pipe'], { stdin });
    assert.equal(json.length, 1_000);
    const stored = new Map((await history()).map((message) => [message.id, message]));
    assert.equal(stored.size, 1_000);
    for (const { type, id, seq, timestamp, ...rest } of json) {
      assert.equal(type, 'ack');
      assert.deepEqual(rest, {});
      const message = stored.get(String(id));
      assert.deepEqual([message?.seq, message?.content], [seq, `text of ${String(id)}`]);
      assert.equal((message as unknown as { timestamp: string }).timestamp, timestamp);
    }
  });

  it('takes the longest messages there are, whatever JSON makes of them', async () => {
    const contents = ['\u0001', '"', '\\', 'é', '日', '🙂', 'x'].flatMap((character) => {
      const content = character.repeat(Math.floor(limits.contentBytes / Buffer.byteLength(character)));
      return [content, content, content];
    });
    const stdin = contents.map((content) => line({ room: 'general', content })).join('\n');
    await chat.ok(['pipe'], { stdin });
    const stored = (await history()).map(({ content }) => content);
    assert.deepEqual(stored.sort(), [...contents].sort());
  });

  it('ends with a sentence when its answers cannot be written', function () {
    if (!existsSync('/dev/full')) this.skip();
    const command = `"$0" "$1" pipe > /dev/full`;
    const { status, stderr } = spawnSync('/bin/sh', ['-c', command, process.execPath, chat.bundle], {
      env: chat.environment(),
      input: line({ room: 'general', content: 'x' }),
      encoding: 'utf8',
    });
    assert.equal(status, 1);
    assert.equal(stderr, 'local-chat: The output cannot be written: the disk is full. (OUTPUT_FAILED)\n');
  });

  it('answers what is wrong with the id of the line, and goes on', async () => {
    const [taken, other] = [newId(), newId()];
    await chat.ok(['send', 'general', 'first', '--id', taken]);
    const lines = [
      line({ room: 'general', content: 'second', id: taken }),
      line({ room: 'nowhere', content: 'x', id: other }),
      line({ room: 'general', content: 'x', id: 'no id' }),
      line({ room: 'general', content: '   ' }),
      line({ room: 'general', content: 'x'.repeat(20_000) }),
      '{"room":"general"',
      `{"room":"general","content":"${'x'.repeat(3_000_000)}"}`,
      line({ room: 'general', content: 'first', id: taken }),
      line({ room: '#general', content: 'last' }),
    ];
    const { code, json, stderr } = await chat.run(['pipe'], { stdin: lines.join('\n') });
    assert.equal(code, 1);
    assert.equal(stderr, '');
    const answers = json as unknown as Answer[];
    assert.deepEqual(answers.map(({ type, code }) => code ?? type).sort(), [
      'BAD_ID',
      'BAD_REQUEST',
      'BAD_REQUEST',
      'CONFLICT',
      'EMPTY_MESSAGE',
      'MESSAGE_TOO_LONG',
      'NO_SUCH_ROOM',
      'ack',
      'ack',
    ]);
    assert.equal(answers.find(({ code }) => code === 'NO_SUCH_ROOM')?.id, other);
    assert.deepEqual(
      answers.filter(({ code }) => code === 'BAD_REQUEST').map(({ id }) => id),
      [null, null],
    );
    assert.deepEqual(
      (await history()).map(({ content }) => content),
      ['first', 'last'],
    );
  });

  it('sends into a room that another process has only just made', async () => {
    const writer = new Writer(chat, 'w');
    writer.start();
    for (let number = 0; number < 5; number += 1) {
      await chat.ok(['room', 'create', `room-${number}`]);
      writer.send(`room-${number}`, 'first');
      await within('an answer', writer.settled());
    }
    assert.deepEqual(writer.errors, []);
    assert.equal(await writer.finish(), 0);
  });

  it('carries its unanswered lines over to the next hub', async () => {
    const holder = chat.spawn(['tail']);
    await until('a hub', () => chat.hub()?.pid === holder.process.pid);
    const writers = [0, 1].map((number) => new Writer(chat, `writer ${number}`));
    for (const writer of writers) writer.start();
    for (let number = 0; number < 2_000; number += 1) {
      writers[number % 2]?.send('general', `message ${number}`);
    }
    await until('the first answers', () => writers.every(({ acked }) => acked.length > 20));
    holder.process.kill('SIGKILL');
    for (const writer of writers) {
      await within('all answers', writer.settled(), 30_000);
      assert.deepEqual(writer.errors, []);
      assert.equal(await within('the end', writer.finish()), 0);
    }
    const observation = {
      sent: writers.flatMap(({ sent }) => sent),
      acked: writers.flatMap(({ acked }) => acked),
      followed: [],
      history: await history(),
    };
    assert.equal(observation.history.length, 2_000);
    assert.deepEqual(violations(observation), []);
  });

  it('answers what it still has when it is interrupted', async () => {
    const holder = chat.spawn(['tail']);
    await until('a hub', () => chat.hub()?.pid === holder.process.pid);
    const writer = new Writer(chat, 'w');
    writer.start();
    writer.send('general', 'before');
    await within('an answer', writer.settled());
    // Nobody takes over within the moment the test needs: a stopped hub is suspected after 5 s.
    holder.process.kill('SIGSTOP');
    await until('all its threads to stand still', () => standsStill(holder.process.pid ?? 0));
    const id = writer.send('general', 'during');
    writer.raw('nonsense\n');
    await until('that the lines are read', () => writer.errors.length === 1);
    assert.equal(await within('the end', writer.interrupt('SIGTERM')), 1);
    assert.deepEqual(
      writer.errors.map((answer) => [answer.id, answer.code]),
      [
        [null, 'BAD_REQUEST'],
        [id, 'CONNECTION_CLOSED'],
      ],
    );
  });

  it('ends with 1 and without a word when nobody takes its answers', async () => {
    const piping = chat.spawn(['pipe']);
    const { stdin, stdout, stderr } = piping.process;
    let complaint = '';
    stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    const closed = new Promise((resolve) => piping.process.once('close', resolve));
    stdout?.destroy();
    stdin?.write(`${line({ room: 'general', content: 'x' })}\n`);
    assert.equal(await within('the end', closed), 1);
    assert.equal(complaint, '');
  });

  it('waits in silence for a reader that takes its time', async () => {
    const piping = chat.spawn(['pipe']);
    const { stdin, stdout, stderr } = piping.process;
    let complaint = '';
    stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    const closed = new Promise((resolve) => piping.process.once('close', resolve));
    // Far more answers than fit between the two processes; refusals, so that they come at once.
    stdin?.end('nonsense\n'.repeat(20_000));
    await delay(1_500);
    let answers = 0;
    stdout?.setEncoding('utf8').on('data', (text: string) => (answers += text.split('\n').length - 1));
    assert.equal(await within('the end', closed), 1);
    assert.deepEqual([answers, complaint], [20_000, '']);
  });

  it('ends with 0 on an interrupt when everything is answered', async () => {
    const writer = new Writer(chat, 'w');
    writer.start();
    writer.send('general', 'x');
    await within('an answer', writer.settled());
    assert.equal(await within('the end', writer.interrupt()), 0);
    assert.equal(writer.stderr, '');
  });
});
