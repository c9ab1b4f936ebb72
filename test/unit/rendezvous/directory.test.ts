import assert from 'node:assert/strict';
import fs, {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { type ErrorCode, ChatError } from '../../../src/model/errors.ts';
import { openDirectory } from '../../../src/rendezvous/directory.ts';
import { loadSecret, SECRET_FILE } from '../../../src/rendezvous/secret.ts';
import { makeTempDir, removeTempDir } from '../../harness/paths.ts';

const isRoot = process.geteuid?.() === 0;
const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

function refuses(code: ErrorCode, params: Record<string, unknown>) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof ChatError, String(error));
    assert.deepEqual({ code: error.code, ...error.params }, { code, ...params });
    return true;
  };
}

describe('the data directory', () => {
  let parent: string;
  let directory: string;
  beforeEach(() => {
    parent = makeTempDir();
    directory = path.join(parent, 'data');
  });
  afterEach(() => removeTempDir(parent));

  it('is made with its parents, all closed to others', () => {
    const deep = path.join(parent, 'a', 'b', 'c');
    assert.equal(openDirectory({ directory: deep, named: true }), deep);
    for (const made of [deep, path.dirname(deep), path.join(parent, 'a')]) assert.equal(modeOf(made), '700');
  });

  it('is refused at once where no folder can be made', function () {
    if (process.platform !== 'linux') this.skip();
    const directory = '/proc/local-chat/data';
    assert.throws(
      () => openDirectory({ directory, named: true }),
      refuses('DIRECTORY_UNUSABLE', { directory, detail: 'ENOENT' }),
    );
  });

  for (const named of [true, false]) {
    const kind = named ? 'a named one' : 'the default one';

    it(`is made closed to others, with its parents: ${kind}`, () => {
      const deep = path.join(directory, 'global storage', 'local-chat');
      assert.equal(openDirectory({ directory: `${deep}${path.sep}`, named }), deep);
      assert.equal(modeOf(deep), '700');
      assert.equal(openDirectory({ directory: deep, named }), deep);
    });

    it(`is refused when a file is in its place: ${kind}`, () => {
      writeFileSync(directory, '');
      const params = { directory, detail: 'ENOTDIR' };
      assert.throws(() => openDirectory({ directory, named }), refuses('DIRECTORY_UNUSABLE', params));
      const below = path.join(directory, 'below');
      assert.throws(
        () => openDirectory({ directory: below, named }),
        refuses('DIRECTORY_UNUSABLE', { directory: below, detail: 'ENOTDIR' }),
      );
    });

    it(`is refused when it belongs to somebody else: ${kind}`, function () {
      if (!isRoot) this.skip();
      mkdirSync(directory, { mode: 0o700 });
      chownSync(directory, 12_345, 12_345);
      const params = { directory, owner: 12_345 };
      assert.throws(() => openDirectory({ directory, named }), refuses('DIRECTORY_FOREIGN', params));
      assert.equal(modeOf(directory), '700');
    });
  }

  it('is opened on a read-only disk, where a system may refuse to make even what is there', () => {
    mkdirSync(directory, { mode: 0o700 });
    const { mkdirSync: make } = fs;
    fs.mkdirSync = () => {
      throw Object.assign(new Error('EROFS'), { code: 'EROFS' });
    };
    syncBuiltinESMExports();
    try {
      assert.equal(openDirectory({ directory, named: true }), directory);
      const gone = path.join(parent, 'gone');
      const params = { directory: gone, detail: 'EROFS' };
      assert.throws(
        () => openDirectory({ directory: gone, named: true }),
        refuses('DIRECTORY_UNUSABLE', params),
      );
    } finally {
      fs.mkdirSync = make;
      syncBuiltinESMExports();
    }
  });

  it('is refused when it is named and open to the group or to others, and stays as it was', () => {
    mkdirSync(directory);
    for (const mode of [0o755, 0o770, 0o701]) {
      chmodSync(directory, mode);
      const params = { directory, mode: mode.toString(8) };
      assert.throws(() => openDirectory({ directory, named: true }), refuses('DIRECTORY_OPEN', params));
      assert.equal(modeOf(directory), mode.toString(8));
    }
  });

  it('is closed when it is the default one', () => {
    mkdirSync(directory);
    chmodSync(directory, 0o755);
    openDirectory({ directory, named: false });
    assert.equal(modeOf(directory), '700');
  });

  it('is refused when it is named and a link, however it is written', () => {
    const target = path.join(parent, 'target');
    mkdirSync(target, { mode: 0o700 });
    symlinkSync(target, directory);
    for (const written of [directory, `${directory}/`, `${directory}/.`]) {
      assert.throws(
        () => openDirectory({ directory: written, named: true }),
        refuses('DIRECTORY_LINK', { directory }),
      );
    }
    assert.equal(openDirectory({ directory, named: false }), directory);
  });

  it('is refused when a link leads nowhere', () => {
    symlinkSync(path.join(parent, 'nowhere'), directory);
    for (const named of [true, false]) {
      assert.throws(
        () => openDirectory({ directory, named }),
        (error) => error instanceof ChatError && error.code.startsWith('DIRECTORY_'),
      );
    }
    assert.equal(existsSync(path.join(parent, 'nowhere')), false);
  });
});

describe('the secret', () => {
  let directory: string;
  beforeEach(() => {
    directory = makeTempDir();
  });
  afterEach(() => removeTempDir(directory));

  it('is made once, 32 bytes, for its owner only', () => {
    const secret = loadSecret(directory);
    assert.equal(secret.length, 32);
    assert.notDeepEqual(secret, Buffer.alloc(32));
    assert.deepEqual(loadSecret(directory), secret);
    assert.equal(modeOf(path.join(directory, SECRET_FILE)), '600');
  });

  it('is closed again when a copy came out open', () => {
    const secret = loadSecret(directory);
    chmodSync(path.join(directory, SECRET_FILE), 0o644);
    assert.deepEqual(loadSecret(directory), secret);
    assert.equal(modeOf(path.join(directory, SECRET_FILE)), '600');
  });

  it('is refused when it is a link, somebody else’s or damaged', function () {
    const file = path.join(directory, SECRET_FILE);
    symlinkSync(path.join(directory, 'elsewhere'), file);
    assert.throws(() => loadSecret(directory), refuses('DIRECTORY_LINK', { directory: file }));

    const damaged = makeTempDir();
    writeFileSync(path.join(damaged, SECRET_FILE), 'short', { mode: 0o600 });
    const params = { file: SECRET_FILE, detail: '5 bytes' };
    assert.throws(() => loadSecret(damaged), refuses('STORE_CORRUPT', params));
    removeTempDir(damaged);

    if (!isRoot) this.skip();
    const foreign = makeTempDir();
    const foreignFile = path.join(foreign, SECRET_FILE);
    loadSecret(foreign);
    chownSync(foreignFile, 12_345, 12_345);
    assert.throws(
      () => loadSecret(foreign),
      refuses('DIRECTORY_FOREIGN', { directory: foreignFile, owner: 12_345 }),
    );
    removeTempDir(foreign);
  });

  it('can not be made where there is no directory', () => {
    const gone = path.join(directory, 'gone');
    assert.throws(
      () => loadSecret(gone),
      refuses('DIRECTORY_UNUSABLE', { directory: gone, detail: 'ENOENT' }),
    );
  });
});
