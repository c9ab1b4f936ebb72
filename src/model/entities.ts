import * as v from 'valibot';
import { idSchema, seqSchema, timestampSchema } from './ids.ts';

/** Who wrote something: a person, a script, an agent, or Local Chat itself. */
export const SENDER_KINDS = ['person', 'script', 'agent', 'system'] as const;
export const senderKindSchema = v.picklist(SENDER_KINDS);
export type SenderKind = v.InferOutput<typeof senderKindSchema>;

/** Names of the avatar colours; each interface maps them to a value with enough contrast in its theme. */
export const PROFILE_COLOURS = ['violet', 'green', 'orange', 'blue', 'pink', 'teal', 'red', 'olive'] as const;
export const profileColourSchema = v.picklist(PROFILE_COLOURS);
export type ProfileColour = v.InferOutput<typeof profileColourSchema>;

/** Stands in place of a log-in: who is talking. `rev` is the seq of its last change. */
export const profileSchema = v.object({
  id: idSchema,
  name: v.string(),
  colour: profileColourSchema,
  created: timestampSchema,
  rev: seqSchema,
});
export type Profile = v.InferOutput<typeof profileSchema>;

/** `room` is open to all profiles and has a name; `direct` is shown to its members only and has none. */
export const ROOM_KINDS = ['room', 'direct'] as const;
export const roomKindSchema = v.picklist(ROOM_KINDS);
export type RoomKind = v.InferOutput<typeof roomKindSchema>;

/** A room as one profile sees it. */
export const roomSchema = v.object({
  id: idSchema,
  kind: roomKindSchema,
  /** Null for direct rooms: each side sees the others' names. */
  name: v.nullable(v.string()),
  topic: v.string(),
  archived: v.boolean(),
  /** Profile ids, in the order of joining; empty for rooms that are open to all. */
  members: v.array(idSchema),
  created: timestampSchema,
  /** Seq of its last message, 0 before the first. */
  lastSeq: seqSchema,
  /** Up to which seq this profile has read. */
  readSeq: seqSchema,
  /** Messages after `readSeq` that count as unread, see `countsAsUnread`. */
  unread: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  rev: seqSchema,
});
export type Room = v.InferOutput<typeof roomSchema>;

export const messageSchema = v.object({
  id: idSchema,
  seq: seqSchema,
  roomId: idSchema,
  senderId: idSchema,
  kind: senderKindSchema,
  /** Markdown, at most `limits.contentBytes` bytes of UTF-8. */
  content: v.string(),
  timestamp: timestampSchema,
  rev: seqSchema,
});
export type Message = v.InferOutput<typeof messageSchema>;

/** What was typed and not sent, per profile and room. */
export const draftSchema = v.object({ roomId: idSchema, content: v.string(), rev: seqSchema });
export type Draft = v.InferOutput<typeof draftSchema>;

/** The surfaces a session can be: an editor window or a terminal program. */
export const sessionSurfaceSchema = v.picklist(['window', 'terminal']);

const facts = v.pipe(v.string(), v.maxLength(1024));

/** One interface that is connected now. Never stored. */
export const sessionSchema = v.object({
  id: idSchema,
  profileId: idSchema,
  kind: senderKindSchema,
  surface: sessionSurfaceSchema,
  /** Name of the workspace folder or of the working directory; empty in an empty window. */
  folder: facts,
  /** Name of the program: "Visual Studio Code", "local-chat". */
  product: facts,
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  since: timestampSchema,
  /** Of its program. Without one it is from before a hub could name its successor, and never is named. */
  version: v.optional(v.pipe(v.string(), v.maxLength(64))),
});
export type Session = v.InferOutput<typeof sessionSchema>;
