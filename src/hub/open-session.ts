import { chooseProfile } from '../core/choose-profile.ts';
import type { DecisionTools } from '../core/decision.ts';
import type { StateRows } from '../core/ports.ts';
import type { HubConnection } from '../ipc/wire.ts';
import type { HubNotifications, HubRequests } from '../protocol/hub.ts';
import type { NotificationOf, ParsedParamsOf, ResultOf } from '../protocol/rpc.ts';
import type { Store } from '../store/store.ts';
import { afterAnswers } from './after-answers.ts';
import { cut } from './broadcast.ts';
import type { CommitLoop } from './commit-loop.ts';
import type { LiveSession, Sessions } from './sessions.ts';

type OpenParams = ParsedParamsOf<HubRequests, 'session.open'>;
type OpenResult = ResultOf<HubRequests, 'session.open'>;
type StatePart = NotificationOf<HubNotifications, 'state'>;

export interface OpenSessionHost {
  readonly store: Store;
  readonly loop: CommitLoop;
  readonly sessions: Sessions;
  readonly tools: DecisionTools;
  /** Of this program. */
  readonly version: string;
  /** @throws ChatError CONNECTION_CLOSED when this hub does not lead any more. */
  assertLeading(): void;
}

export interface Opened {
  readonly session: LiveSession;
  readonly result: OpenResult;
}

/**
 * Opens a session: sends its state in parts and returns what the reply says. The state is that of one moment between two
 * groups; groups that come after it are held back until the reply has left, so the client sees one order.
 *
 * A client that says how far it got is sent what changed since, if it still speaks as the same profile and this store was once
 * just where the client stands. Otherwise it is sent everything.
 *
 * @throws ChatError NO_SUCH_PROFILE, or a storage error when a first profile could not be made.
 */
export async function openSession(
  host: OpenSessionHost,
  connection: HubConnection,
  params: OpenParams,
): Promise<Opened> {
  const { session, rows, result } = await host.loop.exclusive(async () => {
    host.assertLeading();
    const { profileId, draft } = chooseProfile(host.store.ledger, host.tools, params.profile);
    if (draft !== null) await host.loop.store([draft]);
    const { store } = host;
    const since = resumeSeq(store, params, profileId);
    const rows = await store.history.changedSince(profileId, since ?? 0);
    const { seq, chain } = store;
    const { profile: _profile, resume: _resume, sessionId: id, ...facts } = params;
    const session = host.sessions.open({ id, profileId, ...facts }, connection);
    return { session, rows, result: { profileId, seq, chain, full: since === null, version: host.version } };
  });
  for (const part of stateParts(rows)) {
    connection.notify('state', part);
    // As fast as it is read, and no faster.
    await connection.drained();
  }
  void releaseAfterReply(session);
  return { session, result };
}

/** From which seq on rows are sent; null for all of them. */
function resumeSeq(store: Store, { resume }: OpenParams, profileId: string): number | null {
  if (resume === undefined || resume.profileId !== profileId) return null;
  return store.chainAt(resume.seq) === resume.chain ? resume.seq : null;
}

async function releaseAfterReply(session: LiveSession): Promise<void> {
  await afterAnswers();
  session.release();
}

/** Parts of at most a page, and none for no rows. */
function* stateParts({ profiles, rooms, drafts }: StateRows): Generator<StatePart> {
  const none = { profiles: [], rooms: [], drafts: [] };
  const rows: StatePart[] = [
    ...profiles.map((row) => ({ ...none, profiles: [row] })),
    ...rooms.map((row) => ({ ...none, rooms: [row] })),
    ...drafts.map((row) => ({ ...none, drafts: [row] })),
  ];
  for (const part of cut(rows, (row) => Buffer.byteLength(JSON.stringify(row)))) {
    if (part.length === 0) continue;
    yield {
      profiles: part.flatMap((row) => row.profiles),
      rooms: part.flatMap((row) => row.rooms),
      drafts: part.flatMap((row) => row.drafts),
    };
  }
}
