import * as v from 'valibot';
import { profileColourSchema } from './entities.ts';
import { idSchema, seqSchema } from './ids.ts';

/**
 * What a client can ask to be changed. Shapes only: whether a name is free, a room exists or a text is too long is decided
 * by the core, with a code of its own. `id` becomes the id of the event, so sending a command again is the same command:
 * it is acknowledged with the first seq, and refused with CONFLICT when body or author differ.
 */
export const commandParams = {
  'profile.create': v.object({
    id: idSchema,
    name: v.string(),
    /** Without one the core takes the least used colour. */
    colour: v.optional(profileColourSchema),
  }),
  'profile.change': v.object({
    id: idSchema,
    profileId: idSchema,
    name: v.optional(v.string()),
    colour: v.optional(profileColourSchema),
  }),
  'profile.use': v.object({ id: idSchema, profileId: idSchema }),
  'room.create': v.object({ id: idSchema, name: v.string(), topic: v.optional(v.string()) }),
  'room.change': v.object({
    id: idSchema,
    roomId: idSchema,
    name: v.optional(v.string()),
    topic: v.optional(v.string()),
    archived: v.optional(v.boolean()),
  }),
  /** Opens the direct room of the sender with these others, or finds it. */
  'direct.open': v.object({ id: idSchema, profileIds: v.pipe(v.array(idSchema), v.minLength(1)) }),
  'message.send': v.object({ id: idSchema, roomId: idSchema, content: v.string() }),
  /** Never moves a mark back. No id: marking again changes nothing. */
  'read.mark': v.object({ roomId: idSchema, upTo: seqSchema }),
  'draft.save': v.object({ roomId: idSchema, content: v.string() }),
} as const;

export type CommandType = keyof typeof commandParams;
export type CommandParams<T extends CommandType> = v.InferOutput<(typeof commandParams)[T]>;
export type Command = { [T in CommandType]: { type: T; params: CommandParams<T> } }[CommandType];

/**
 * Answer to a command once it is durable. `subject` is the id of the profile, room or message it was about; for `direct.open`
 * the room that was found or made. `seq` and `timestamp` are those of the event; a command that changed nothing answers with
 * the seq of the last event.
 */
export const acknowledgementSchema = v.object({ seq: seqSchema, timestamp: v.string(), subject: idSchema });
export type Acknowledgement = v.InferOutput<typeof acknowledgementSchema>;
