import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { v5 } from 'uuid';
import { decide } from '../../../src/core/decide.ts';
import type { Actor } from '../../../src/core/ports.ts';
import { encodeGroup } from '../../../src/store/log.ts';
import { encodeLine } from '../../../src/store/log-line.ts';
import { root } from '../../harness/paths.ts';
import { appendFileSync } from 'node:fs';
import { type Asked, Chat, tools } from './support.ts';

/** Writes test/fixtures/store-v1; see the README there for when that is allowed. */

const fixture = path.join(root, 'test/fixtures/store-v1');
/** The same ids with each run. */
const idFor = (name: string): string => v5(name, '5d4f3c6e-0c53-4d0a-9f7a-3f0a5f0c9a11');

const chat = new Chat();
await chat.open();
const session = idFor('session');
const join = (name: string, kind: Actor['kind'] = 'person') => {
  const id = idFor(name);
  chat.ask({ sessionId: session, profileId: null, kind }, 'profile.create', { id, name });
  return { sessionId: session, profileId: id, kind };
};
const ada = join('Ada Lovelace');
const grace = join('Grace');
const builder = join('make test', 'script');
const general = chat.room('general');
const say = (who: Actor, roomId: string, content: string) => chat.say(who, roomId, content, idFor(content));

say(ada, general, 'Good morning! **Markdown** and `code`.');
say(grace, general, '日本語, العربية, 👩‍🚀 and a line\nbreak\n\n```ts\nconst answer = 42;\n```');
const build = chat.ask(ada, 'room.create', {
  id: idFor('build'),
  name: 'build',
  topic: 'What is red',
}).subject;
const direct = chat.ask(ada, 'direct.open', { id: idFor('direct'), profileIds: [grace.profileId] }).subject;
chat.ask(ada, 'direct.open', { id: idFor('notes'), profileIds: [ada.profileId] });
say(grace, direct, 'Between the two of us');
chat.ask(grace, 'draft.save', { roomId: direct, content: 'One more thing' });
chat.ask(ada, 'profile.use', { id: idFor('use'), profileId: ada.profileId });
for (let n = 1; n <= 30; n++)
  say({ ...builder, kind: n % 2 ? 'script' : 'agent' }, build, `Build ${n} is green`);
chat.ask(ada, 'read.mark', { roomId: build, upTo: chat.store.seq - 12 });

await chat.open({ export: true });

chat.ask(grace, 'profile.change', {
  id: idFor('rename'),
  profileId: grace.profileId,
  name: 'Grace H.',
  colour: 'teal',
});
chat.ask(ada, 'draft.save', { roomId: general, content: 'soon' });
chat.ask(ada, 'draft.save', { roomId: general, content: '' });
say(grace, general, 'After the export');
const old = chat.ask(grace, 'room.create', { id: idFor('old'), name: 'old' }).subject;
chat.ask(grace, 'room.change', { id: idFor('archive'), roomId: old, archived: true, name: 'Attic' });
chat.store.commit(
  (group) => {
    for (let n = 1; n <= 5; n++) {
      const params: Asked<'message.send'> & { id: string } = {
        id: idFor(`group ${n}`),
        roomId: general,
        content: `${n} of 5`,
      };
      const decision = decide(chat.store.ledger, tools, ada, { type: 'message.send', params });
      if (decision.kind === 'event') group.add(decision.draft, ada);
    }
  },
  () => true,
);
chat.ask(grace, 'read.mark', { roomId: general, upTo: chat.store.seq });
const seq = chat.store.seq + 1;
const unknown = {
  seq,
  id: idFor('unknown'),
  type: 'poll.opened',
  v: 1,
  timestamp: '2026-11-23T12:00:00.000Z',
  session: null,
  senderId: ada.profileId,
  audience: { to: 'room', roomId: general },
  body: { question: 'Tea?' },
};
appendFileSync(
  chat.file(2, 'log'),
  encodeLine('nonce2', encodeGroup(seq, [JSON.stringify(unknown)], ['asked'])),
);

for (const kind of ['base', 'log'] as const) {
  copyFileSync(chat.file(2, kind), path.join(fixture, path.basename(chat.file(2, kind))));
}
await chat.open();
const contents = [];
for (const { name, id } of chat.store.ledger.profiles())
  contents.push({ name, ...(await chat.everything(id)) });
writeFileSync(path.join(fixture, 'contents.json'), `${JSON.stringify(contents, null, 2)}\n`);
chat.dispose();
