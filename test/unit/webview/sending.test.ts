import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { deferred } from '../../../src/common/deferred.ts';
import { ChatError, type ErrorCode } from '../../../src/model/errors.ts';
import type { AskHost } from '../../../webview/host.ts';
import { type HandedMessage, Handover } from '../../../webview/state/handover.ts';
import { Sending } from '../../../webview/state/sending.ts';
import { Shown } from '../../../webview/state/shown.ts';
import { id, people, roomId } from '../../page/builders.ts';

const seat = { roomId, profileId: people.ada.id };
const never = (): boolean => false;
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Keeps messages without a storage. */
class Kept extends Handover {
  readonly kept = new Map<string, HandedMessage>();
  constructor() {
    super(null);
  }
  override keep(message: HandedMessage): void {
    this.kept.set(message.id, message);
  }
  override release(id: string): void {
    this.kept.delete(id);
  }
  override waiting(): readonly HandedMessage[] {
    return [...this.kept.values()];
  }
}

describe('sending of the page', () => {
  let asked: { name: string; params: unknown }[];
  let answer: () => Promise<object>;
  let alive: boolean;
  let kept: Kept;
  let sending: Sending;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    asked = [];
    alive = true;
    answer = () => Promise.resolve({});
    kept = new Kept();
    sending = make();
  });
  afterEach(() => mock.timers.reset());

  function make(): Sending {
    const host = {
      get alive() {
        return alive;
      },
      request: (name: string, params: unknown) => {
        asked.push({ name, params });
        return answer();
      },
    } as AskHost;
    const made = new Sending(host, kept, new Shown());
    made.open(seat, [], never);
    return made;
  }
  const refuse = (code: ErrorCode) => () => Promise.reject(new ChatError(code));
  const states = (): string[] => sending.pending.map(({ content, state }) => `${content} ${state}`);
  const ids = (): unknown[] => asked.map(({ params }) => (params as { id: string }).id);

  it('keeps a message until the host has answered, with yes or no', async () => {
    sending.send('yes');
    assert.equal(kept.kept.size, 1);
    await settled();
    assert.equal(kept.kept.size, 0);
    answer = refuse('ROOM_ARCHIVED');
    sending.send('no');
    await settled();
    assert.equal(kept.kept.size, 0);
    assert.deepEqual(states(), ['yes sending', 'no failed']);
  });

  for (const code of ['CONNECTION_CLOSED', 'TIMEOUT'] as const) {
    it(`keeps a message on its way when the host is gone (${code}), and gives it to the next one under its id`, async () => {
      answer = refuse(code);
      sending.send('text');
      alive = false;
      await settled();
      mock.timers.tick(60_000);
      assert.deepEqual(states(), ['text sending']);
      assert.equal(kept.kept.size, 1);
      assert.equal(asked.length, 1);
      alive = true;
      answer = () => Promise.resolve({});
      sending.open(seat, [], never);
      await settled();
      assert.equal(asked.length, 2);
      assert.equal(new Set(ids()).size, 1);
      assert.equal(kept.kept.size, 0);
    });
  }

  it('asks a host that lives and did not answer once more', async () => {
    answer = refuse('TIMEOUT');
    sending.send('text');
    await settled();
    assert.deepEqual(states(), ['text sending']);
    answer = () => Promise.resolve({});
    mock.timers.tick(5_000);
    await settled();
    assert.equal(asked.length, 2);
    assert.equal(kept.kept.size, 0);
  });

  it('takes over what a page before it had sent', async () => {
    answer = () => new Promise(() => undefined);
    sending.send('from before');
    answer = () => Promise.resolve({});
    sending = make();
    assert.deepEqual(states(), ['from before sending']);
    assert.equal(asked.length, 2);
    assert.deepEqual(asked[1]?.params, asked[0]?.params);
    await settled();
    assert.equal(kept.kept.size, 0);
  });

  it('does not send again what is listed or stored, and keeps it no longer', () => {
    answer = () => new Promise(() => undefined);
    sending.send('listed');
    sending.send('stored');
    const [listed, stored] = sending.pending;
    assert.ok(listed !== undefined && stored !== undefined);
    asked.length = 0;
    sending.dispose();
    sending = new Sending({ alive, request: () => assert.fail('nothing is to be asked') }, kept, new Shown());
    sending.open(seat, [listed], (candidate) => candidate === stored.id);
    assert.deepEqual(states(), ['listed sending']);
    assert.equal(kept.kept.size, 0);
  });

  it('does not ask twice at once', () => {
    answer = () => new Promise(() => undefined);
    sending.send('text');
    sending.open(seat, [], never);
    assert.equal(asked.length, 1);
  });

  describe('takes back', () => {
    const failed = {
      content: 'text',
      timestamp: '2026-11-23T09:00:00.000Z',
      state: 'failed',
      fault: null,
    } as const;

    it('what the host gives back, once it has said so', async () => {
      sending.open(seat, [{ id: id(7), ...failed }], never);
      const answered = deferred<object>();
      answer = () => answered.promise;
      const taking = sending.takeBack(id(7));
      assert.deepEqual(states(), ['text failed']);
      answered.resolve({ taken: true });
      assert.equal(await taking, 'text');
      assert.deepEqual(states(), []);
      assert.deepEqual(asked, [{ name: 'takeBack', params: { id: id(7) } }]);
    });

    it('nothing that the host does not give back: it is what the host lists', async () => {
      sending.open(seat, [{ id: id(7), ...failed }], never);
      answer = () => Promise.resolve({ taken: false });
      assert.equal(await sending.takeBack(id(7)), null);
      assert.deepEqual(states(), ['text failed']);
      answer = refuse('TIMEOUT');
      assert.equal(await sending.takeBack(id(7)), null);
      assert.deepEqual(states(), ['text failed']);
      sending.list([{ id: id(7), ...failed, state: 'sending' }], never);
      assert.deepEqual(states(), ['text sending']);
    });

    it('what never reached the host, without asking', async () => {
      answer = refuse('ROOM_ARCHIVED');
      sending.send('text');
      await settled();
      asked.length = 0;
      assert.equal(await sending.takeBack(sending.pending[0]?.id ?? ''), 'text');
      assert.deepEqual(states(), []);
      assert.deepEqual(asked, []);
    });
  });

  for (const [what, other] of [
    ['room', { ...seat, roomId: id(2) }],
    ['profile', { ...seat, profileId: people.grace.id }],
  ] as const) {
    it(`leaves what was sent in one ${what} there when another is shown`, async () => {
      answer = refuse('ROOM_ARCHIVED');
      sending.send('refused');
      await settled();
      const listed = { id: id(7), content: 'listed', timestamp: '2026-11-23T09:00:00.000Z', fault: null };
      sending.list([{ ...listed, state: 'sending' }], never);
      assert.deepEqual(states().sort(), ['listed sending', 'refused failed']);
      sending.open(seat, [{ ...listed, state: 'sending' }], never);
      assert.equal(sending.pending.length, 2, 'the same once more');
      sending.open(other, [], never);
      assert.deepEqual(states(), []);
    });
  }

  describe('of a message that is neither listed nor stored', () => {
    const listed = {
      id: id(7),
      content: 'text',
      timestamp: '2026-11-23T09:00:00.000Z',
      state: 'sending',
      fault: null,
    } as const;

    it('shows it a while, and again whenever it is listed again', () => {
      sending.list([listed], never);
      sending.list([], never);
      mock.timers.tick(1_999);
      assert.deepEqual(states(), ['text sending']);
      mock.timers.tick(1);
      assert.deepEqual(states(), []);
      sending.list([{ ...listed, state: 'failed' }], never);
      assert.deepEqual(states(), ['text failed']);
      sending.open(seat, [{ ...listed }], never);
      mock.timers.tick(60_000);
      assert.deepEqual(states(), ['text sending']);
    });

    it('shows it for the whole while each time', () => {
      sending.list([listed], never);
      sending.list([], never);
      mock.timers.tick(1_000);
      sending.list([{ ...listed }], never);
      mock.timers.tick(500);
      sending.list([], never);
      mock.timers.tick(1_999);
      assert.deepEqual(states(), ['text sending']);
      mock.timers.tick(1);
      assert.deepEqual(states(), []);
    });

    it('shows it again when a host took it and lists it late', async () => {
      sending.send('text');
      const [sent] = sending.pending;
      await settled();
      mock.timers.tick(2_000);
      assert.deepEqual(states(), []);
      sending.list(sent === undefined ? [] : [sent], never);
      mock.timers.tick(60_000);
      assert.deepEqual(states(), ['text sending']);
    });
  });

  it('shows no longer what a host took that had it stored long ago', async () => {
    kept.keep({ id: id(7), ...seat, content: 'old', timestamp: new Date().toISOString() });
    sending = make();
    await settled();
    assert.deepEqual(states(), ['old sending']);
    mock.timers.tick(2_000);
    assert.deepEqual(states(), []);
  });
});
