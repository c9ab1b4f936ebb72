import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { deferred } from '../../../src/common/deferred.ts';
import { ChatError } from '../../../src/model/errors.ts';
import {
  FakeClient,
  FakeStream,
  aMessage,
  aProfile,
  aRoom,
  adaId,
  generalId,
  graceId,
  messageId,
  run,
} from './support.ts';

const stored = { seq: 7, timestamp: '2026-11-23T09:30:00.000Z' };

const page = (...messages: ReturnType<typeof aMessage>[]): FakeClient =>
  new FakeClient({
    'history.page': () => Promise.resolve({ messages, reachedStart: true, reachedEnd: true }),
  });

describe('a command', () => {
  it('answers wrong words with the usage and 2', async () => {
    const { code, stdout, stderr, request } = await run(['send']);
    assert.equal(code, 2);
    assert.equal(stdout.text, '');
    assert.deepEqual(stderr.lines, [
      'local-chat: "send" needs ROOM. (USAGE)',
      'Usage: local-chat send ROOM [TEXT|-] [--id UUID] (see "local-chat help send")',
    ]);
    assert.equal(request, null);
  });

  it('answers a failure with its sentence, its code and 1; with --json as an object, too', async () => {
    const client = new FakeClient({ ping: () => Promise.resolve({}) });
    const { code, stdout, stderr } = await run(['send', 'x', 'hi', '--json'], { client });
    assert.equal(code, 1);
    assert.equal(stdout.text, '');
    const message = 'There is no room named "x". Make it with "local-chat room create x".';
    assert.equal(stderr.lines[0], `local-chat: ${message} (NO_SUCH_ROOM)`);
    assert.deepEqual(JSON.parse(stderr.lines[1] ?? ''), {
      type: 'error',
      code: 'NO_SUCH_ROOM',
      message,
      params: { room: 'x' },
    });
    assert.ok(client.disposed);
  });

  it('shows no control character of what was typed in an error', async () => {
    const client = new FakeClient({ ping: () => Promise.resolve({}) });
    const { stderr } = await run(['send', '\u001b]0;x\u0007', 'hi'], { client });
    assert.doesNotMatch(stderr.text, /(?!\n)\p{Cc}/u);
  });

  it('is quiet with 0 when the reader of its output is gone', async () => {
    const messages = Array.from({ length: 50 }, (_, index) => aMessage({ seq: index + 1 }));
    const stdout = new FakeStream({ closeAfter: 3 });
    const { code, stderr } = await run(['read', 'general'], { client: page(...messages), stdout });
    assert.equal(code, 0);
    assert.equal(stderr.text, '');
    assert.equal(stdout.lines.length, 3);
  });

  it('speaks as a person on a terminal, as a script elsewhere, and as told', async () => {
    const tty = (): FakeStream => new FakeStream({ isTTY: true });
    const kind = async (argv: string[], options: Parameters<typeof run>[1]): Promise<string | undefined> =>
      (await run(['rooms', ...argv], options)).request?.identity.kind;
    assert.equal(await kind([], { stdout: tty() }), 'person');
    assert.equal(await kind([], {}), 'script');
    assert.equal(await kind([], { env: { LOCAL_CHAT_KIND: 'agent' } }), 'agent');
    assert.equal(await kind(['--kind', 'person'], { env: { LOCAL_CHAT_KIND: 'agent' } }), 'person');
    assert.equal((await run(['rooms'], { env: { LOCAL_CHAT_KIND: 'robot' } })).code, 2);
  });

  it('takes the profile from the words, then from the environment', async () => {
    const env = { LOCAL_CHAT_PROFILE: 'Env' };
    const given = (await run(['rooms', '--data-dir', '/flag', '--as', 'Flag'], { env })).request;
    assert.equal(given?.directory, '/flag');
    assert.deepEqual(given?.profile, { by: 'name', name: 'Flag' });
    const fromEnv = (await run(['rooms'], { env })).request;
    assert.deepEqual(fromEnv?.profile, { by: 'name', name: 'Env' });
    const none = (await run(['rooms'], { env: { LOCAL_CHAT_PROFILE: '' } })).request;
    assert.equal(none?.directory, '/located');
    assert.equal(none?.profile.by, 'default');
    assert.equal(none?.identity.folder, 'project');
  });

  it('says where the chat is that another machine holds, and what to do there', async () => {
    const client = new FakeClient({ 'history.page': () => Promise.reject(new ChatError('OTHER_HOST')) });
    const { code, stderr } = await run(['read', 'general', '--data-dir', '/shared'], { client });
    assert.equal(code, 1);
    assert.match(stderr.text, /The chat in \/shared is held by another machine.*"local-chat doctor --adopt"/);
  });

  it('prints help and version without a chat', async () => {
    const version = await run(['--version']);
    assert.deepEqual([version.code, version.stdout.text, version.request], [0, '1.2.3\n', null]);
    assert.deepEqual((await run(['--version', '--json'])).stdout.json, [
      { type: 'version', version: '1.2.3' },
    ]);
    const help = await run(['help', 'pipe']);
    assert.equal(help.code, 0);
    assert.match(help.stdout.text, /"type":"ack"/);
    const all = await run(['--help']);
    for (const line of all.stdout.lines) assert.ok(line.length <= 120, line);
  });
});

describe('send', () => {
  it('needs a text on a terminal and reads standard input elsewhere', async () => {
    const contents: string[] = [];
    const client = new FakeClient({
      'message.send': ({ id, content }) => {
        contents.push(content);
        return Promise.resolve({ ...stored, subject: id });
      },
    });
    const missing = await run(['send', 'general'], { client });
    assert.equal(missing.code, 2);
    assert.match(missing.stderr.text, /Usage: local-chat send ROOM/);
    assert.equal((await run(['send', 'general'], { client, stdin: 'a\nb\n' })).code, 0);
    assert.equal((await run(['send', '#general', '-'], { client, stdin: 'c' })).code, 0);
    assert.equal((await run(['send', 'GENERAL', 'd'], { client, stdin: 'not read' })).code, 0);
    assert.deepEqual(contents, ['a\nb', 'c', 'd']);
  });

  it('opens a direct room when there is none, and uses the one that is there', async () => {
    const directId = '01900000-0000-7000-8000-0000000000d1';
    const asked: unknown[] = [];
    const client = new FakeClient(
      {
        'direct.open': ({ profileIds }) => {
          asked.push(profileIds);
          client.rooms.set(
            directId,
            aRoom({ id: directId, kind: 'direct', name: null, members: [adaId, graceId] }),
          );
          return Promise.resolve({ ...stored, subject: directId });
        },
        'message.send': ({ id, roomId }) => {
          asked.push(roomId);
          return Promise.resolve({ ...stored, subject: id });
        },
      },
      [aProfile(), aProfile({ id: graceId, name: 'Grace' })],
    );
    const stdout = new FakeStream({ isTTY: true });
    assert.equal((await run(['dm', 'grace', 'hi'], { client, stdout })).code, 0);
    assert.equal((await run(['send', '@Grace', 'hi'], { client })).code, 0);
    assert.deepEqual(asked, [[graceId], directId, directId]);
    assert.match(stdout.text, /@Grace 7/);
  });

  it('refuses an id that is none, and a text that is too long, before anything is asked', async () => {
    const bad = await run(['send', 'general', 'x', '--id', '123']);
    assert.equal(bad.code, 1);
    assert.match(bad.stderr.text, /BAD_ID/);
    const long = await run(['send', 'general', 'é'.repeat(8193)]);
    assert.equal(long.code, 1);
    assert.match(long.stderr.text, /16,386 bytes.*16,384.*MESSAGE_TOO_LONG/);
    assert.equal(long.request, null);
  });
});

describe('a transcript', () => {
  const talk = [
    aMessage({ seq: 1, content: 'first\n  second line' }),
    aMessage({ seq: 2, content: 'again' }),
    aMessage({ seq: 3, kind: 'script', content: 'done' }),
    aMessage({ seq: 4, timestamp: '2026-11-25T09:31:00.000Z', content: 'red \u001b[31m \u202e end' }),
  ];

  it('is plain lines elsewhere; no text can pass for another message', async () => {
    const { stdout } = await run(['read', 'general'], { client: page(...talk) });
    assert.deepEqual(stdout.lines, [
      '2026-11-23T09:30:00.000Z #general Ada: first',
      '      second line',
      '2026-11-23T09:30:00.000Z #general Ada: again',
      '2026-11-23T09:30:00.000Z #general Ada: done',
      '2026-11-25T09:31:00.000Z #general Ada: red ␛[31m ⟨U+202E⟩ end',
    ]);
  });

  it('has day lines, one column and no control character on a terminal', async () => {
    const stdout = new FakeStream({ isTTY: true });
    await run(['read', 'general'], { client: page(...talk), stdout, env: { NO_COLOR: '1' } });
    const days = stdout.lines.filter((line) => line.startsWith('──'));
    assert.equal(days.length, 2);
    assert.match(days[0] ?? '', /Monday.*23 November 2026/);
    assert.equal(stdout.lines.filter((line) => line.includes('Ada')).length, 3);
    const column = stdout.lines[1]?.indexOf('first') ?? -1;
    assert.equal(stdout.lines[2], `${' '.repeat(column)}  second line`);
    assert.equal(stdout.lines[3], `${' '.repeat(column)}again`);
    assert.ok(stdout.lines.some((line) => line.slice(column) === 'script: done'));
    assert.ok(!stdout.text.includes('\u001b'));
    assert.ok(!stdout.text.includes('\u202e'));
  });

  it('has colours on a terminal only, and not with NO_COLOR', async () => {
    const coloured = new FakeStream({ isTTY: true });
    await run(['read', 'general'], { client: page(...talk), stdout: coloured });
    assert.ok(coloured.text.includes('\u001b[35mAda'));
    assert.ok(!coloured.text.includes('\u001b[31m'));
  });

  it('is the message itself with --json', async () => {
    const { stdout } = await run(['read', 'general', '--json'], {
      client: page(aMessage({ content: '\u001b\u202e' })),
    });
    assert.deepEqual(stdout.json, [
      {
        type: 'message',
        id: messageId,
        seq: 7,
        room: 'general',
        sender: 'Ada',
        kind: 'person',
        content: '\u001b\u202e',
        timestamp: '2026-11-23T09:30:00.000Z',
      },
    ]);
  });
});

describe('read over many pages', () => {
  const all = Array.from({ length: 5_000 }, (_, index) => aMessage({ seq: (index + 1) * 3 }));
  const client = new FakeClient({
    'history.page': ({ before, after, limit }) => {
      const newer = after !== undefined ? all.filter(({ seq }) => seq > after).slice(0, limit) : null;
      const messages = newer ?? all.filter(({ seq }) => seq < (before ?? Infinity)).slice(-limit);
      return Promise.resolve({
        messages,
        reachedStart: messages[0]?.seq === 3 || messages.length === 0,
        reachedEnd: messages.at(-1)?.seq === 15_000 || messages.length === 0,
      });
    },
  });

  for (const [words, first, last, count] of [
    [['--limit', '1'], 15_000, 15_000, 1],
    [['--limit', '201'], 14_400, 15_000, 201],
    [['--limit', '2000'], 9_003, 15_000, 2_000],
    [['--limit', '2001'], 9_000, 15_000, 2_001],
    [['--limit', '999999'], 3, 15_000, 5_000],
    [['--limit', '3000', '--before', '12001'], 3_003, 12_000, 3_000],
    [['--before', '4'], 3, 3, 1],
    [[], 14_853, 15_000, 50],
  ] as const) {
    it(`prints ${count} messages in order for "${words.join(' ')}"`, async () => {
      const { stdout } = await run(['read', 'general', '--json', ...words], { client });
      const seqs = stdout.json.map((message) => (message as { seq: number }).seq);
      assert.equal(seqs.length, count);
      assert.equal(seqs[0], first);
      assert.equal(seqs.at(-1), last);
      assert.ok(seqs.every((seq, index) => index === 0 || seq > (seqs[index - 1] ?? 0)));
    });
  }

  it('prints nothing for what is not there', async () => {
    const { code, stdout } = await run(['read', 'general', '--before', '3'], { client });
    assert.deepEqual([code, stdout.text], [0, '']);
  });
});

describe('pipe', () => {
  const line = (fields: object): string => `${JSON.stringify(fields)}\n`;
  const id = (number: number): string => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`;

  it('answers each line once, refusals among them, and ends with 1', async () => {
    const client = new FakeClient({
      ping: () => Promise.resolve({}),
      'message.send': (params) => {
        if (params.content === '') return Promise.reject(new ChatError('EMPTY_MESSAGE'));
        return Promise.resolve({ ...stored, subject: params.id });
      },
    });
    const stdin = [
      line({ room: 'general', content: 'a', id: id(1).toUpperCase() }),
      'nonsense\n',
      '\n',
      line({ room: 'general', id: id(2) }),
      line({ room: 'general', content: '', id: id(3) }),
      line({ room: 'nowhere', content: 'b', id: id(4) }),
      line({ room: 'general', content: 'c', id: 'no-uuid' }),
      line({ room: 'general', content: 'x'.repeat(16_385), id: id(5) }),
      line({ room: 'general', content: 'd' }),
      '[]\n',
    ].join('');
    const { code, stdout, stderr } = await run(['pipe'], { client, stdin });
    assert.equal(code, 1);
    assert.equal(stderr.text, '');
    const answers = stdout.json as { type: string; id: string | null; code?: string; seq?: number }[];
    assert.equal(answers.length, 9);
    const codeOf = (wanted: string | null): unknown => answers.find((answer) => answer.id === wanted)?.code;
    assert.deepEqual(
      answers.find((answer) => answer.id === id(1)),
      { type: 'ack', id: id(1), ...stored },
    );
    assert.equal(answers.filter((answer) => answer.id === null && answer.code === 'BAD_REQUEST').length, 2);
    assert.equal(codeOf(id(2)), 'BAD_REQUEST');
    assert.equal(codeOf(id(3)), 'EMPTY_MESSAGE');
    assert.equal(codeOf(id(4)), 'NO_SUCH_ROOM');
    assert.equal(codeOf('no-uuid'), 'BAD_ID');
    assert.equal(codeOf(id(5)), 'MESSAGE_TOO_LONG');
    assert.equal(answers.filter(({ type }) => type === 'ack').length, 2);
  });

  it('says what a line lacks', async () => {
    const wrong = [null, 'x', 7, { content: 'x' }, { room: 'general', content: 5 }, { room: 'general' }];
    const { stdout } = await run(['pipe'], {
      stdin: wrong.map((value) => `${JSON.stringify(value)}\n`).join(''),
    });
    assert.deepEqual(
      stdout.json.map((answer) => (answer as { message: string }).message),
      [
        'The line is not a message: it is not an object.',
        'The line is not a message: it is not an object.',
        'The line is not a message: it is not an object.',
        'The line is not a message: "room" is missing.',
        'The line is not a message: "content" must be a text.',
        'The line is not a message: "content" is missing.',
      ],
    );
  });

  it('has many lines on their way at a time, but not without bound, and answers as they settle', async () => {
    const waiting: (() => void)[] = [];
    let most = 0;
    const full = deferred<void>();
    const client = new FakeClient({
      'message.send': (params) =>
        new Promise((resolve) => {
          waiting.push(() => resolve({ ...stored, subject: params.id }));
          most = Math.max(most, waiting.length);
          if (waiting.length === 256) full.resolve();
        }),
    });
    const lines = Array.from({ length: 600 }, (_, number) =>
      line({ room: 'general', content: 'x', id: id(number) }),
    );
    const running = run(['pipe'], { client, stdin: lines.join('') });
    await full.promise;
    // The last one first: an answer waits for no other.
    while (waiting.length > 0) {
      waiting.pop()?.();
      await new Promise(setImmediate);
    }
    const { code, stdout } = await running;
    assert.equal(code, 0);
    assert.equal(most, 256);
    assert.equal(new Set(stdout.json.map((answer) => (answer as { id: string }).id)).size, 600);
    assert.equal((stdout.json[0] as { id: string }).id, id(255));
  });

  it('ends on an interrupt: each line without an answer gets one', async () => {
    const arrived = deferred<void>();
    const client = new FakeClient({
      'message.send': () => {
        arrived.resolve();
        return new Promise(() => undefined);
      },
    });
    const stdin = new PassThrough();
    const interrupt = new AbortController();
    const running = run(['pipe'], { client, stdin, signal: interrupt.signal });
    stdin.write(line({ room: 'general', content: 'a', id: id(1) }));
    await arrived.promise;
    interrupt.abort();
    const { code, stdout } = await running;
    assert.equal(code, 1);
    assert.equal(stdout.json.length, 1);
    assert.deepEqual([(stdout.json[0] as { id: string; code: string }).code], ['CONNECTION_CLOSED']);
  });

  it('stops when nobody reads its answers, which is no success', async () => {
    const client = new FakeClient({
      'message.send': (params) => Promise.resolve({ ...stored, subject: params.id }),
    });
    const stdin = new PassThrough();
    for (let number = 0; number < 5; number += 1) {
      stdin.write(line({ room: 'general', content: 'a', id: id(number) }));
    }
    const { code, stderr } = await run(['pipe'], {
      client,
      stdin,
      stdout: new FakeStream({ closeAfter: 1 }),
    });
    assert.deepEqual([code, stderr.text], [1, '']);
  });

  it('is no success either when only its last answer could not be written', async () => {
    const client = new FakeClient({
      'message.send': (params) => Promise.resolve({ ...stored, subject: params.id }),
    });
    const stdin = line({ room: 'general', content: 'a', id: id(1) });
    const { code, stderr } = await run(['pipe'], {
      client,
      stdin,
      stdout: new FakeStream({ closeAfter: 0 }),
    });
    assert.deepEqual([code, stderr.text], [1, '']);
  });
});

describe('rooms', () => {
  it('lists open rooms, then direct ones, then archived ones', async () => {
    const client = new FakeClient(
      {},
      [aProfile(), aProfile({ id: graceId, name: 'Grace' })],
      [
        aRoom({ id: '01900000-0000-7000-8000-000000000003', name: 'old', archived: true }),
        aRoom({
          id: '01900000-0000-7000-8000-000000000004',
          kind: 'direct',
          name: null,
          members: [adaId, graceId],
          unread: 2,
        }),
        aRoom({ id: '01900000-0000-7000-8000-000000000002', name: 'build', topic: 'What\u0007 broke' }),
        aRoom({ id: generalId }),
      ],
    );
    const plain = await run(['rooms'], { client });
    assert.deepEqual(plain.stdout.lines, [
      'ROOM      UNREAD  TOPIC',
      '#build            What␇ broke',
      '#general',
      '@Grace    2',
      '#old              (archived)',
    ]);
    const json = await run(['rooms', '--json'], { client });
    assert.deepEqual(
      json.stdout.json.map((room) => (room as { room: string }).room),
      ['build', 'general', '@Grace', 'old'],
    );
  });
});
