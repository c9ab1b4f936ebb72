import * as v from 'valibot';
import { acknowledgementSchema, commandParams } from '../model/commands.ts';
import {
  draftSchema,
  messageSchema,
  profileSchema,
  roomSchema,
  senderKindSchema,
  sessionSchema,
  sessionSurfaceSchema,
} from '../model/entities.ts';
import { envelopeSchema } from '../model/events.ts';
import { idSchema, seqSchema, timestampSchema } from '../model/ids.ts';
import { limits } from '../model/limits.ts';
import { salvageSchema } from '../model/salvage.ts';
import type { NotificationTable, RequestTable } from './rpc.ts';

const chain = v.pipe(v.string(), v.maxLength(64));

/**
 * Which profile a session speaks as. `default`: the one last used; in a store without profiles one is made with this name
 * (the OS user's; a name that is not allowed is mended).
 */
const profileChoice = v.variant('by', [
  v.object({ by: v.literal('id'), id: idSchema }),
  v.object({ by: v.literal('name'), name: v.string() }),
  v.object({ by: v.literal('default'), firstName: v.string() }),
]);
export type ProfileChoice = v.InferOutput<typeof profileChoice>;

/**
 * How far a client got, as the hub told it. Rows changed since follow; when the chain does not fit this store (restored,
 * replaced) or is too old to tell, a fresh snapshot follows in their place.
 */
const resumePoint = v.object({ seq: seqSchema, chain, profileId: idSchema });

const command = <T extends keyof typeof commandParams>(
  type: T,
): { params: (typeof commandParams)[T]; result: typeof acknowledgementSchema } => ({
  params: commandParams[type],
  result: acknowledgementSchema,
});

/** What a client can ask of the hub. Before `session.open` everything else but `ping` is refused with BAD_REQUEST. */
export const hubRequests = {
  /**
   * Opens the session, or opens it anew as another profile. The state comes first, in `state` notifications; the reply says
   * that it is complete as of `seq`. `full`: rows the client has and the state has not are gone.
   */
  'session.open': {
    params: v.object({
      /** Made by the client, kept over reconnects. */
      sessionId: idSchema,
      kind: senderKindSchema,
      surface: sessionSurfaceSchema,
      folder: sessionSchema.entries.folder,
      product: sessionSchema.entries.product,
      pid: sessionSchema.entries.pid,
      since: timestampSchema,
      version: sessionSchema.entries.version,
      profile: profileChoice,
      resume: v.optional(resumePoint),
    }),
    result: v.object({
      profileId: idSchema,
      seq: seqSchema,
      chain,
      full: v.boolean(),
      /** Of the hub's program. Without one it can not be asked to hand over. */
      version: v.optional(v.string()),
    }),
  },
  /**
   * A window of a newer version would rather be the hub itself. `agreed`: it is named in a `handOver` in a moment. Not while the
   * hub can not write or hands over already, nor to a terminal or a version that is not newer.
   */
  'hub.handOver': { params: v.object({}), result: v.object({ agreed: v.boolean() }) },
  'profile.create': command('profile.create'),
  'profile.change': command('profile.change'),
  'profile.use': command('profile.use'),
  'room.create': command('room.create'),
  'room.change': command('room.change'),
  'direct.open': command('direct.open'),
  'message.send': command('message.send'),
  'read.mark': command('read.mark'),
  'draft.save': command('draft.save'),
  /**
   * A page of history that this profile may see, ascending by seq; of one room, or of all of them with `roomId` null.
   * `before`: the newest messages with seq < before; `after`: the oldest with seq > after; neither: the newest.
   * Cut at `limit` messages or `limits.pageBytes`. `reachedStart` / `reachedEnd`: nothing older / newer exists.
   */
  'history.page': {
    params: v.object({
      roomId: v.nullable(idSchema),
      before: v.optional(seqSchema),
      after: v.optional(seqSchema),
      limit: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(limits.historyPage)),
    }),
    result: v.object({
      messages: v.array(messageSchema),
      reachedStart: v.boolean(),
      reachedEnd: v.boolean(),
    }),
  },
  /** One message by its id, or null when it is not stored or not for this profile. */
  'message.get': {
    params: v.object({ id: idSchema }),
    result: v.object({ message: v.nullable(messageSchema) }),
  },
  status: {
    params: v.object({}),
    result: v.object({
      version: v.string(),
      protocol: v.number(),
      format: v.number(),
      epoch: v.number(),
      /** Process that holds the hub, and since when. */
      pid: v.number(),
      since: timestampSchema,
      state: v.picklist(['recovering', 'ready', 'readonly']),
      directory: v.string(),
      seq: seqSchema,
      messages: v.number(),
      rooms: v.number(),
      profiles: v.number(),
      sessions: v.number(),
      /** Files of the current epoch, sizes in bytes. */
      files: v.array(v.object({ name: v.string(), bytes: v.number() })),
      /** The last faults the hub met, newest last, without any message text. */
      faults: v.array(v.object({ timestamp: timestampSchema, code: v.string() })),
      /** What was found damaged in this directory and what became of it, newest last, the last 20. */
      salvages: v.array(salvageSchema),
      /** Events that do not fit the store and were kept aside, so that everything else can be served. */
      skipped: v.number(),
    }),
  },
  /** Answers at once; how a client tells a frozen hub from a quiet one. */
  ping: { params: v.object({}), result: v.object({}) },
} as const satisfies RequestTable;
export type HubRequests = typeof hubRequests;

/** What the hub tells its clients. */
export const hubNotifications = {
  /** A part of the state that `session.open` answers with. Room rows are as the session's profile sees them. */
  state: v.object({
    profiles: v.array(profileSchema),
    rooms: v.array(roomSchema),
    drafts: v.array(draftSchema),
  }),
  /**
   * One commit group, or a part of one, as far as it is for this profile. `seq` and `chain` are where the client stands once
   * it has taken these in; numbers in between belong to events for others.
   */
  events: v.object({ events: v.array(envelopeSchema), seq: seqSchema, chain }),
  /** Everybody who is connected now. Replaces what was sent before. */
  sessions: v.object({ sessions: v.array(sessionSchema) }),
  /** The hub can write, or can not any more. */
  hubState: v.object({ state: v.picklist(['recovering', 'ready', 'readonly']) }),
  /**
   * The hub goes: this session begins the epoch after `epoch` now, and all others leave that to it for a moment. Until then, or if
   * that fails, everything goes on as before.
   */
  handOver: v.object({ epoch: v.pipe(v.number(), v.safeInteger(), v.minValue(1)), sessionId: idSchema }),
} as const satisfies NotificationTable;
export type HubNotifications = typeof hubNotifications;
