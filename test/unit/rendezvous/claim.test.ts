import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import fs, { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { epochFileName, STORE_FORMAT } from '../../../src/model/epoch-files.ts';
import {
  type Claim,
  claimedEpochs,
  highestEpoch,
  makeClaim,
  newClaim,
  readClaim,
} from '../../../src/rendezvous/claim.ts';
import { findHostIdentity, hostIdentity, identityOf } from '../../../src/rendezvous/host.ts';
import { processLives, processStartTime } from '../../../src/rendezvous/process.ts';
import { makeTempDir, removeTempDir } from '../../harness/paths.ts';
import { cleanEnv, onProcessEnd } from '../../harness/process.ts';

describe('a claim', () => {
  let directory: string;
  beforeEach(() => {
    directory = makeTempDir();
  });
  afterEach(() => removeTempDir(directory));

  const write = (epoch: number, text: string): void =>
    writeFileSync(path.join(directory, epochFileName(epoch, 'claim')), text);

  it('says who leads, and is whole and closed to others from the first moment', () => {
    const claim = newClaim('/run/hub.sock', 1);
    assert.equal(makeClaim(directory, 7, claim), true);
    assert.deepEqual(readClaim(directory, 7), { kind: 'claim', claim });
    assert.deepEqual(readdirSync(directory), ['000000000007.claim']);
    assert.equal(statSync(path.join(directory, '000000000007.claim')).mode & 0o777, 0o600);
    assert.match(claim.nonce, /^[0-9a-f]{32}$/);
    assert.equal(claim.pid, process.pid);
    assert.equal(processLives(claim.pid, claim.startTime), true);
    assert.notEqual(newClaim('/run/hub.sock', 1).nonce, claim.nonce);
  });

  it('belongs to the first', () => {
    const first = newClaim('/first', 1);
    assert.equal(makeClaim(directory, 1, first), true);
    assert.equal(makeClaim(directory, 1, newClaim('/second', 1)), false);
    assert.deepEqual(readClaim(directory, 1), { kind: 'claim', claim: first });
    // A network file system may say "taken" to a link that had worked.
    assert.equal(makeClaim(directory, 1, first), true);
  });

  describe('on a disk without room for a second name', () => {
    const { linkSync, writeSync } = fs;
    const failLinks = (): void => {
      fs.linkSync = () => {
        throw Object.assign(new Error('no room for a name'), { code: 'ENOSPC' });
      };
      syncBuiltinESMExports();
    };
    afterEach(() => {
      Object.assign(fs, { linkSync, writeSync });
      syncBuiltinESMExports();
    });

    it('is made under its own name, still by the first alone', () => {
      failLinks();
      const claim = newClaim('/run/hub.sock', 1);
      assert.equal(makeClaim(directory, 1, claim), true);
      assert.equal(makeClaim(directory, 1, newClaim('/second', 1)), false);
      assert.deepEqual(readClaim(directory, 1), { kind: 'claim', claim });
      assert.deepEqual(readdirSync(directory), ['000000000001.claim']);
    });

    it('stays once it was begun, so that the hub before never takes itself for the newest', () => {
      failLinks();
      let writes = 0;
      fs.writeSync = ((...call: Parameters<typeof writeSync>) => {
        writes += 1;
        return writes === 1 ? writeSync(...call) : 0;
      }) as typeof writeSync;
      syncBuiltinESMExports();
      assert.throws(() => makeClaim(directory, 1, newClaim('/run/hub.sock', 1)), { code: 'ENOSPC' });
      assert.deepEqual(readdirSync(directory), ['000000000001.claim']);
      assert.deepEqual(readClaim(directory, 1), { kind: 'unreadable' });
    });
  });

  describe('of a process that slept while it claimed', () => {
    const { linkSync } = fs;
    afterEach(() => {
      fs.linkSync = linkSync;
      syncBuiltinESMExports();
    });
    /** What happens between writing the temporary file and giving it its name. */
    const meanwhile = (act: () => void): void => {
      fs.linkSync = (from, to) => {
        fs.linkSync = linkSync;
        act();
        linkSync(from, to);
      };
      syncBuiltinESMExports();
    };
    const tidyUp = (): void => {
      for (const name of readdirSync(directory)) {
        if (name.endsWith('.tmp')) rmSync(path.join(directory, name));
      }
    };

    it('is lost to whoever leads since and has tidied up', () => {
      meanwhile(() => {
        makeClaim(directory, 2, newClaim('/later', 1));
        tidyUp();
      });
      assert.equal(makeClaim(directory, 1, newClaim('/late', 1)), false);
      assert.deepEqual(readdirSync(directory), [epochFileName(2, 'claim')]);
    });

    it('is a fault when nobody leads', () => {
      meanwhile(tidyUp);
      assert.throws(() => makeClaim(directory, 1, newClaim('/late', 1)), { code: 'ENOENT' });
    });
  });

  it('is unreadable, and never another one, once a bit of it has flipped', () => {
    const claim = newClaim('/run/hub.sock', 1);
    makeClaim(directory, 1, claim);
    const whole = fs.readFileSync(path.join(directory, epochFileName(1, 'claim')));
    for (let at = 0; at < whole.length; at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      fs.writeFileSync(path.join(directory, epochFileName(1, 'claim')), damaged);
      const reading = readClaim(directory, 1);
      // The name of the check itself, and the line break, say nothing of the hub.
      if (reading.kind === 'claim') assert.deepEqual(reading.claim, claim, `byte ${at}`);
      else assert.equal(reading.kind, 'unreadable');
    }
  });

  it('of an earlier version has no check, and counts', () => {
    const claim = newClaim('/run/hub.sock', 1);
    write(1, JSON.stringify(claim));
    assert.deepEqual(readClaim(directory, 1), { kind: 'claim', claim });
  });

  it('is unreadable when it is anything else, and missing when it is not there', () => {
    assert.deepEqual(readClaim(directory, 1), { kind: 'missing' });
    const claim = newClaim('/run/hub.sock', 1);
    const without = (key: keyof Claim): object => ({ ...claim, [key]: undefined });
    const wrong = ['', '{', 'null', JSON.stringify(claim).slice(0, -5), '[]'];
    wrong.push(...Object.keys(claim).map((key) => JSON.stringify(without(key as keyof Claim))));
    wrong.push(JSON.stringify({ ...claim, nonce: 'ABC' }), JSON.stringify({ ...claim, pid: 0 }));
    for (const text of wrong) {
      write(1, text);
      assert.deepEqual(readClaim(directory, 1), { kind: 'unreadable' }, text);
    }
  });

  it('is read when a newer version wrote more into it', () => {
    const claim = newClaim('/run/hub.sock', 1);
    write(1, JSON.stringify({ ...claim, later: { field: 1 } }));
    assert.deepEqual(readClaim(directory, 1), { kind: 'claim', claim });
  });

  it('tells a newer format, whatever became of the rest', () => {
    for (const rest of [newClaim('/run/hub.sock', 1), { sockets: ['/run/hub.sock'] }, {}]) {
      write(1, JSON.stringify({ ...rest, format: STORE_FORMAT + 1 }));
      assert.deepEqual(readClaim(directory, 1), { kind: 'newer', format: STORE_FORMAT + 1 });
    }
  });

  it('is one of the names that give the highest number', () => {
    assert.equal(highestEpoch(directory), 0);
    for (const name of [
      'notes.txt',
      'secret',
      '000000000099.claim.abc.tmp',
      '99.claim',
      '0000000000099.log',
    ]) {
      writeFileSync(path.join(directory, name), '');
    }
    assert.equal(highestEpoch(directory), 0);
    writeFileSync(path.join(directory, epochFileName(3, 'claim')), '');
    writeFileSync(path.join(directory, epochFileName(12, 'base')), '');
    assert.equal(highestEpoch(directory), 12);
    writeFileSync(path.join(directory, epochFileName(1_000, 'log')), '');
    assert.equal(highestEpoch(directory), 1_000);
    assert.deepEqual(claimedEpochs(directory), [3]);
    rmSync(directory, { recursive: true });
    const params = { directory, detail: 'ENOENT' };
    assert.throws(() => highestEpoch(directory), { code: 'DIRECTORY_UNUSABLE', params });
  });

  it('goes to exactly one of many processes, and all of them have the same secret', async function () {
    this.timeout(30_000);
    const epochs = 60;
    const racer = fileURLToPath(new URL('racer.ts', import.meta.url));
    const racers = [...Array(5).keys()].map(() =>
      fork(racer, [directory, String(epochs)], { execArgv: ['--import=tsx'], env: cleanEnv({}) }),
    );
    onProcessEnd(() => {
      for (const child of racers) child.kill('SIGKILL');
    });
    await Promise.all(racers.map((child) => once(child, 'message')));
    const results = racers.map(async (child) => {
      const [result] = (await once(child, 'message')) as [
        { won: { epoch: number; nonce: string }[]; secret: string },
      ];
      return result;
    });
    for (const child of racers) child.send('start');
    const finished = await Promise.all(results);

    const won = finished.flatMap((result) => result.won);
    assert.deepEqual(
      won.map(({ epoch }) => epoch).sort((a, b) => a - b),
      [...Array(epochs).keys()].map((n) => n + 1),
    );
    for (const { epoch, nonce } of won) {
      const reading = readClaim(directory, epoch);
      assert.ok(reading.kind === 'claim' && reading.claim.nonce === nonce, `epoch ${epoch}`);
    }
    assert.equal(new Set(finished.map(({ secret }) => secret)).size, 1);
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });
});

describe('a process', () => {
  it('lives only with its own start time', () => {
    const startTime = processStartTime(process.pid);
    assert.ok(startTime !== null && startTime !== '');
    assert.equal(processLives(process.pid, startTime), true);
    assert.equal(processLives(process.pid, `${Number(startTime) + 1}`), false);
  });

  it('is not known to live without a start time', () => {
    const { platform } = process;
    // Where the platform does not tell start times all of them are the same.
    Object.defineProperty(process, 'platform', { value: 'win32' });
    try {
      assert.equal(processStartTime(process.ppid), '');
      assert.equal(processLives(process.ppid, ''), false);
      assert.equal(processLives(process.pid, ''), true);
    } finally {
      Object.defineProperty(process, 'platform', { value: platform });
    }
  });

  it('does not live once it has ended, nor while it waits for its parent to notice', async () => {
    const child = fork(fileURLToPath(new URL('racer.ts', import.meta.url)), [], {
      execArgv: ['--import=tsx'],
      env: cleanEnv({}),
    });
    await once(child, 'message');
    const pid = child.pid ?? 0;
    const startTime = processStartTime(pid);
    assert.ok(startTime !== null);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(processLives(pid, startTime), false);
  });
});

describe('the host', () => {
  it('has one identity, and keeps the machine id to itself', async () => {
    const { hostId, bootId } = hostIdentity();
    assert.deepEqual(hostIdentity(), { hostId, bootId });
    assert.deepEqual(await findHostIdentity(), { hostId, bootId });
    if (process.platform === 'linux') assert.match(bootId, /^[0-9a-f]{32}$/);
    assert.match(hostId, /^(?:[0-9a-f]{32})?$/);
  });

  it('is read from what programs of the system print', () => {
    const ioreg = (id: string): string => `  {\n    "IOPlatformUUID" = "${id}"\n    "x" = "y"\n  }\n`;
    const mac = identityOf('darwin', { machine: ioreg('AB-12'), boot: 'CD-34\n' });
    assert.match(mac.hostId, /^[0-9a-f]{32}$/);
    assert.match(mac.bootId, /^[0-9a-f]{32}$/);
    assert.notEqual(identityOf('darwin', { machine: ioreg('AB-13'), boot: '' }).hostId, mac.hostId);
    const reg = '\r\nHKEY_LOCAL_MACHINE\\X\r\n    MachineGuid    REG_SZ    AB-12\r\n\r\n';
    assert.deepEqual(identityOf('win32', { machine: reg, boot: '' }), { hostId: mac.hostId, bootId: '' });
    assert.deepEqual(identityOf('darwin', { machine: '', boot: '' }), { hostId: '', bootId: '' });
  });
});
