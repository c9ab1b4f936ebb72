import { count, size } from '../../common/amounts.ts';
import { describeSalvage } from '../../client/salvage-words.ts';
import type { HubRequests } from '../../protocol/hub.ts';
import type { ResultOf } from '../../protocol/rpc.ts';
import { padEnd } from '../layout.ts';
import { styleOf } from '../output.ts';
import { sanitiseLine } from '../sanitise.ts';
import { defineVerb } from '../verb.ts';

type Status = ResultOf<HubRequests, 'status'>;

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
    ...(status.skipped === 0
      ? []
      : [['Kept aside', count(status.skipped, 'event')] satisfies [string, string]]),
    ...status.salvages.map((salvage): [string, string] => ['Damage', describeSalvage(salvage)]),
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
