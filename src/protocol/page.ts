import * as v from 'valibot';
import { messageSchema, profileSchema, roomSchema } from '../model/entities.ts';
import { idSchema, seqSchema, timestampSchema } from '../model/ids.ts';
import { limits } from '../model/limits.ts';
import type { NotificationTable, RequestTable } from './rpc.ts';

/**
 * The wire between a page (panel or view) and the window's extension host. The page holds no truth: it says `ready`, gets
 * everything it shows, and from then on only changes. One page shows one room at a time, as one profile; the host may move it on
 * to another of either, so whatever the page asks for its room or by its profile says which.
 */

const fault = v.object({
  code: v.string(),
  params: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
});

/** A message of this window on its way. It leaves this list when it arrives as a stored message of the same id. */
export const pendingMessageSchema = v.object({
  id: idSchema,
  content: v.string(),
  /** When it was sent by this window's clock. */
  timestamp: timestampSchema,
  state: v.picklist(['sending', 'failed']),
  /** Why it failed; null while it is on its way. */
  fault: v.nullable(fault),
});
export type PendingMessage = v.InferOutput<typeof pendingMessageSchema>;

/**
 * `connecting`: first start. `ready`. `reconnecting`: the hub changed or went; it comes back by itself. `readonly`: reading
 * works, writing does not. `unreachable`: needs the person; `fault` says why.
 */
export const connectionSchema = v.object({
  state: v.picklist(['connecting', 'ready', 'reconnecting', 'readonly', 'unreachable']),
  fault: v.nullable(fault),
});
export type PageConnection = v.InferOutput<typeof connectionSchema>;

export const pageSettingsSchema = v.object({
  /** True: Enter sends and Shift+Enter breaks the line. False: Enter breaks the line and Ctrl/Cmd+Enter sends. */
  enterSends: v.boolean(),
  /** BCP 47 tag of the editor's language, for dates and numbers. */
  locale: v.string(),
});
export type PageSettings = v.InferOutput<typeof pageSettingsSchema>;

/** A place a page can be: a panel in the editor area or the dockable view. */
export const pagePlaceSchema = v.picklist(['panel', 'view']);
export type PagePlace = v.InferOutput<typeof pagePlaceSchema>;

const historySchema = v.object({
  messages: v.array(messageSchema),
  reachedStart: v.boolean(),
  reachedEnd: v.boolean(),
});

/** All that a page shows of its room. */
export const pageStateSchema = v.object({
  shows: v.literal('room'),
  place: pagePlaceSchema,
  /** Profile this window speaks as. */
  me: idSchema,
  profiles: v.array(profileSchema),
  room: roomSchema,
  /** As this profile calls the room: `general`, or `@Grace` for a direct one. */
  label: v.string(),
  /** How many sessions are in this room now, this one included. */
  here: v.number(),
  /** The messages around where reading stopped, ascending. */
  history: historySchema,
  /** The messages after this seq are new: where the unread line stands. Null without one. Fixed until the room is opened anew. */
  unreadAfter: v.nullable(seqSchema),
  pending: v.array(pendingMessageSchema),
  draft: v.string(),
  connection: connectionSchema,
  settings: pageSettingsSchema,
});
export type PageState = v.InferOutput<typeof pageStateSchema>;

/** What a page shows while there is no chat: the first connection is on its way, or something stands against it. */
export const pageWaitSchema = v.object({
  shows: v.literal('nothing'),
  place: pagePlaceSchema,
  connection: connectionSchema,
  settings: pageSettingsSchema,
});

export const pageSnapshotSchema = v.variant('shows', [pageStateSchema, pageWaitSchema]);
export type PageSnapshot = v.InferOutput<typeof pageSnapshotSchema>;

/** Characters of a draft that travel; what is typed beyond is nobody's message any more. */
const draftText = v.pipe(v.string(), v.maxLength(1_000_000));

/** What the page asks of its host. Every request settles; a host that is gone lets it fail with CONNECTION_CLOSED. */
export const pageRequests = {
  /**
   * The page is there and empty. Answered at once when there is no chat yet; `didReset` follows when there is. Fails with
   * NO_SUCH_ROOM when there is a chat and it has no such room for this profile.
   */
  ready: { params: v.object({}), result: pageSnapshotSchema },
  /** Older (`before`) or newer (`after`) messages than the page has; with neither, the newest. */
  loadHistory: {
    params: v.object({
      roomId: idSchema,
      before: v.optional(seqSchema),
      after: v.optional(seqSchema),
      limit: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(limits.historyPage)),
    }),
    result: historySchema,
  },
  /**
   * Takes the message over: from here on it is in `pending` until it is stored, and outlives this window. Refused at once when
   * empty or over-long. The same id again changes nothing.
   */
  send: {
    params: v.object({ id: idSchema, roomId: idSchema, profileId: idSchema, content: draftText }),
    result: v.object({}),
  },
  /** Tries a failed message again, under the same id. */
  retry: { params: v.object({ id: idSchema }), result: v.object({}) },
  /**
   * Takes a failed message back into the composer: the host forgets it, the page puts its text there. Not `taken` when it is no
   * failed message any more: it is on its way again, or stored.
   */
  takeBack: { params: v.object({ id: idSchema }), result: v.object({ taken: v.boolean() }) },
  /**
   * What stands in the composer, a moment after each key. The host keeps it, also when it is too long for a message or there is no
   * hub to store it.
   */
  saveDraft: {
    params: v.object({ roomId: idSchema, profileId: idSchema, content: draftText }),
    result: v.object({}),
  },
  /** Copies the source of a message or a code block to the clipboard. */
  copyText: {
    params: v.object({ text: v.pipe(v.string(), v.maxLength(limits.contentBytes)) }),
    result: v.object({}),
  },
  /** Copies a link to a message to the clipboard. */
  copyLink: { params: v.object({ roomId: idSchema, messageId: idSchema }), result: v.object({}) },
  /** Opens a link of a message outside; the host checks it once more. */
  openLink: { params: v.object({ href: v.pipe(v.string(), v.maxLength(4096)) }), result: v.object({}) },
  /** A button of the page that is a command of the window. */
  runCommand: {
    params: v.object({
      command: v.picklist([
        'openInEditor',
        'openInSideBar',
        'openRoom',
        'setTopic',
        'restoreRoom',
        'whoIsHere',
        'showLog',
      ]),
    }),
    result: v.object({}),
  },
  /** The heartbeat: a page whose host does not answer says "reconnecting…". */
  ping: { params: v.object({}), result: v.object({}) },
} as const satisfies RequestTable;
export type PageRequests = typeof pageRequests;

/** What the page tells without expecting an answer. */
export const pageReports = {
  /**
   * The newest message that is on screen, told again when the page gets the focus. The host marks it read when window and view
   * are looked at. `hasFocus`: the page has the keyboard's focus, so its window is the one in front of somebody, whatever the
   * editor says: where it runs in a browser it is not told of a window that comes back with the focus in a page.
   */
  seen: v.object({ roomId: idSchema, profileId: idSchema, seq: seqSchema, hasFocus: v.boolean() }),
} as const satisfies NotificationTable;
export type PageReports = typeof pageReports;

/** What the host tells the page. */
export const pageNotifications = {
  /** Everything anew: another room, another profile, a store that was replaced, or a chat where there was none. */
  didReset: pageSnapshotSchema,
  /** New messages at the end, ascending. They may already be there (by id): then nothing changes. */
  didAddMessages: v.object({ messages: v.array(messageSchema) }),
  didChangeProfiles: v.object({ profiles: v.array(profileSchema) }),
  didChangeRoom: v.object({ room: roomSchema, label: v.string(), here: v.number() }),
  didChangePending: v.object({ pending: v.array(pendingMessageSchema) }),
  /** Another window of this profile typed in this room, or a sent message emptied the draft. */
  didChangeDraft: v.object({ content: v.string() }),
  didChangeConnection: connectionSchema,
  didChangeSettings: pageSettingsSchema,
  /** Focus the composer (a command or the opening of the panel asks for it). */
  focusComposer: v.object({}),
  /** Scroll to this message and mark it shortly. It is loaded with `loadHistory` if it is not there. */
  revealMessage: v.object({ seq: seqSchema }),
} as const satisfies NotificationTable;
export type PageNotifications = typeof pageNotifications;

/** The frame around everything on this wire, both ways; the same kinds as between client and hub. */
export { packetSchema as pagePacketSchema } from './rpc.ts';
