import type { Client } from '../../client/api.ts';
import { type Disposable, DisposableStore } from '../../common/disposable.ts';
import type { Logger } from '../../common/logger.ts';
import { ChatError, toChatError } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';
import { utf8Length } from '../../model/text.ts';
import { appendToDraft, mergeIntoDraft } from './draft-merge.ts';
import type { Drafts } from './drafts.ts';
import type { Outbox } from './outbox.ts';
import type { UnsentFiles, UnsentText } from './unsent-files.ts';

export interface RecoverOptions {
  readonly client: Client;
  readonly files: UnsentFiles;
  readonly outbox: Outbox;
  readonly drafts: Drafts;
  readonly log: Logger;
}

/**
 * How long the composers of this window may take to say that somebody had begun to type before a text came back. Milliseconds.
 */
const KEYS_ON_THEIR_WAY = 500;

/**
 * Looks after the texts that an extension host which has ended left behind, each time a profile begins to speak in this window, and
 * each time there is a hub again. What the hub has is forgotten. The rest goes back into the draft of its room; what does not
 * fit there is shown as a message that was not sent.
 */
export function watchForUnsent(options: RecoverOptions): Disposable {
  const { client } = options;
  const owned = new DisposableStore();
  let speaker: string | undefined;
  let turn = Promise.resolve();
  const look = (): void => {
    const me = client.state.me?.id;
    if (me === undefined || client.connection.state !== 'ready') return;
    speaker = me;
    turn = turn.then(() => recoverUnsent(options, me));
  };
  owned.add(client.onDidChangeConnection(look));
  owned.add(
    client.onDidChangeState(() => {
      if (client.state.me?.id !== speaker) look();
    }),
  );
  look();
  return owned;
}

/**
 * Never rejects. What could not be looked after is there for the next time, of this or another window. A text whose room or profile
 * this store does not have, as after it was restored from an older copy, stays where it is: it is somebody's words.
 */
export async function recoverUnsent(options: RecoverOptions, profileId: string): Promise<void> {
  const { client, files, outbox, drafts, log } = options;
  const left = files.takeOrphans(
    (text) => text.profileId === profileId && client.state.rooms.has(text.roomId),
  );
  // The folded state hears of a saved draft a moment later than we do.
  const saved = new Map<string, string>();
  const back: UnsentText[] = [];
  for (const text of left) {
    try {
      if (await recover(options, text, saved)) back.push(text);
      log.log('info', 'a text that was not sent is back');
    } catch (thrown) {
      files.giveBack(text.id);
      log.log('warn', 'a text that was not sent waits', { code: toChatError(thrown).code });
    }
  }
  if (back.length === 0) return;
  await new Promise((resolve) => setTimeout(resolve, KEYS_ON_THEIR_WAY));
  for (const text of back) {
    // A page of before had it, too, and has handed it over.
    if (outbox.has(text.id)) continue;
    // What is being typed wins over what came back: then it stands beside it.
    if (drafts.isTypedOver({ profileId, roomId: text.roomId }, text.content)) outbox.adopt(text, lost());
    else files.remove(text.id);
  }
}

/** Resolves to true when the text is in its draft, and its file still there. */
async function recover(
  { client, files, outbox, drafts }: RecoverOptions,
  text: UnsentText,
  saved: Map<string, string>,
): Promise<boolean> {
  const { id, roomId, profileId, content, composed } = text;
  const { message } = await client.request('message.get', { id }, { as: profileId });
  const earlier = saved.get(roomId);
  const draft = earlier ?? drafts.textOf(roomId);
  if (message !== null) {
    // Its window ended before the draft had gone with it.
    const isOurs = draft !== '' && (draft === composed || draft === content);
    if (isOurs && !drafts.isAhead({ profileId, roomId })) {
      await client.request('draft.save', { roomId, content: '' }, { as: profileId });
      saved.set(roomId, '');
    }
    files.remove(id);
    return false;
  }
  const merged =
    earlier === undefined ? mergeIntoDraft(draft, content, composed) : appendToDraft(earlier, content);
  const actual = utf8Length(merged);
  const limit = limits.contentBytes;
  if (actual > limit || drafts.isAhead({ profileId, roomId })) {
    const isLong = utf8Length(content) > limit;
    outbox.adopt(text, isLong ? new ChatError('MESSAGE_TOO_LONG', { limit, actual }) : lost());
    return false;
  }
  if (merged !== draft) await client.request('draft.save', { roomId, content: merged }, { as: profileId });
  saved.set(roomId, merged);
  return true;
}

function lost(): ChatError {
  return new ChatError('CONNECTION_CLOSED');
}
