import assert from 'node:assert/strict';
import { UsageError, parseCommandLine } from '../../../src/cli/parse.ts';
import { usageLine } from '../../../src/cli/verb.ts';
import { verbs } from '../../../src/cli/verbs/index.ts';

const parse = (...argv: string[]): ReturnType<typeof parseCommandLine> => parseCommandLine(argv, verbs);

function parseRun(...argv: string[]): Extract<ReturnType<typeof parse>, { ask: 'run' }> {
  const invocation = parse(...argv);
  assert.equal(invocation.ask, 'run');
  return invocation;
}

function refusal(...argv: string[]): string {
  try {
    parse(...argv);
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return String(error.params['detail']);
  }
  return assert.fail(`accepted: ${argv.join(' ')}`);
}

describe('command line', () => {
  it('has the verbs and words that scripts rely on', () => {
    assert.deepEqual(verbs.map(usageLine), [
      'send ROOM [TEXT|-] [--id UUID]',
      'dm PROFILE [TEXT|-] [--id UUID]',
      'read ROOM [--limit N] [--before SEQ]',
      'tail [ROOM] [--since SEQ]',
      'rooms',
      'room create NAME [--topic TEXT]',
      'room rename ROOM NAME',
      'room topic ROOM TEXT',
      'room archive ROOM',
      'room restore ROOM',
      'who',
      'profile list',
      'profile create NAME [--colour COLOUR]',
      'profile use NAME',
      'status',
      'doctor [--adopt]',
      'pipe',
    ]);
  });

  it('takes options before, between and after the words', () => {
    const { verb, operands, values, global } = parseRun(
      '--json',
      'read',
      '--limit',
      '3',
      'general',
      '--before=9',
      '--as',
      'Ada',
    );
    assert.equal(verb.name, 'read');
    assert.deepEqual(operands, ['general']);
    assert.deepEqual(values, { limit: 3, before: 9 });
    assert.deepEqual(global, { json: true, as: 'Ada' });
  });

  it('takes "-" as a word, and every word after "--"', () => {
    assert.deepEqual(parseRun('send', 'general', '-').operands, ['general', '-']);
    assert.deepEqual(parseRun('send', 'general', '--', '--json').operands, ['general', '--json']);
    assert.deepEqual(parseRun('send', '--', 'general', '-5 °C').operands, ['general', '-5 °C']);
  });

  it('leaves empty texts and new names to those who know what they may be', () => {
    assert.deepEqual(parseRun('send', 'general', '').operands, ['general', '']);
    assert.deepEqual(parseRun('room', 'topic', 'general', '').operands, ['general', '']);
    assert.deepEqual(parseRun('room', 'create', '').operands, ['']);
    assert.deepEqual(parseRun('room', 'create', 'x', '--topic', '').values, { topic: '' });
  });

  it('finds verbs of two words', () => {
    const { verb, operands } = parseRun('room', 'rename', 'old', 'new');
    assert.equal(verb.name, 'room rename');
    assert.deepEqual(operands, ['old', 'new']);
  });

  for (const [argv, detail] of [
    [[], /Say what to do/],
    [['sned', 'x'], /no verb "sned"/],
    [['room'], /"room" needs one of: create, rename, topic, archive, restore/],
    [['room', 'delete', 'x'], /"room" needs one of/],
    [['profile'], /needs one of: list, create, use/],
    [['send'], /"send" needs ROOM/],
    [['room', 'rename', 'x'], /"room rename" needs NAME/],
    [['send', 'general', 'two', 'words'], /does not take "words".*quotes/],
    [['rooms', 'x'], /"rooms" does not take "x"/],
    [['send', 'general', '-5 degrees'], /does not have the option -5.*after "--"/],
    [['send', 'general', 'x', '--limit', '3'], /"send" does not have the option --limit/],
    [['read', 'general', '--nope'], /does not have the option --nope/],
    [['read', 'general', '--limit'], /--limit needs a value: --limit N/],
    [['read', 'general', '--limit', '0'], /whole number from 1 on, not "0"/],
    [['read', 'general', '--limit', '1e3'], /whole number/],
    [['read', 'general', '--limit=-1'], /whole number/],
    [['read', 'general', '--limit', '99999999999999999999'], /whole number/],
    [['tail', '--since', 'x'], /whole number from 0 on/],
    [['rooms', '--json=yes'], /--json takes no value/],
    [['rooms', '--kind', 'system'], /--kind is one of person, script, agent, not "system"/],
    [['profile', 'create', 'x', '--colour', 'beige'], /--colour is one of violet/],
    [['--nope'], /Local Chat does not have the option --nope/],
    [['-v', '--json'], /does not have the option -v/],
    [['--limit', '3'], /Say what to do/],
    [['help', 'nothing'], /no verb "nothing"/],
    [['rooms', '--data-dir', ''], /value of --data-dir is empty/],
    [['rooms', '--data-dir='], /value of --data-dir is empty/],
    [['rooms', '--as', ' '], /value of --as is empty/],
    [['send', '', 'hi'], /ROOM is empty/],
    [['send', '#', 'hi'], /ROOM is empty/],
    [['send', '@', 'hi'], /ROOM is empty/],
    [['send', '@Ada, ', 'hi'], /ROOM is empty/],
    [['dm', '', 'hi'], /PROFILE is empty/],
    [['dm', '@', 'hi'], /PROFILE is empty/],
    [['read', ' '], /ROOM is empty/],
    [['tail', ''], /ROOM is empty/],
    [['room', 'rename', '', 'x'], /ROOM is empty/],
    [['room', 'topic', '', 'x'], /ROOM is empty/],
    [['room', 'archive', '#'], /ROOM is empty/],
    [['room', 'restore', ''], /ROOM is empty/],
    [['profile', 'use', ''], /NAME is empty/],
  ] as const) {
    it(`refuses: ${argv.join(' ') || '(nothing)'}`, () => {
      assert.match(refusal(...argv), detail);
    });
  }

  it('asks for help of everything, of a verb and of a group', () => {
    const namesIn = (...argv: string[]): string[] => {
      const invocation = parse(...argv);
      assert.equal(invocation.ask, 'help');
      return 'verbs' in invocation ? invocation.verbs.map(({ name }) => name) : [];
    };
    assert.equal(namesIn('--help').length, verbs.length);
    assert.equal(namesIn('help').length, verbs.length);
    assert.deepEqual(namesIn('help', 'send'), ['send']);
    assert.deepEqual(namesIn('send', '-h'), ['send']);
    assert.deepEqual(namesIn('help', 'room', 'topic'), ['room topic']);
    assert.equal(namesIn('room', '--help').length, 5);
    assert.equal(parse('--version').ask, 'version');
  });
});
