import { newId } from '../../model/ids.ts';
import type { ChatWindow } from '../chat-window.ts';

/** This window speaks as `profileId` from now on, and so does the next new window or terminal. */
export async function useProfile({ client, profile }: ChatWindow, profileId: string): Promise<void> {
  await client.switchProfile({ by: 'id', id: profileId });
  await profile.remember(profileId);
  await client.request('profile.use', { id: newId(), profileId });
}
