import type { Message } from './entities.ts';

/**
 * Whether a message counts as unread for a profile: everything but what this person typed. What a script or an agent wrote
 * under the person's own profile counts, since that is news to the person.
 */
export function countsAsUnread(message: Pick<Message, 'senderId' | 'kind'>, profileId: string): boolean {
  return message.senderId !== profileId || message.kind !== 'person';
}
