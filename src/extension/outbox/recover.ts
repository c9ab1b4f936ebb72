import type { Client } from '../../client/api.ts';
import type { Logger } from '../../common/logger.ts';
import { toChatError } from '../../model/errors.ts';
import { mergeIntoDraft } from './draft-merge.ts';
import type { Unsent, UnsentMemory } from './unsent.ts';

/**
 * Looks after the messages that an earlier extension host of this workspace had not seen acknowledged. Those that are stored are
 * forgotten; the text of the others goes back into the draft of its room. Never rejects.
 *
 * @param isAlive whether a process of this machine runs: another window on the same workspace may still be sending
 */
export async function recoverUnsent(
  client: Client,
  unsent: UnsentMemory,
  isAlive: (pid: number) => boolean,
  log: Logger,
): Promise<void> {
  const left = unsent.entries.filter(({ pid }) => pid === process.pid || !isAlive(pid));
  if (left.length === 0) return;
  try {
    await client.whenReady({ patience: Infinity });
    // The folded state hears of a saved draft a moment later than we do.
    const drafts = new Map<string, string>();
    for (const entry of left) await recover(client, unsent, entry, drafts);
    log.log('info', 'messages of the last time were looked after', { count: left.length });
  } catch (thrown) {
    // They stay in the memory; the next start tries again.
    log.log('warn', 'messages of the last time wait for the next start', { code: toChatError(thrown).code });
  }
}

async function recover(
  client: Client,
  unsent: UnsentMemory,
  { id, roomId, profileId, content, composed }: Unsent,
  drafts: Map<string, string>,
): Promise<void> {
  // Another profile must not find it in its drafts; it waits until this one is back.
  if (client.state.me?.id !== profileId || !client.state.rooms.has(roomId)) return;
  const { message } = await client.request('message.get', { id });
  if (message === null) {
    const draft = drafts.get(roomId) ?? client.state.drafts.get(roomId)?.content ?? '';
    const merged = mergeIntoDraft(draft, content, composed);
    if (merged !== draft) await client.request('draft.save', { roomId, content: merged });
    drafts.set(roomId, merged);
  }
  await unsent.remove(id);
}
