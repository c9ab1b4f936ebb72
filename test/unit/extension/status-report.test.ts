import assert from 'node:assert/strict';
import { type StatusFacts, statusReport } from '../../../src/extension/commands/status-report.ts';
import { ChatError } from '../../../src/model/errors.ts';
import { finding } from '../../../src/model/findings.ts';
import { ChatFake } from './chat-fake.ts';

const hub: Exclude<StatusFacts['hub'], string> = {
  version: '0.1.0',
  protocol: 1,
  format: 1,
  epoch: 12,
  pid: 77,
  since: '2026-11-24T09:30:00.000Z',
  state: 'ready',
  directory: '/home/ada/chat',
  seq: 9,
  messages: 4,
  rooms: 2,
  profiles: 1,
  sessions: 3,
  files: [{ name: '000000000012.log', bytes: 2048 }],
  faults: [{ timestamp: '2026-11-24T09:31:00.000Z', code: 'STORAGE_FULL' }],
  salvages: [
    {
      version: 1,
      timestamp: '2026-11-24T09:32:00.000Z',
      epoch: 12,
      outcome: 'salvaged',
      files: [],
      lost: [
        [3, 4],
        [9, 9],
      ],
    },
  ],
  skipped: 0,
};

function report(over: Partial<StatusFacts> = {}): string {
  const facts = {
    extension: '0.1.0',
    editor: 'Code 1.101.0',
    node: '22.0.0',
    platform: 'linux x64',
    now: '2026-11-24T10:00:00.000Z',
    pid: 77,
  };
  const chat = new ChatFake();
  const examination = {
    directory: '/home/ada/chat',
    findings: [
      finding('DIRECTORY', { directory: '/home/ada/chat', mode: '700', owner: 1000 }),
      finding('BASE_DAMAGED', { file: '000000000012.base', detail: 'checksum' }),
    ],
  };
  const { state, connection } = chat;
  return statusReport({ facts, state, connection, hub, examination, ...over }, '/home/ada');
}

describe('the status report', () => {
  it('tells of window, hub and directory, in aligned columns', () => {
    const lines = report().split('\n');
    assert.equal(
      lines[2],
      'As of 2026-11-24T10:00:00.000Z. 1 problem found in the data directory; see below.',
    );
    for (const line of [
      'connection:   ready',
      'hub:          ready, process 77 (this window)',
      'epoch:        12',
      'file:         000000000012.log, 2.0 KiB',
      'fault:        2026-11-24T09:31:00.000Z STORAGE_FULL',
      'damage:       2026-11-24T09:32:00.000Z salvaged, epoch 12, 3 of the numbers missing',
      'kept aside:   0',
    ]) {
      assert.ok(lines.includes(line), `${line}\nin\n${lines.join('\n')}`);
    }
  });

  it('says what to do below each problem', () => {
    assert.match(report(), /^base: {9}PROBLEM BASE_DAMAGED: 000000000012\.base is damaged .*\n {14}\S.*\.$/m);
  });

  it('has something to say when no hub answers and nothing can be examined', () => {
    const fault = new ChatError('OTHER_HOST', { directory: '/home/ada/chat' });
    const text = report({
      hub: 'OTHER_HOST',
      examination: 'TIMEOUT',
      connection: { state: 'unreachable', fault },
    });
    assert.match(text, /^hub: +no answer \(OTHER_HOST\)$/m);
    assert.match(text, /^because of: +OTHER_HOST /m);
    assert.match(text, /^examined: +no \(TIMEOUT\)$/m);
  });

  it('names neither the person nor rooms, profiles or messages', () => {
    const text = report();
    assert.match(text, /^directory: +~\/chat$/m);
    assert.doesNotMatch(text, /\/home\/ada|general|Ada\b/);
  });
});
