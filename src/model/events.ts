import * as v from 'valibot';
import { profileColourSchema, roomKindSchema, senderKindSchema } from './entities.ts';
import { idSchema, seqSchema, timestampSchema } from './ids.ts';

/**
 * Who an event is for. `all`: everybody. `room`: the members of a direct room, everybody for an open one. `profiles`: those
 * named. It is enforced in one place for live sending, resume and history. It means "not shown"; it is no wall between
 * processes of one OS user.
 */
export const audienceSchema = v.variant('to', [
  v.object({ to: v.literal('all') }),
  v.object({ to: v.literal('room'), roomId: idSchema }),
  v.object({ to: v.literal('profiles'), profileIds: v.array(idSchema) }),
]);
export type Audience = v.InferOutput<typeof audienceSchema>;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/**
 * Body of each kind of event, version 1. A body may gain optional fields within a version; anything else is a new version
 * (`v` in the envelope) that is read beside the old one.
 */
export const eventBodies = {
  'profile.created': v.object({ profileId: idSchema, name: v.string(), colour: profileColourSchema }),
  'profile.changed': v.object({
    profileId: idSchema,
    name: v.optional(v.string()),
    colour: v.optional(profileColourSchema),
  }),
  /** Someone chose this profile: the next new window or terminal takes it. */
  'profile.used': v.object({ profileId: idSchema }),
  'room.created': v.object({
    roomId: idSchema,
    kind: roomKindSchema,
    name: v.nullable(v.string()),
    topic: v.string(),
    members: v.array(idSchema),
  }),
  'room.changed': v.object({
    roomId: idSchema,
    name: v.optional(v.string()),
    topic: v.optional(v.string()),
    archived: v.optional(v.boolean()),
  }),
  /** The id of the event is the id of the message. */
  'message.posted': v.object({ roomId: idSchema, kind: senderKindSchema, content: v.string() }),
  /** `unread` is what is left unread after `upTo` at the moment of the event, so that nobody has to count again. */
  'read.marked': v.object({ profileId: idSchema, roomId: idSchema, upTo: seqSchema, unread: count }),
  /** An empty content removes the draft. */
  'draft.saved': v.object({ profileId: idSchema, roomId: idSchema, content: v.string() }),
} as const;

export type EventType = keyof typeof eventBodies;
export type EventBody<T extends EventType> = v.InferOutput<(typeof eventBodies)[T]>;
export const EVENT_VERSION = 1;

/** Envelope around every event, known or not. */
export const envelopeSchema = v.object({
  seq: seqSchema,
  id: idSchema,
  type: v.string(),
  v: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  /** The hub's clock. */
  timestamp: timestampSchema,
  /** Session that asked for it; null for the hub itself. */
  session: v.nullable(idSchema),
  /** Profile that asked for it; null for the hub itself. */
  senderId: v.nullable(idSchema),
  audience: audienceSchema,
  body: v.record(v.string(), v.unknown()),
});
/** An event of any kind, also one that a newer version wrote and this one does not know. It is kept word for word. */
export type EventEnvelope = v.InferOutput<typeof envelopeSchema>;

export type ChatEventOf<T extends EventType> = Omit<EventEnvelope, 'type' | 'v' | 'body'> & {
  type: T;
  v: typeof EVENT_VERSION;
  body: EventBody<T>;
};
/** A known event; discriminated by `type`. */
export type ChatEvent = { [T in EventType]: ChatEventOf<T> }[EventType];

const isEventType = (type: string): type is EventType => Object.hasOwn(eventBodies, type);

/**
 * The known event in an envelope, or null when its kind, its version or the shape of its body is not known here.
 * A null is never an error: the envelope stays in the store for the version that knows it.
 */
export function knownEvent(envelope: EventEnvelope): ChatEvent | null {
  if (envelope.v !== EVENT_VERSION || !isEventType(envelope.type)) return null;
  const body = v.safeParse(eventBodies[envelope.type], envelope.body);
  if (!body.success) return null;
  // The lookup above ties type and body together; TypeScript cannot follow a correlated union through it.
  return { ...envelope, type: envelope.type, v: EVENT_VERSION, body: body.output } as ChatEvent;
}
