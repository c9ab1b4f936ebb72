import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '../../../../src/common/logger.ts';
import {
  type Owner,
  parseUnsentFileName,
  unsentFileName,
} from '../../../../src/extension/unsent/file-name.ts';
import { UnsentFiles, type UnsentText } from '../../../../src/extension/unsent/unsent-files.ts';
import { newId } from '../../../../src/model/ids.ts';
import { makeTempDir, removeTempDir } from '../../../harness/paths.ts';
import { cleanEnv, onProcessEnd } from '../../../harness/process.ts';

const TEXTS = 300;

describe('taking texts over', function () {
  this.timeout(30_000);
  let directory: string;
  let folder: string;
  beforeEach(() => {
    directory = makeTempDir();
    folder = path.join(directory, 'unsent');
    mkdirSync(folder);
  });
  afterEach(() => removeTempDir(directory));

  const make = (owner: Owner | null): string => {
    const id = newId();
    const text: UnsentText = { id, roomId: newId(), profileId: newId(), content: 'x', composed: '' };
    writeFileSync(path.join(folder, unsentFileName(id, owner)), JSON.stringify(text));
    return id;
  };
  const ids = (): string[] => readdirSync(folder).map((name) => parseUnsentFileName(name)?.id ?? name);

  /** Processes that are ready to take what they can. */
  const takers = async (count: number): Promise<ChildProcess[]> => {
    const script = fileURLToPath(new URL('taker.ts', import.meta.url));
    const children = Array.from({ length: count }, () =>
      fork(script, [directory], { execArgv: ['--import=tsx'], env: cleanEnv({}) }),
    );
    onProcessEnd(() => {
      for (const child of children) child.kill('SIGKILL');
    });
    await Promise.all(children.map((child) => once(child, 'message')));
    return children;
  };
  const end = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const race = async (children: readonly ChildProcess[]): Promise<string[][]> => {
    const results = children.map(async (child) => ((await once(child, 'message')) as [string[]])[0]);
    for (const child of children) child.send('start');
    return Promise.all(results);
  };

  it('gives each to one of several windows that look at the same moment', async () => {
    const made = Array.from({ length: TEXTS }, () => make({ pid: 1, startTime: 'of another boot' }));
    const children = await takers(4);
    const taken = await race(children);
    assert.deepEqual(taken.flat().sort(), made.toSorted());
    assert.deepEqual(ids().sort(), made.toSorted(), 'and all are still on disk');
    // They live, so nobody takes theirs; once they have ended, the next does.
    const late = new UnsentFiles(silentLogger);
    late.use(directory);
    assert.deepEqual(
      late.takeOrphans(() => true),
      [],
    );
    await Promise.all(children.map(end));
    assert.equal(late.takeOrphans(() => true).length, TEXTS);
  });

  it('loses none when a window is killed while it takes', async () => {
    const made = Array.from({ length: TEXTS }, () => make(null));
    const [killed, ...others] = await takers(3);
    assert.ok(killed !== undefined);
    const results = race(others);
    killed.send('start');
    // Somewhere in the midst of it, if it gets a text at all.
    const owners = (): (number | undefined)[] =>
      readdirSync(folder).map((name) => parseUnsentFileName(name)?.owner?.pid);
    while (!owners().includes(killed.pid) && owners().includes(undefined))
      await new Promise((resolve) => setImmediate(resolve));
    await end(killed);
    const taken = (await results).flat();
    assert.equal(new Set(taken).size, taken.length);
    const late = new UnsentFiles(silentLogger);
    late.use(directory);
    const rest = late.takeOrphans(() => true).map(({ id }) => id);
    assert.deepEqual([...taken, ...rest].sort(), made.toSorted());
    await Promise.all(others.map(end));
  });

  it('removes what was left half-written a day ago', () => {
    const [old, young] = [make(null), make(null)].map((id) =>
      path.join(folder, `${unsentFileName(id, null)}.new`),
    );
    assert.ok(old !== undefined && young !== undefined);
    for (const file of [old, young]) writeFileSync(file, '{"half');
    const yesterday = Date.now() / 1_000 - 25 * 60 * 60;
    utimesSync(old, yesterday, yesterday);
    const before = readdirSync(folder);
    new UnsentFiles(silentLogger).use(directory);
    assert.deepEqual(readdirSync(folder).sort(), before.filter((name) => name !== path.basename(old)).sort());
  });
});

describe('the name of a text', () => {
  it('tells whose it is', () => {
    const id = newId();
    for (const owner of [null, { pid: 7, startTime: 'Mon Nov 23 09:30:00 2026' }, { pid: 7, startTime: '' }])
      assert.deepEqual(parseUnsentFileName(unsentFileName(id, owner)), { id, owner });
    for (const name of ['secret', `${id}.json.new`, `${id}.7.json`, 'x.json', `${id}.x-00.json`])
      assert.equal(parseUnsentFileName(name), null);
  });
});
