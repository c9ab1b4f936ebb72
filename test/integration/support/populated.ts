import type { Chat } from './chat.ts';
import { Follower } from './follower.ts';
import { until } from './until.ts';

/**
 * A chat with the profiles Ada (in use) and Grace, besides that of the user who runs the tests. The follower it returns holds
 * the hub, so that the commands of a test only have to connect.
 */
export async function populate(chat: Chat): Promise<Follower> {
  const holder = new Follower(chat, 'holder', 0);
  holder.start();
  await until('a hub', () => chat.hub()?.pid === holder.pid);
  await Promise.all(['Ada', 'Grace'].map((name) => chat.ok(['profile', 'create', name])));
  await chat.ok(['profile', 'use', 'Ada']);
  return holder;
}
