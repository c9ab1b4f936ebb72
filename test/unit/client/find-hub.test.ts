import assert from 'node:assert/strict';
import { type Dial, HubFinder, SUSPECT_MS, type Surroundings } from '../../../src/client/find-hub.ts';
import { StallClock } from '../../../src/client/stall-clock.ts';
import { ChatError } from '../../../src/model/errors.ts';
import type { Claim } from '../../../src/rendezvous/claim.ts';

const claim: Claim = {
  pid: process.pid + 1,
  startTime: '1',
  socket: '/nowhere',
  nonce: '0'.repeat(32),
  hostId: 'here',
  bootId: 'today',
  protocol: 1,
  format: 1,
};

/** A world with a living hub of epoch 7, in which every part can be told otherwise. */
const world = (changes: Partial<Surroundings<string>> = {}): Surroundings<string> => ({
  highestEpoch: () => 7,
  readClaim: () => ({ kind: 'claim', claim }),
  host: () => Promise.resolve({ hostId: 'here', bootId: 'today' }),
  claimantLives: () => true,
  hubRunsHere: () => false,
  unclaimedSocket: () => null,
  dial: () => Promise.resolve({ kind: 'connected', connection: 'hub' }),
  ...changes,
});

const dialing =
  (dial: Dial<string>): (() => Promise<Dial<string>>) =>
  () =>
    Promise.resolve(dial);

describe('HubFinder', () => {
  let now = 0;
  let stall: StallClock;
  const find = (changes: Partial<Surroundings<string>> = {}): ReturnType<HubFinder<string>['find']> =>
    new HubFinder(world(changes), stall).find();

  beforeEach(() => {
    now = 0;
    stall = new StallClock(() => now);
  });
  afterEach(() => stall.dispose());

  it('connects to the holder of the highest epoch', async () => {
    assert.deepEqual(await find(), { kind: 'connected', connection: 'hub' });
  });

  it('finds nobody in an empty directory, or where the newest claim is gone', async () => {
    assert.deepEqual(await find({ highestEpoch: () => 0 }), { kind: 'dead', epoch: 0 });
    assert.deepEqual(await find({ readClaim: () => ({ kind: 'missing' }) }), { kind: 'dead', epoch: 7 });
  });

  it('takes a refused connection for dead at once', async () => {
    assert.deepEqual(await find({ dial: dialing({ kind: 'refused' }) }), { kind: 'dead', epoch: 7 });
  });

  it('never takes over from a process that lives where its socket can not be seen', async () => {
    const finding = await find({ dial: dialing({ kind: 'missing' }) });
    assert.equal(finding.kind, 'elsewhere');
    assert.equal(finding.kind === 'elsewhere' && finding.error.code, 'HUB_UNREACHABLE');
  });

  it('takes a missing socket for dead when its process is gone, was of another boot, or is this one', async () => {
    const dial = dialing({ kind: 'missing' });
    const dead = { kind: 'dead', epoch: 7 };
    assert.deepEqual(await find({ dial, claimantLives: () => false }), dead);
    assert.deepEqual(
      await find({ dial, host: () => Promise.resolve({ hostId: 'here', bootId: 'yesterday' }) }),
      dead,
    );
    const own = { ...claim, pid: process.pid };
    assert.deepEqual(await find({ dial, readClaim: () => ({ kind: 'claim', claim: own }) }), dead);
  });

  it('takes a missing pipe for dead where boots have no id, unless the hub runs in this process', async () => {
    const nameless = (changes: Partial<Claim>, hubRunsHere = false): Partial<Surroundings<string>> => ({
      dial: dialing({ kind: 'missing' }),
      host: () => Promise.resolve({ hostId: 'here', bootId: '' }),
      readClaim: () => ({ kind: 'claim', claim: { ...claim, bootId: '', startTime: '', ...changes } }),
      hubRunsHere: () => hubRunsHere,
    });
    assert.deepEqual(await find(nameless({})), { kind: 'dead', epoch: 7 });
    assert.deepEqual(await find(nameless({ pid: process.pid })), { kind: 'dead', epoch: 7 });
    assert.equal((await find(nameless({ pid: process.pid }, true))).kind, 'elsewhere');
  });

  it('prefers the hub of this process that could write no claim, while nobody else has', async () => {
    const dialed: string[] = [];
    let kind: 'connected' | 'refused' = 'connected';
    const changes: Partial<Surroundings<string>> = {
      unclaimedSocket: (epoch) => (epoch === 7 ? '/here' : null),
      dial: (socket) => {
        dialed.push(socket);
        return Promise.resolve(kind === 'connected' ? { kind, connection: socket } : { kind });
      },
    };
    assert.deepEqual(await find(changes), { kind: 'connected', connection: '/here' });
    assert.deepEqual(await find({ ...changes, highestEpoch: () => 8 }), {
      kind: 'connected',
      connection: claim.socket,
    });
    kind = 'refused';
    assert.deepEqual(await find(changes), { kind: 'dead', epoch: 7 });
    assert.deepEqual(dialed, ['/here', claim.socket, '/here']);
  });

  it('suspects a silent hub only after the whole time, measured over several looks', async () => {
    const finder = new HubFinder(world({ dial: dialing({ kind: 'silent' }) }), stall);
    assert.equal((await finder.find()).kind, 'unclear');
    for (; now < SUSPECT_MS - 250; now += 250) {
      stall.tick();
      assert.equal((await finder.find()).kind, 'unclear', `after ${now} ms`);
    }
    now = SUSPECT_MS;
    assert.deepEqual(await finder.find(), { kind: 'dead', epoch: 7 });
  });

  it('suspects it no later, however long each look may take', async () => {
    for (const before of [0, 2_250]) {
      const began = now;
      const probes: number[] = [];
      const pass = (ms: number): void => {
        for (const end = now + ms; now < end;) {
          now = Math.min(end, now + 250);
          stall.tick();
        }
      };
      let frozen = false;
      const finder = new HubFinder(
        world({
          dial: (_claim, ms) => {
            if (!frozen) return Promise.resolve({ kind: 'connected', connection: 'hub' });
            probes.push(ms);
            pass(ms);
            return Promise.resolve({ kind: 'silent' });
          },
        }),
        stall,
      );
      await finder.find();
      frozen = true;
      // Its connection was silent for so long already.
      if (before > 0) stall.silent();
      pass(before);
      while ((await finder.find()).kind !== 'dead') pass(50);
      assert.ok(now - began <= SUSPECT_MS + 500, `${now - began} ms: ${probes.join(', ')}`);
      assert.ok(now - began >= SUSPECT_MS);
      assert.ok(Math.min(...probes) >= 500, 'each has its chance');
      stall.alive();
    }
  });

  it('does not hold it against a hub that it was missing or refused before', async () => {
    let dial: Dial<string> = { kind: 'missing' };
    const finder = new HubFinder(world({ dial: () => Promise.resolve(dial) }), stall);
    await finder.find();
    for (; now < SUSPECT_MS; now += 250) stall.tick();
    dial = { kind: 'silent' };
    assert.equal((await finder.find()).kind, 'unclear');
  });

  it('begins the suspicion anew with another epoch', async () => {
    let epoch = 7;
    const finder = new HubFinder(
      world({ highestEpoch: () => epoch, dial: dialing({ kind: 'silent' }) }),
      stall,
    );
    await finder.find();
    for (; now < SUSPECT_MS; now += 250) stall.tick();
    epoch = 8;
    assert.equal((await finder.find()).kind, 'unclear');
  });

  it('looks again when the hub goes away in the greeting, and says so when it always does', async () => {
    let dial: Dial<string> = { kind: 'fault', error: new ChatError('CONNECTION_CLOSED') };
    const finder = new HubFinder(world({ dial: () => Promise.resolve(dial) }), stall, () => now);
    for (; now < 4_900; now += 50) assert.equal((await finder.find()).kind, 'unclear', `after ${now} ms`);
    now = 5_000;
    const finding = await finder.find();
    assert.deepEqual(finding.kind === 'fault' && [finding.error.code, finding.error.params], [
      'HUB_UNREACHABLE',
      { pid: claim.pid },
    ]);
    dial = { kind: 'silent' };
    await finder.find();
    dial = { kind: 'fault', error: new ChatError('CONNECTION_CLOSED') };
    assert.equal((await finder.find()).kind, 'unclear');
  });

  it('leaves a store of another host or of a newer format alone', async () => {
    const reading = (changes: Partial<Claim>): Partial<Surroundings<string>> => ({
      readClaim: () => ({ kind: 'claim', claim: { ...claim, ...changes } }),
    });
    const other = await find(reading({ hostId: 'there' }));
    assert.equal(other.kind === 'fault' && other.error.code, 'OTHER_HOST');
    const newer = await find({ readClaim: () => ({ kind: 'newer', format: 2 }) });
    assert.equal(newer.kind === 'fault' && newer.error.code, 'FORMAT_NEWER');
  });
});
