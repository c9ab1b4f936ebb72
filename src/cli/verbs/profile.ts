import { PROFILE_COLOURS } from '../../model/entities.ts';
import { ChatError } from '../../model/errors.ts';
import { newId } from '../../model/ids.ts';
import { catchUp, findProfile } from '../find-room.ts';
import { table } from '../layout.ts';
import { styleOf } from '../output.ts';
import { publicProfile } from '../public.ts';
import { sanitiseLine } from '../sanitise.ts';
import { shellWord } from '../shell.ts';
import { defineVerb } from '../verb.ts';

export const profileVerbs = [
  defineVerb({
    name: 'profile list',
    summary: 'List profiles; the one this command speaks as is marked',
    operands: [],
    options: {},
    run: async (call) => {
      const client = await call.connect();
      const profiles = [...client.state.profiles.values()].map((profile) => publicProfile(client, profile));
      if (call.json) {
        for (const profile of profiles) await call.out.json(profile);
        return 0;
      }
      const rows = profiles.map(({ name, colour, current }) => [
        current ? '*' : '',
        sanitiseLine(name),
        colour,
      ]);
      const [heading = '', ...lines] = table(['', 'PROFILE', 'COLOUR'], rows);
      await call.out.write(`${[styleOf(call.out).dim(heading), ...lines].join('\n')}\n`);
      return 0;
    },
  }),
  defineVerb({
    name: 'profile create',
    summary: 'Make a profile',
    operands: [{ name: 'NAME', required: true }],
    options: {
      colour: {
        kind: 'choice',
        value: 'COLOUR',
        of: PROFILE_COLOURS,
        summary: `${PROFILE_COLOURS.join(', ')}; without it the least used one`,
      },
    },
    notes: ['It does not become the one in use: "local-chat profile use NAME" does that.'],
    run: async (call, { colour }) => {
      const client = await call.connect();
      const made = await client.request('profile.create', {
        id: newId(),
        name: call.operands[0] ?? '',
        ...(colour === undefined ? {} : { colour }),
      });
      await catchUp(client);
      const profile = client.state.profiles.get(made.subject);
      if (profile === undefined) throw new ChatError('NO_SUCH_PROFILE', { profile: made.subject });
      if (call.json) await call.out.json(publicProfile(client, profile));
      else if (call.out.isTerminal) await call.out.line(`Made ${profile.name}`);
      return 0;
    },
  }),
  defineVerb({
    name: 'profile use',
    summary: 'Make a profile the one that new windows and terminals start as',
    operands: [{ name: 'NAME', required: true, refersTo: 'profile' }],
    options: {},
    notes: [
      'What is open already keeps its profile. For one terminal only, set LOCAL_CHAT_PROFILE there instead; for one command, use --as.',
    ],
    run: async (call) => {
      const client = await call.connect();
      const profile = await findProfile(client, call.operands[0] ?? '');
      await client.request('profile.use', { id: newId(), profileId: profile.id });
      if (call.json) {
        await call.out.json({ ...publicProfile(client, profile), current: true });
      } else if (call.out.isTerminal) {
        await call.out.line(`New windows and terminals start as ${profile.name} now.`);
        await call.out.line(`For one terminal only: export LOCAL_CHAT_PROFILE=${shellWord(profile.name)}`);
      }
      return 0;
    },
  }),
];
