import assert from 'node:assert/strict';
import fs, { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import { createServer } from 'node:net';
import path from 'node:path';
import { ChatError } from '../../../src/model/errors.ts';
import { locateStore } from '../../../src/rendezvous/locate.ts';
import { noteStore, readRegistry, stateFolder } from '../../../src/rendezvous/registry.ts';
import {
  MAX_SOCKET_PATH,
  newSocketPath,
  removeSocket,
  restoreSocketFolder,
  socketExists,
} from '../../../src/rendezvous/socket-path.ts';
import { makeTempDir, removeTempDir } from '../../harness/paths.ts';

describe('the path of a socket', () => {
  let folder: string;
  beforeEach(() => {
    folder = makeTempDir();
  });
  afterEach(() => removeTempDir(folder));

  const linux = (...folders: string[]) => ({ platform: 'linux', folders }) as const;
  /** A directory of which the path has so many bytes. */
  const ofLength = (bytes: number): string => {
    const directory = path.join(folder, 'd'.repeat(bytes - folder.length - 1));
    mkdirSync(directory, { mode: 0o700 });
    return directory;
  };
  const own = 'hub-0123456789ab.sock'.length + 1;

  it('lies in the data directory while it has at most 100 bytes', () => {
    const directory = ofLength(MAX_SOCKET_PATH - own);
    const socket = newSocketPath(directory, linux());
    assert.equal(path.dirname(socket), directory);
    assert.equal(Buffer.byteLength(socket), MAX_SOCKET_PATH);
    assert.notEqual(newSocketPath(directory, linux()), socket);
  });

  it('lies in a fresh closed directory elsewhere when it has one byte more', () => {
    const directory = ofLength(MAX_SOCKET_PATH - own + 1);
    const socket = newSocketPath(directory, linux(folder));
    assert.equal(path.dirname(path.dirname(socket)), folder);
    assert.equal(statSync(path.dirname(socket)).mode & 0o777, 0o700);
    assert.ok(Buffer.byteLength(socket) <= MAX_SOCKET_PATH);
  });

  it('counts bytes, not characters', () => {
    const directory = path.join(folder, '日'.repeat(25));
    mkdirSync(directory);
    assert.ok(directory.length + own < MAX_SOCKET_PATH);
    assert.equal(path.dirname(path.dirname(newSocketPath(directory, linux(folder)))), folder);
  });

  it('passes over places that are too long or not there', () => {
    const directory = ofLength(MAX_SOCKET_PATH);
    const long = path.join(folder, 'l'.repeat(60));
    mkdirSync(long);
    const socket = newSocketPath(directory, linux(long, path.join(folder, 'gone'), folder));
    assert.equal(path.dirname(path.dirname(socket)), folder);
    assert.throws(
      () => newSocketPath(directory, linux(long)),
      (error) => error instanceof ChatError && error.code === 'DIRECTORY_UNUSABLE',
    );
  });

  it('really is listened on at its full length', async () => {
    const socket = newSocketPath(ofLength(MAX_SOCKET_PATH - own), linux());
    const server = createServer();
    server.listen(socket);
    await once(server, 'listening');
    assert.equal(socketExists(socket), true);
    server.close();
    assert.equal(socketExists(socket), false);
  });

  it('is the name of a pipe on Windows', () => {
    const name = newSocketPath('C:\\Users\\ada\\data', { platform: 'win32', folders: [] });
    assert.match(name, /^\\\\\.\\pipe\\local-chat-[0-9a-f]{32}$/);
  });

  it('is removed with the directory that was made for it', async () => {
    const socket = newSocketPath(ofLength(MAX_SOCKET_PATH), linux(folder));
    const server = createServer();
    server.listen(socket);
    await once(server, 'listening');
    removeSocket(socket);
    assert.equal(existsSync(path.dirname(socket)), false);
    removeSocket(socket);
    restoreSocketFolder(socket);
    assert.equal(statSync(path.dirname(socket)).mode & 0o777, 0o700);
    server.close();
  });

  it('stays on a disk that became read-only', () => {
    const socket = newSocketPath(folder, linux());
    writeFileSync(socket, '');
    const { unlinkSync } = fs;
    fs.unlinkSync = () => {
      throw Object.assign(new Error('EROFS'), { code: 'EROFS' });
    };
    syncBuiltinESMExports();
    try {
      removeSocket(socket);
    } finally {
      fs.unlinkSync = unlinkSync;
      syncBuiltinESMExports();
    }
    assert.equal(existsSync(socket), true);
  });

  it('is left alone when it is anything but a socket of ours', () => {
    const named = newSocketPath(folder, linux());
    writeFileSync(named, 'somebody wrote this');
    const other = path.join(folder, 'letter.txt');
    writeFileSync(other, '');
    for (const file of [named, other]) {
      removeSocket(file);
      assert.equal(existsSync(file), true);
      assert.equal(socketExists(file), false);
    }
    assert.equal(existsSync(folder), true);
    // What an interface leaves behind for a hub thread that ended.
    writeFileSync(named, '');
    removeSocket(named);
    assert.equal(existsSync(named), false);
  });
});

describe('the registry of stores', () => {
  let folder: string;
  beforeEach(() => {
    folder = path.join(makeTempDir(), 'state');
  });
  afterEach(() => removeTempDir(path.dirname(folder)));

  const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 23, 9, minute));

  it('remembers the last directory of each product, the last used first', () => {
    assert.deepEqual(readRegistry(folder), []);
    noteStore('Visual Studio Code', '/data/code', at(1), folder);
    noteStore('VSCodium', '/data/codium', at(2), folder);
    noteStore('Visual Studio Code', '/data/shared', at(3), folder);
    assert.deepEqual(readRegistry(folder), [
      { product: 'Visual Studio Code', directory: '/data/shared', lastUsed: '2026-11-23T09:03:00.000Z' },
      { product: 'VSCodium', directory: '/data/codium', lastUsed: '2026-11-23T09:02:00.000Z' },
    ]);
    assert.equal(statSync(path.join(folder, 'stores.json')).mode & 0o777, 0o600);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
  });

  it('is read as far as it makes sense', () => {
    mkdirSync(folder);
    const file = path.join(folder, 'stores.json');
    const good = { product: 'P', directory: '/data', lastUsed: '2026-11-23T09:00:00.000Z', later: 1 };
    const { later: _later, ...entry } = good;
    for (const [text, expected] of [
      ['', []],
      ['{"stores":', []],
      ['null', []],
      [JSON.stringify({ stores: [null, 'x', { ...good, directory: 'relative' }, good] }), [entry]],
    ] as const) {
      writeFileSync(file, text);
      assert.deepEqual(readRegistry(folder), expected, text);
    }
    writeFileSync(file, '{');
    noteStore('P', '/data', at(0), folder);
    assert.deepEqual(readRegistry(folder), [entry]);
  });

  it('lies in the folder of the user for such things', () => {
    assert.equal(stateFolder({ XDG_STATE_HOME: '/state' }, 'linux'), path.join('/state', 'local-chat'));
    assert.match(
      stateFolder({ XDG_STATE_HOME: 'relative' }, 'linux'),
      /[/\\]\.local[/\\]state[/\\]local-chat$/,
    );
    assert.match(stateFolder({}, 'darwin'), /Application Support[/\\]local-chat$/);
    assert.equal(stateFolder({ LOCALAPPDATA: '/local' }, 'win32'), path.join('/local', 'local-chat'));
  });
});

describe('the store, looked for from a terminal', () => {
  let home: string;
  beforeEach(() => {
    home = makeTempDir();
  });
  afterEach(() => removeTempDir(home));

  it('is the one that was named, before the variable, before the one last used that is still there', () => {
    const used = path.join(home, 'used');
    const gone = path.join(home, 'gone');
    mkdirSync(used);
    mkdirSync(gone);
    noteStore('A', used, new Date(1_000), home);
    noteStore('B', gone, new Date(2_000), home);
    const env = { LOCAL_CHAT_DIR: '/from/variable' };
    const find = (options: object) => locateStore({ stateFolder: home, ...options });
    assert.deepEqual(find({ dataDir: '/named', env }), { directory: '/named', named: true });
    assert.deepEqual(find({ env }), { directory: '/from/variable', named: true });
    assert.deepEqual(find({ env: { LOCAL_CHAT_DIR: '' } }), { directory: gone, named: true });
    assert.throws(
      () => find({ dataDir: '', env }),
      (error) => error instanceof ChatError && error.code === 'USAGE',
    );
    rmSync(gone, { recursive: true });
    assert.deepEqual(find({ env: {} }), { directory: used, named: true });
    rmSync(used, { recursive: true });
    writeFileSync(used, 'a file now');
    assert.throws(
      () => find({ env: {} }),
      (error) => error instanceof ChatError && error.code === 'NO_STORE',
    );
  });
});
