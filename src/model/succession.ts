import type { Session } from './entities.ts';

/**
 * Who may become the hub, best first: windows before terminals, since a command ends soon and takes the hub along, and among
 * these who has been here longer. The process that holds or held the hub is left out.
 *
 * A hub that ends politely names the first of them. When it was killed they try in this order, as far as the last hub told: all
 * clients of a dead hub notice at the same moment, and starting a hub costs each of them a thread and a fifth of a second of its
 * processor. When they try one after the other the first is done before the others begin: with eight programs on two processors
 * the chat is back in 0.8 s in place of 0.95.
 *
 * Nothing rests on the order, least of all that only one leads: the claim decides that, and the fence holds whoever thinks
 * otherwise. A client that was told something else, or nothing, only tries earlier or later; the moment of chance before each
 * attempt parts those who think they have the same turn.
 */
export function successors(sessions: readonly Session[], formerPid: number | null): Session[] {
  const candidates = sessions.filter(({ pid }) => pid !== formerPid);
  const isWindow = ({ surface }: Session): boolean => surface === 'window';
  return [...candidates.filter(isWindow), ...candidates.filter((session) => !isWindow(session))];
}

/** How many others are better placed to become the hub than session `ownId`; none, when it is not on the list. */
export function successionRank(
  sessions: readonly Session[],
  ownId: string,
  formerPid: number | null,
): number {
  return Math.max(
    0,
    successors(sessions, formerPid).findIndex(({ id }) => id === ownId),
  );
}
