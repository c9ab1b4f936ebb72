import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { decide } from '../../../src/core/decide.ts';
import type { HubCheckpoint } from '../../../src/hub/leadership.ts';
import type { Acknowledgement, Command } from '../../../src/model/commands.ts';
import { temporaryFileName } from '../../../src/model/epoch-files.ts';
import { newId } from '../../../src/model/ids.ts';
import { claimedEpochs, highestEpoch, makeClaim, newClaim } from '../../../src/rendezvous/claim.ts';
import { until, within } from '../../integration/support/until.ts';
import { FaultyFiles } from '../store/faulty-files.ts';
import { hasCode, hubsOfEachTest, quick } from './support.ts';

describe('a hub that can not write', () => {
  const hubs = hubsOfEachTest();
  let files: FaultyFiles;
  beforeEach(() => {
    files = new FaultyFiles();
  });

  it('takes over from itself and knows what it had written, though it was not synced', async () => {
    let failing = false;
    await hubs.start({
      times: quick,
      files,
      checkpoint: (name: HubCheckpoint) => {
        if (failing && name === 'commit written') files.fail('syncData', 'EIO');
        if (failing && name === 'claimed') {
          files.heal();
          failing = false;
        }
      },
    });
    const ada = await hubs.join('Ada');
    const general = ada.room('general');
    failing = true;
    const ids = [newId(), newId()];
    const acks = await Promise.all(ids.map((id) => ada.send(general, id, id)));
    assert.equal(highestEpoch(hubs.directory), 2);

    // No session was told of the line that is there after all, so each has to come back for it.
    await until('the connection is closed', () => ada.isClosed);
    assert.deepEqual(ada.messages, []);
    const back = await hubs.join('Ada');
    assert.deepEqual(await Promise.all(ids.map((id) => back.send(general, id, id))), acks);
    assert.equal(new Set(acks.map(({ seq }) => seq)).size, 2);
    const page = await back.request('history.page', { roomId: general, limit: 10 });
    assert.deepEqual(
      page.messages.map(({ content }) => content),
      ids,
    );
    const { faults, state, epoch } = await back.request('status', {});
    assert.deepEqual([faults.map(({ code }) => code), state, epoch], [['STORAGE_ERROR'], 'ready', 2]);
  });

  it('tells those who were not told of that line nothing that comes after it', async () => {
    const next: Promise<Acknowledgement>[] = [];
    let failing = false;
    const { hub } = await hubs.start({
      times: quick,
      files,
      checkpoint: (name: HubCheckpoint) => {
        if (failing && name === 'commit written') files.fail('syncData', 'EIO');
        if (failing && name === 'claimed') {
          files.heal();
          failing = false;
          next.push(
            hub.loop.propose({
              origin: actor,
              decide: (ledger) => decide(ledger, hub.tools, actor, after),
            }),
          );
        }
      },
    });
    const ada = await hubs.join('Ada');
    const roomId = ada.room('general');
    const actor = { sessionId: newId(), profileId: ada.profileId, kind: 'person' } as const;
    const after: Command = { type: 'message.send', params: { id: newId(), roomId, content: 'after it' } };
    failing = true;
    const { seq } = await ada.send(roomId, 'not synced');
    const answers = await Promise.all(next);
    assert.deepEqual(
      answers.map((answer) => answer.seq),
      [seq + 1],
    );
    await until('the connection is closed', () => ada.isClosed);
    assert.deepEqual(ada.messages, []);
    const back = await hubs.join('Ada');
    const page = await back.request('history.page', { roomId, limit: 10 });
    assert.deepEqual(
      page.messages.map(({ content }) => content),
      ['not synced', 'after it'],
    );
  });

  it('writes the group again when nothing of it was written, and keeps its sessions', async () => {
    let failing = false;
    await hubs.start({
      times: quick,
      files,
      checkpoint: (name: HubCheckpoint) => {
        if (failing && name === 'commit staged') files.fail('write', 'ENOSPC');
        if (failing && name === 'claimed') {
          files.heal();
          failing = false;
        }
      },
    });
    const ada = await hubs.join('Ada');
    const general = ada.room('general');
    failing = true;
    const [sent, refused] = await Promise.allSettled([ada.send(general, 'kept'), ada.send(newId(), 'x')]);
    assert.equal(sent.status, 'fulfilled');
    assert.ok(refused.status === 'rejected' && hasCode('NO_SUCH_ROOM')(refused.reason));
    await ada.upTo((await ada.send(general, 'next')).seq);
    assert.equal(ada.isClosed, false);
    assert.deepEqual(ada.messages, ['kept', 'next']);
    assert.deepEqual(hubs.files.includes('000000000002.log'), true);
  });

  it('tries once more, and then says why', async () => {
    let failing = false;
    await hubs.start({
      times: quick,
      files,
      checkpoint: (name: HubCheckpoint) => {
        if (failing && name === 'commit staged') files.fail('write', 'ENOSPC');
        if (failing && name === 'claimed') files.heal();
      },
    });
    const ada = await hubs.join('Ada');
    const general = ada.room('general');
    failing = true;
    await assert.rejects(ada.send(general, 'lost'), hasCode('STORAGE_FULL'));
    failing = false;
    await ada.upTo((await ada.send(general, 'kept')).seq);
    assert.equal(ada.isClosed, false);
    assert.deepEqual(ada.messages, ['kept']);
    assert.equal(highestEpoch(hubs.directory), 3);
  });

  it('serves history, refuses at once, and writes again when it can', async () => {
    await hubs.start({ times: quick, files });
    const ada = await hubs.join('Ada');
    const general = ada.room('general');
    await ada.send(general, 'before');
    files.fail('write', 'ENOSPC');
    await assert.rejects(ada.send(general, 'refused'), hasCode('STORAGE_FULL'));
    await until('ada is told', () => ada.all('hubState').at(-1)?.state === 'readonly');

    await assert.rejects(ada.send(general, 'refused at once'), hasCode('STORAGE_FULL'));
    await assert.rejects(ada.request('read.mark', { roomId: general, upTo: 9 }), hasCode('STORAGE_FULL'));
    const page = await ada.request('history.page', { roomId: general, limit: 10 });
    assert.deepEqual(
      page.messages.map(({ content }) => content),
      ['before'],
    );
    const status = await ada.request('status', {});
    assert.equal(status.state, 'readonly');
    assert.ok(status.faults.length >= 2 && status.faults.every(({ code }) => code === 'STORAGE_FULL'));
    const late = await hubs.connect();
    await late.open({ by: 'id', id: ada.profileId });
    assert.equal(late.rooms.length, 1);

    files.heal();
    await until('ada is told', () => ada.all('hubState').at(-1)?.state === 'ready');
    await ada.send(general, 'after');
    assert.equal(ada.isClosed, false);
    assert.deepEqual(ada.messages, ['before', 'after']);
  });

  it('leaves no more than its claim behind, and only so many of these', async () => {
    const { hub } = await hubs.start();
    hub.stop();
    for (let epoch = 2; epoch < 70; epoch += 1) makeClaim(hubs.directory, epoch, newClaim('/elsewhere', 1));
    writeFileSync(path.join(hubs.directory, temporaryFileName(69, 'log', 'abc')), '');
    files.fail('write', 'ENOSPC');
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const { hub } = await hubs.start({ files });
      assert.equal(hub.state, 'readonly');
      hub.stop();
    }
    const stored = hubs.files.filter((name) => !name.endsWith('.claim'));
    assert.deepEqual(stored, ['000000000001.base', '000000000001.log', 'secret']);
    assert.deepEqual(
      claimedEpochs(hubs.directory),
      [...Array(65).keys()].map((n) => n + 7),
    );
  });

  it('is fenced while it can not write, like any other', async () => {
    const { end } = await hubs.start({ times: { ...quick, retryMs: 60_000 }, files });
    const ada = await hubs.join('Ada');
    files.fail('write', 'EROFS');
    await assert.rejects(ada.send(ada.room('general'), 'x'), hasCode('STORAGE_READONLY'));
    await hubs.start();
    assert.deepEqual(await within('the end', end), { reason: 'fenced' });
    await until('ada hears of it', () => ada.isClosed);
  });
});
