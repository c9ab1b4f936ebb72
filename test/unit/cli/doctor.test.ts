import assert from 'node:assert/strict';
import { describeFinding } from '../../../src/client/finding-words.ts';
import { type FindingCode, FINDINGS, finding } from '../../../src/model/findings.ts';
import { FakeStream, run } from './support.ts';

const codes = Object.keys(FINDINGS) as FindingCode[];

const base = finding('BASE', {
  file: '000000000002.base',
  bytes: 73_728,
  seq: 9,
  messages: 1,
  rooms: 2,
  profiles: 3,
});
const damaged = finding('LOG_DAMAGED', {
  file: '000000000002.log',
  detail: 'damaged line at byte 700',
  at: 700,
  lines: 2,
});

describe('the doctor at the terminal', () => {
  for (const code of codes) {
    it(`says ${code} in a line, and what to do when it is a problem`, () => {
      const { about, text, advice } = describeFinding(finding(code));
      for (const words of [about, text, advice ?? 'x']) {
        assert.ok(words.length > 0);
        assert.doesNotMatch(words, /undefined|NaN|null|\n/);
      }
      assert.ok(about.length <= 10, about);
      if (FINDINGS[code] === 'problem') assert.match(advice ?? '', /^[A-Z"].*\.$/);
    });
  }

  it('prints what it found in columns, and ends with 0 when nothing is wrong', async () => {
    const { code, stdout, stderr } = await run(['doctor'], {
      findings: [base, finding('NO_HUB', { epoch: 2 })],
    });
    assert.equal(code, 0);
    assert.equal(stderr.text, '');
    assert.deepEqual(stdout.lines, [
      'ok       Base        000000000002.base 72.0 KiB, 1 message, 2 rooms, 3 profiles, up to 9',
      'ok       Hub         none just now (epoch 2 is over); the next program becomes it',
      '',
      'No problem was found.',
    ]);
  });

  it('ends with 1 when something is, and says what to do below it', async () => {
    const { code, stdout } = await run(['doctor'], { findings: [base, damaged] });
    assert.equal(code, 1);
    assert.match(stdout.lines[1] ?? '', /^problem {2}Log .*2 lines\) \(LOG_DAMAGED\)$/);
    assert.match(stdout.lines[2] ?? '', /^ {21}The next program .*\.$/);
    assert.equal(stdout.lines.at(-1), '1 problem was found.');
  });

  it('prints one object with --json', async () => {
    const { code, stdout } = await run(['doctor', '--json', '--data-dir', '/there'], { findings: [damaged] });
    assert.equal(code, 1);
    assert.deepEqual(stdout.json, [
      {
        type: 'doctor',
        ok: false,
        directory: '/there',
        findings: [{ code: 'LOG_DAMAGED', level: 'problem', ...damaged.params }],
      },
    ]);
  });

  it('adopts only when told to', async () => {
    const said = async (...words: string[]): Promise<string> => (await run(['doctor', ...words])).stdout.text;
    assert.doesNotMatch(await said(), /adopt/);
    assert.match(await said('--adopt'), /nothing to adopt/);
  });

  it('never asks for a client, and shows no control characters of a name', async () => {
    const findings = [finding('REGISTRY', { products: 'Code\u001b[2J' })];
    const { request, stdout } = await run(['doctor'], { findings, stdout: new FakeStream({ isTTY: true }) });
    assert.equal(request, null);
    assert.ok(!stdout.text.includes('\u001b[2J'));
  });
});
