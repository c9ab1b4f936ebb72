import { deferred } from '../../common/deferred.ts';
import type { Client } from '../../client/api.ts';
import { table } from '../layout.ts';
import { styleOf } from '../output.ts';
import { type PublicSession, publicSession } from '../public.ts';
import { sanitiseLine } from '../sanitise.ts';
import { formatTime } from '../transcript.ts';
import { defineVerb } from '../verb.ts';

const WAIT_MS = 2_000;

/** The list of sessions is a signal of its own, so it may come after the session is open; this one is in it then. */
async function untilListed(client: Client): Promise<void> {
  const listed = (): boolean => client.state.sessions.some(({ pid }) => pid === process.pid);
  if (listed()) return;
  const news = deferred<void>();
  const subscription = client.onDidChangeState(() => {
    if (listed()) news.resolve();
  });
  const timer = setTimeout(() => news.resolve(), WAIT_MS);
  await news.promise;
  clearTimeout(timer);
  subscription.dispose();
}

function row(session: PublicSession): string[] {
  const { profile, kind, surface, folder, product, since, self } = session;
  return [profile, kind, surface, folder, self ? `${product} (this command)` : product, formatTime(since)];
}

export const who = defineVerb({
  name: 'who',
  summary: 'List who is here: windows, terminals and scripts that are connected now',
  operands: [],
  options: {},
  run: async (call) => {
    const client = await call.connect();
    await untilListed(client);
    const sessions = client.state.sessions.map((session) => publicSession(client, session));
    if (call.json) {
      for (const session of sessions) await call.out.json(session);
      return 0;
    }
    const rows = sessions.map((session) => row(session).map(sanitiseLine));
    const [heading = '', ...lines] = table(['PROFILE', 'KIND', 'IN', 'FOLDER', 'PROGRAM', 'SINCE'], rows);
    await call.out.write(`${[styleOf(call.out).dim(heading), ...lines].join('\n')}\n`);
    return 0;
  },
});
