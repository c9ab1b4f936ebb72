import type { HubRequests } from '../../protocol/hub.ts';
import type { ResultOf } from '../../protocol/rpc.ts';
import { padEnd } from '../layout.ts';
import { styleOf } from '../output.ts';
import { sanitiseLine } from '../sanitise.ts';
import { defineVerb } from '../verb.ts';

type Status = ResultOf<HubRequests, 'status'>;

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

function facts(status: Status, profile: string): [string, string][] {
  return [
    ['Directory', status.directory],
    ['Version', `${status.version} (protocol ${status.protocol}, format ${status.format})`],
    ['Hub', `${status.state}, process ${status.pid}, epoch ${status.epoch}, since ${status.since}`],
    ['Profile', profile],
    [
      'Contents',
      [
        count(status.messages, 'message'),
        count(status.rooms, 'room'),
        count(status.profiles, 'profile'),
      ].join(', '),
    ],
    ['Connected', count(status.sessions, 'session')],
    ['Files', status.files.map(({ name, bytes }) => `${name} ${size(bytes)}`).join(', ')],
    ...status.faults.map(({ timestamp, code }): [string, string] => ['Fault', `${timestamp} ${code}`]),
  ];
}

export const status = defineVerb({
  name: 'status',
  summary: 'Show where the chat is kept, who holds it and how it is',
  operands: [],
  options: {},
  run: async (call) => {
    const client = await call.connect();
    const found = await client.request('status', {});
    const profile = client.state.me?.name ?? '';
    if (call.json) {
      await call.out.json({ type: 'status', ...found, profile });
      return 0;
    }
    const style = styleOf(call.out);
    for (const [name, value] of facts(found, profile)) {
      await call.out.write(`${style.dim(padEnd(name, 10))} ${sanitiseLine(value)}\n`);
    }
    return 0;
  },
});
