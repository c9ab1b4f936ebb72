import type { Client } from '../../client/api.ts';
import { type Disposable, DisposableStore } from '../../common/disposable.ts';
import type { Logger } from '../../common/logger.ts';
import { ChatError, toChatError } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';
import { utf8Length } from '../../model/text.ts';
import { mergeIntoDraft } from './draft-merge.ts';
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
 * Looks after the texts that an extension host which has ended left behind, each time a profile begins to speak in this window. What
 * the hub has is forgotten. The rest goes back into the draft of its room; what does not fit there is shown as a message
 * that was not sent.
 */
export function watchForUnsent(options: RecoverOptions): Disposable {
  const { client, log } = options;
  const owned = new DisposableStore();
  let speaker: string | undefined;
  let turn = Promise.resolve();
  const look = (): void => {
    const me = client.state.me?.id;
    if (me === undefined || me === speaker) return;
    speaker = me;
    turn = turn.then(() => recoverUnsent(options, me));
  };
  owned.add(client.onDidChangeState(look));
  look();
  log.log('debug', 'watching for unsent texts');
  return owned;
}

/** Never rejects. What could not be looked after stays where it is; the next start tries again. */
export async function recoverUnsent(options: RecoverOptions, profileId: string): Promise<void> {
  const { client, files, log } = options;
  const left = files
    .orphans()
    .filter((text) => text.profileId === profileId && client.state.rooms.has(text.roomId));
  // The folded state hears of a saved draft a moment later than we do.
  const saved = new Map<string, string>();
  for (const text of left) {
    try {
      await recover(options, text, saved);
      log.log('info', 'a text that was not sent is back');
    } catch (thrown) {
      log.log('warn', 'a text that was not sent waits for the next start', {
        code: toChatError(thrown).code,
      });
    }
  }
}

async function recover(
  { client, files, outbox, drafts }: RecoverOptions,
  text: UnsentText,
  saved: Map<string, string>,
): Promise<void> {
  const { id, roomId, profileId, content, composed } = text;
  const { message } = await client.request('message.get', { id }, { as: profileId });
  if (message !== null) {
    files.remove(id);
    return;
  }
  const draft = saved.get(roomId) ?? drafts.textOf(roomId);
  const merged = mergeIntoDraft(draft, content, composed);
  const actual = utf8Length(merged);
  const limit = limits.contentBytes;
  if (actual > limit || drafts.isAhead({ profileId, roomId })) {
    const isLong = utf8Length(content) > limit;
    outbox.adopt(text, isLong ? new ChatError('MESSAGE_TOO_LONG', { limit, actual }) : lost());
    return;
  }
  if (merged !== draft) await client.request('draft.save', { roomId, content: merged }, { as: profileId });
  saved.set(roomId, merged);
  files.remove(id);
}

function lost(): ChatError {
  return new ChatError('CONNECTION_CLOSED');
}
