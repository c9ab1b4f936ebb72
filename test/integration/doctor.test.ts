import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { makeTempDir } from '../harness/paths.ts';
import { onProcessEnd } from '../harness/process.ts';
import { Chat } from './support/chat.ts';
import { Follower } from './support/follower.ts';
import { until } from './support/until.ts';

interface Found {
  readonly code: string;
  readonly level: string;
  readonly [param: string]: unknown;
}

/** Runs a program of the system, to a good end. */
const system = (program: string, ...words: string[]): void =>
  void execFileSync(program, words, { stdio: 'pipe' });
const mount = (...words: string[]): void => system('mount', ...words);

const SECRET_WORDS = 'the lighthouse keeper sleeps';

/** Every file of a directory with its bytes, mode and time: what must not change when somebody only looks. */
function state(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const file = path.join(dir, name);
      const { mode, mtimeMs, size } = statSync(file);
      const content = statSync(file).isFile() ? readFileSync(file).toString('base64') : '';
      return [name, mode, mtimeMs, size, content].join(' ');
    });
}

describe('local-chat doctor', function () {
  this.timeout(60_000);
  let chat: Chat;
  beforeEach(() => {
    chat = new Chat();
  });
  afterEach(() => chat.close());

  interface Report {
    readonly exit: number | null;
    readonly findings: readonly Found[];
    readonly problems: readonly string[];
    of(code: string): Found;
  }

  /** What the doctor says of a directory, in JSON; that it says the same in words, and changes nothing. */
  async function examine(dir = chat.dir, ...words: string[]): Promise<Report> {
    const result = await chat.run(['doctor', '--json', '--data-dir', dir, ...words]);
    assert.ok(!result.stdout.includes(SECRET_WORDS) && !result.stderr.includes(SECRET_WORDS));
    const [object] = result.json;
    assert.equal(object?.['type'], 'doctor', result.stderr);
    const findings = object['findings'] as Found[];
    const problems = findings.filter(({ level }) => level === 'problem').map(({ code }) => code);
    assert.equal(object['ok'], problems.length === 0);
    assert.equal(result.code, problems.length === 0 ? 0 : 1);
    return {
      exit: result.code,
      findings,
      problems,
      of: (code) => {
        const found = findings.find((each) => each.code === code);
        assert.ok(found, `${code} among ${findings.map((each) => each.code).join(' ')}`);
        return found;
      },
    };
  }

  const newest = (kind: string): string => {
    const name = readdirSync(chat.dir)
      .filter((file) => file.endsWith(`.${kind}`))
      .sort()
      .at(-1);
    assert.ok(name);
    return path.join(chat.dir, name);
  };

  /** A store of several groups whose hub has ended. */
  async function stored(messages = 3): Promise<void> {
    const lines = Array.from({ length: messages }, (_, number) =>
      JSON.stringify({ room: 'general', content: `${SECRET_WORDS} ${number}` }),
    );
    await chat.ok(['pipe'], { stdin: `${lines.join('\n')}\n` });
  }

  function rewrite(file: string, change: (bytes: Buffer) => Buffer): void {
    const changed = change(readFileSync(file));
    // A file of its own, since the base of the generation before may be the same one; and at once, since a hub may be looking.
    writeFileSync(`${file}.changed`, changed, { mode: 0o600 });
    renameSync(`${file}.changed`, file);
  }

  const flip = (bytes: Buffer, at: number): Buffer => {
    bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    return bytes;
  };

  /** Without the check of what it says, as claims of earlier versions are. */
  const editClaim = (change: object): void =>
    rewrite(newest('claim'), (bytes) => {
      const claim = JSON.parse(bytes.toString('utf8')) as object;
      return Buffer.from(JSON.stringify({ ...claim, check: undefined, ...change }));
    });

  it('finds a healthy store beside a living hub, which notices nothing', async () => {
    await stored(1);
    const tail = new Follower(chat, 'tail', 0);
    tail.start();
    try {
      const hub = await until('a hub', () => chat.hub());
      await chat.ok(['send', 'general', SECRET_WORDS]);
      const report = await examine();
      assert.deepEqual(report.problems, []);
      assert.equal(report.of('HUB')['pid'], hub.pid);
      assert.equal(report.of('HUB')['epoch'], hub.epoch);
      assert.equal(report.of('HUB')['state'], 'ready');
      assert.equal(report.of('SECRET').level, 'ok');
      const stored = Number(report.of('BASE')['messages']) + Number(report.of('LOG')['messages']);
      assert.equal(stored, 2);
      assert.deepEqual(chat.hub(), hub, 'the same hub as before');
      const sessions = (await chat.ok(['status', '--json'])).json[0]?.['sessions'];
      assert.equal(sessions, 2, 'the doctor opened none');
    } finally {
      await tail.interrupt();
    }
  });

  it('changes nothing, whatever it looks at', async () => {
    await stored();
    writeFileSync(path.join(chat.dir, '000000000001.log.abc.tmp'), 'left');
    chmodSync(path.join(chat.dir, 'secret'), 0o644);
    const before = state(chat.dir);
    const report = await examine();
    assert.equal(report.of('NO_HUB').level, 'ok');
    assert.equal(report.of('LEFTOVERS')['count'], 1);
    assert.equal(report.of('SECRET_OPEN').level, 'note');
    assert.deepEqual(state(chat.dir), before);
  });

  it('finds damaged lines in a log, and where the first one is', async () => {
    await stored(5);
    const log = newest('log');
    rewrite(log, (bytes) => {
      const second = bytes.indexOf(0x0a, bytes.indexOf(0x0a) + 1) + 1;
      return flip(bytes, second + 60);
    });
    const report = await examine();
    assert.deepEqual(report.problems, ['LOG_DAMAGED']);
    const found = report.of('LOG_DAMAGED');
    assert.equal(found['file'], path.basename(log));
    assert.equal(found['lines'], 1);
    assert.ok(Number(found['at']) > 0);
    const { stdout } = await chat.run(['doctor']);
    assert.match(stdout, /^problem {2}Log .* is damaged \(.*\(LOG_DAMAGED\)\n {21}\S.*\.$/m);
  });

  it('says what became of a damaged store once a program has opened it', async () => {
    await stored(5);
    // In the first line after the header: what follows it says that it was whole once.
    rewrite(newest('log'), (bytes) => flip(bytes, bytes.indexOf(0x0a) + 60));
    rewrite(newest('base'), (bytes) => flip(bytes, 5_000));
    assert.deepEqual((await examine()).problems, ['BASE_DAMAGED', 'LOG_DAMAGED']);
    await chat.ok(['send', 'general', 'after it']);
    const report = await examine();
    assert.deepEqual(report.problems, []);
    assert.equal(report.of('QUARANTINE')['folders'], 1);
    const { outcome, lost } = report.of('SALVAGE');
    assert.deepEqual([outcome, lost], ['repaired', 0]);
    assert.equal((await chat.ok(['read', 'general', '--json'])).lines.length, 6);
    assert.match((await chat.ok(['status'])).stdout, /^Damage .* repaired, epoch \d+, nothing missing$/m);
    assert.match((await chat.ok(['doctor'])).stdout, /^note {5}Quarantine .*: repaired, nothing missing$/m);
  });

  it('takes a log that ends within a line for a write that was cut off', async () => {
    await stored();
    rewrite(newest('log'), (bytes) => bytes.subarray(0, -20));
    const report = await examine();
    assert.deepEqual(report.problems, []);
    assert.equal(report.of('TORN_TAIL').level, 'note');
  });

  it('finds a damaged base, a missing one, and one of another store', async () => {
    await stored();
    const base = newest('base');
    const whole = readFileSync(base);
    rewrite(base, (bytes) => flip(bytes, 5_000));
    const damaged = await examine();
    assert.deepEqual(damaged.problems, ['BASE_DAMAGED']);
    assert.equal(damaged.of('BASE_DAMAGED')['detail'], 'checksum');
    rmSync(base);
    assert.equal((await examine()).of('BASE_DAMAGED')['detail'], 'missing');
    writeFileSync(base, whole, { mode: 0o600 });
    assert.deepEqual((await examine()).problems, []);
  });

  it('names another machine, and adopts its store only when told to', async () => {
    await stored();
    editClaim({ hostId: 'another' });
    const before = state(chat.dir);
    const report = await examine();
    assert.deepEqual(report.problems, ['OTHER_HOST']);
    assert.match(String(report.of('OTHER_HOST')['written']), /^\d{4}-\d\d-\d\dT/);
    assert.deepEqual(state(chat.dir), before);
    assert.equal((await chat.run(['rooms'])).errorCode, 'OTHER_HOST');

    const adopted = await examine(chat.dir, '--adopt');
    assert.deepEqual(adopted.problems, []);
    const { epoch } = adopted.of('ADOPTED');
    assert.equal(chat.newestClaim()?.epoch, epoch);
    const read = await chat.ok(['read', 'general', '--json']);
    assert.equal(read.lines.length, 3);
    await chat.ok(['send', 'general', 'from here']);
    assert.equal((await examine(chat.dir, '--adopt')).of('NOTHING_TO_ADOPT').level, 'note');
  });

  it('does not adopt where somebody answers, or still writes', async () => {
    await stored(1);
    const tail = new Follower(chat, 'tail', 0);
    tail.start();
    try {
      await until('a hub', () => chat.hub());
      await chat.ok(['rooms']);
      // Another machine whose socket can be reached all the same: a container with an id of its own.
      const file = newest('claim');
      const claim = readFileSync(file);
      editClaim({ hostId: 'another' });
      const answered = await examine(chat.dir, '--adopt');
      assert.deepEqual(answered.problems, ['OTHER_HOST']);
      assert.equal(answered.of('HUB')['sameHost'], false);
      writeFileSync(file, claim);
    } finally {
      await tail.interrupt();
    }
    editClaim({ hostId: 'another' });
    const log = newest('log');
    const writing = setInterval(() => writeFileSync(log, '\0', { flag: 'a' }), 500);
    try {
      const alive = await examine(chat.dir, '--adopt');
      assert.deepEqual(alive.problems, ['OTHER_HOST', 'OTHER_HOST_ALIVE']);
    } finally {
      clearInterval(writing);
    }
  });

  it('names a newer version, by its claim and by its log, and never adopts that', async () => {
    await stored();
    editClaim({ format: 99, hostId: 'another' });
    const byClaim = await examine(chat.dir, '--adopt');
    assert.deepEqual(byClaim.problems, ['FORMAT_NEWER']);
    assert.equal(byClaim.of('FORMAT_NEWER')['found'], 99);
    for (const name of readdirSync(chat.dir).filter((file) => file.endsWith('.claim')))
      rmSync(path.join(chat.dir, name));
    rewrite(newest('log'), (bytes) =>
      Buffer.from(bytes.toString('latin1').replace('"format":1', '"format":6'), 'latin1'),
    );
    const byLog = await examine();
    assert.deepEqual(byLog.problems, ['FORMAT_NEWER']);
    assert.equal(byLog.of('FORMAT_NEWER')['found'], 6);
  });

  it('says so of a directory that is missing, and makes none', async () => {
    const dir = path.join(makeTempDir(), 'not', 'there');
    const report = await examine(dir, '--adopt');
    assert.deepEqual(report.problems, ['NO_DIRECTORY']);
    assert.deepEqual(readdirSync(path.dirname(path.dirname(dir))), []);
  });

  it('looks at directories that programs refuse', async () => {
    await stored();
    chmodSync(chat.dir, 0o755);
    assert.deepEqual((await examine()).problems, ['DIRECTORY_OPEN']);
    chmodSync(chat.dir, 0o700);
    const link = path.join(makeTempDir(), 'link');
    symlinkSync(chat.dir, link);
    const linked = await examine(link);
    assert.deepEqual(linked.problems, ['DIRECTORY_LINK']);
    assert.equal(linked.of('LOG').level, 'ok');
    const file = path.join(makeTempDir(), 'file');
    writeFileSync(file, '');
    assert.deepEqual((await examine(file)).problems, ['DIRECTORY_UNUSABLE']);
  });

  it('looks at an empty directory, and at one with nonsense in it', async () => {
    assert.deepEqual((await examine()).problems, []);
    writeFileSync(path.join(chat.dir, '000000000007.claim'), '{half');
    writeFileSync(path.join(chat.dir, '000000000007.log'), 'no log at all\n', { mode: 0o600 });
    writeFileSync(path.join(chat.dir, 'secret'), 'short', { mode: 0o600 });
    mkdirSync(path.join(chat.dir, 'quarantine', '000000000007-20261124T093000Z'), { recursive: true });
    const report = await examine();
    assert.deepEqual(report.problems, ['SECRET_UNUSABLE', 'LOG_DAMAGED']);
    assert.equal(report.of('CLAIM_UNREADABLE').level, 'note');
    assert.equal(report.of('QUARANTINE')['folders'], 1);
  });

  it('looks at a disk that is read-only', async function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) this.skip();
    await stored();
    try {
      mount('--bind', chat.dir, chat.dir);
    } catch {
      this.skip();
    }
    let mounted = true;
    const unmount = (): void => {
      if (mounted) system('umount', chat.dir);
      mounted = false;
    };
    onProcessEnd(unmount);
    try {
      mount('-o', 'remount,bind,ro', chat.dir);
      const report = await examine();
      assert.deepEqual(report.problems, ['DISK_READONLY']);
      assert.equal(report.of('DISK_READONLY')['detail'], 'EROFS');
      assert.equal(report.of('LOG')['messages'], 3);
    } finally {
      unmount();
    }
  });

  it('needs to know which directory', async () => {
    const { code, errorCode } = await chat.run(['doctor'], { env: { LOCAL_CHAT_DIR: undefined } });
    assert.deepEqual([code, errorCode], [1, 'NO_STORE']);
  });
});
