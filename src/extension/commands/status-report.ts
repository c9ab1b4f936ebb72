import type { ChatState, ConnectionStatus } from '../../client/api.ts';
import type { ErrorCode } from '../../model/errors.ts';
import type { HubRequests } from '../../protocol/hub.ts';
import type { ResultOf } from '../../protocol/rpc.ts';

export interface StatusFacts {
  readonly facts: Readonly<Record<'extension' | 'editor' | 'node' | 'platform', string> & { pid: number }>;
  readonly state: ChatState;
  readonly connection: ConnectionStatus;
  /** What the hub says of itself, or why it says nothing. */
  readonly hub: ResultOf<HubRequests, 'status'> | ErrorCode;
}

/**
 * How things stand, as text in English: it is made to be pasted into a bug report. Names of rooms, profiles and folders are left
 * out on purpose, and so is every message.
 */
export function statusReport({ facts, state, connection, hub }: StatusFacts): string {
  const lines = [
    'Local Chat',
    '',
    line('extension', facts.extension),
    line('editor', facts.editor),
    line('node', facts.node),
    line('platform', facts.platform),
    line('process', facts.pid),
    '',
    line('connection', connection.state),
    ...(connection.fault === null ? [] : [line('because of', connection.fault.message)]),
    line('seq here', state.seq),
    line('rooms', state.rooms.size),
    line('profiles', state.profiles.size),
    line('sessions', state.sessions.map(({ surface, kind }) => `${surface}/${kind}`).join(', ') || 'none'),
    '',
    ...(typeof hub === 'string' ? [line('hub', `no answer (${hub})`)] : hubLines(hub, facts.pid)),
  ];
  return `${lines.join('\n')}\n`;
}

function hubLines(hub: Exclude<StatusFacts['hub'], string>, ownPid: number): readonly string[] {
  const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;
  return [
    line('hub', `${hub.state}, process ${hub.pid}${hub.pid === ownPid ? ' (this window)' : ''}`),
    line('since', hub.since),
    line('version', `${hub.version}, protocol ${hub.protocol}, format ${hub.format}`),
    line('directory', hub.directory),
    line('epoch', hub.epoch),
    line('seq', hub.seq),
    line('messages', hub.messages),
    ...hub.files.map(({ name, bytes }) => line('file', `${name}, ${kilobytes(bytes)}`)),
    ...(hub.faults.length === 0 ? [line('faults', 'none')] : []),
    ...hub.faults.map(({ timestamp, code }) => line('fault', `${timestamp} ${code}`)),
  ];
}

function line(name: string, value: string | number): string {
  return `${`${name}:`.padEnd(12)} ${value}`;
}
