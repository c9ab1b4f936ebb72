import { homedir } from 'node:os';
import type { ChatState, ConnectionStatus } from '../../client/api.ts';
import { describeFinding } from '../../client/finding-words.ts';
import { describeSalvage } from '../../client/salvage-words.ts';
import { count, size } from '../../common/amounts.ts';
import type { ErrorCode } from '../../model/errors.ts';
import type { Examination } from '../../model/findings.ts';
import type { HubRequests } from '../../protocol/hub.ts';
import type { ResultOf } from '../../protocol/rpc.ts';

export interface StatusFacts {
  readonly facts: Readonly<
    Record<'extension' | 'editor' | 'node' | 'platform' | 'now', string> & { pid: number }
  >;
  readonly state: ChatState;
  readonly connection: ConnectionStatus;
  /** What the hub says of itself, or why it says nothing. */
  readonly hub: ResultOf<HubRequests, 'status'> | ErrorCode;
  /** What was found in the data directory, or why nothing was. */
  readonly examination: Examination | ErrorCode;
}

/** Columns of the names on the left. */
const NAME = 13;

/**
 * How things stand, as text in English: it is made to be pasted into a bug report. Names of rooms, profiles and folders are left
 * out on purpose, and so is every message; the home directory, which names its person, is written `~`.
 */
export function statusReport(status: StatusFacts, home: string = homedir()): string {
  const { facts, hub, examination } = status;
  const text = [
    'Local Chat Status',
    '',
    `As of ${facts.now}. ${summaryOf(examination)}`,
    'No message is in here, and no name of a room, a profile or a project.',
    'The button with two sheets above, or "Local Chat: Copy Status", copies all of it.',
    ...section('This window', windowLines(status)),
    ...section(
      'The hub',
      typeof hub === 'string' ? [line('hub', `no answer (${hub})`)] : hubLines(hub, facts.pid),
    ),
    ...section('The data directory', directoryLines(examination)),
    '',
  ].join('\n');
  return home.length > 1 ? text.replaceAll(home, '~') : text;
}

function summaryOf(examination: StatusFacts['examination']): string {
  if (typeof examination === 'string') return `The data directory was not examined (${examination}).`;
  const problems = examination.findings.filter(({ level }) => level === 'problem').length;
  if (problems === 0) return 'No problem was found.';
  return `${count(problems, 'problem')} found in the data directory; see below.`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return ['', title, '-'.repeat(title.length), ...lines];
}

function windowLines({ facts, state, connection }: StatusFacts): readonly string[] {
  return [
    line('extension', facts.extension),
    line('editor', facts.editor),
    line('node', facts.node),
    line('platform', facts.platform),
    line('process', facts.pid),
    line('connection', connection.state),
    ...(connection.fault === null ? [] : [line('because of', connection.fault.message)]),
    line('seq here', state.seq),
    line('rooms', state.rooms.size),
    line('profiles', state.profiles.size),
    line('sessions', state.sessions.map(({ surface, kind }) => `${surface}/${kind}`).join(', ') || 'none'),
  ];
}

function hubLines(hub: Exclude<StatusFacts['hub'], string>, ownPid: number): readonly string[] {
  return [
    line('hub', `${hub.state}, process ${hub.pid}${hub.pid === ownPid ? ' (this window)' : ''}`),
    line('since', hub.since),
    line('version', `${hub.version}, protocol ${hub.protocol}, format ${hub.format}`),
    line('directory', hub.directory),
    line('epoch', hub.epoch),
    line('seq', hub.seq),
    line('messages', hub.messages),
    line('connected', hub.sessions),
    ...hub.files.map(({ name, bytes }) => line('file', `${name}, ${size(bytes)}`)),
    line('kept aside', hub.skipped),
    ...orNone('damage', hub.salvages.map(describeSalvage)),
    ...orNone(
      'fault',
      hub.faults.map(({ timestamp, code }) => `${timestamp} ${code}`),
    ),
  ];
}

/** As `local-chat doctor` says it. */
function directoryLines(examination: StatusFacts['examination']): readonly string[] {
  if (typeof examination === 'string') return [line('examined', `no (${examination})`)];
  return examination.findings.flatMap((finding) => {
    const { about, text, advice } = describeFinding(finding);
    const grave = finding.level === 'problem' ? `PROBLEM ${finding.code}: ` : '';
    return [
      line(about.toLowerCase(), `${grave}${text}`),
      ...(advice === undefined ? [] : [line('', advice)]),
    ];
  });
}

function orNone(name: string, values: readonly string[]): readonly string[] {
  return values.length === 0 ? [line(name, 'none')] : values.map((value) => line(name, value));
}

function line(name: string, value: string | number): string {
  return `${(name === '' ? '' : `${name}:`).padEnd(NAME)} ${value}`;
}
